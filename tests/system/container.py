# SPDX-License-Identifier: Apache-2.0
"""A bookworm tree booted with real systemd, hakko installed into it by `meson install`.

The tree is made once with debootstrap below the build folder and copied for each run; the
container has a network of its own with nothing but loopback.
"""

import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time

from installation import Failure, die_with_parent, run

# What hakko's own package would depend on, and systemd to boot with.
PACKAGES = ("systemd,dbus,postgresql,openssl,libcurl4,libgnutls30,libjansson4,libmicrohttpd12,"
            "libpq5,libssl3,libsystemd0")
BOOT_LIMIT_S = 120
NSPAWN = ["systemd-nspawn", "--quiet", "--register=no", "--keep-unit", "--private-network",
          "--console=pipe", "-D"]
ENVIRONMENT = ["env", "-i", "PATH=/usr/sbin:/usr/bin", "HOME=/root", "LANG=C.UTF-8"]


class CannotRun(Exception):
    """Nothing is wrong with hakko, but this machine boots no container; the text says why."""


def base_tree(folder):
    """The bare tree; made once, all or nothing."""
    if os.geteuid() != 0:
        raise CannotRun("needs root")
    for program in ("debootstrap", "systemd-nspawn", "nsenter"):
        if shutil.which(program) is None:
            raise CannotRun(f"needs {program}")
    tree = folder / "bookworm"
    step = "debootstrap makes no tree here"
    try:
        if not tree.exists():
            make_tree(folder, tree)
        step = "systemd-nspawn starts no container here"
        run(*NSPAWN, tree, "true")
    except Failure as why:
        raise CannotRun(f"{step}: {why}") from why
    return tree


def make_tree(folder, tree):
    folder.mkdir(parents=True, exist_ok=True)
    half = pathlib.Path(tempfile.mkdtemp(prefix="bookworm-", dir=folder))
    try:
        half.chmod(0o755)
        mirror = os.environ.get("HAKKO_DEBIAN_MIRROR", "").split()  # empty: debootstrap's own
        run("debootstrap", "--variant=minbase", f"--include={PACKAGES}", "bookworm", half, *mirror)
        run("chroot", half, "apt-get", "clean")
        half.rename(tree)
    except Failure:
        shutil.rmtree(half, ignore_errors=True)
        raise


class Container:
    """Boots a copy of the tree; what is run in it runs as its root."""

    def __init__(self, tree, top, build):
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="hakko-boot-", dir=build.parent))
        self.log = open(self.root.with_suffix(".log"), "wb")
        self.process = None
        self.leader = None
        self.started = []
        self.tree, self.top, self.build = tree, top, build

    def install(self):
        run("cp", "-a", "--reflink=auto", f"{self.tree}/.", self.root)
        if not (self.build / "build.ninja").exists():
            run("meson", "setup", self.build, self.top, "--prefix=/usr", "-Dtests=false")
        run("meson", "install", "-C", self.build, "--quiet",
            env=dict(os.environ, DESTDIR=str(self.root)))

    def boot(self):
        self.process = subprocess.Popen([*NSPAWN, self.root, "--boot"], stdin=subprocess.DEVNULL,
                                        stdout=self.log, stderr=self.log,
                                        preexec_fn=die_with_parent)
        limit = time.monotonic() + BOOT_LIMIT_S
        while time.monotonic() < limit and self.process.poll() is None:
            self.leader = self._find_leader()
            if self.leader is not None and "running" in self.try_run(
                    "systemctl", "is-system-running", "--wait").stdout:
                return
            time.sleep(0.1)
        said = pathlib.Path(self.log.name).read_text(encoding="utf-8", errors="replace")
        if "Failed to allocate manager object" in said:
            raise CannotRun("systemd gets no control groups here")
        raise Failure("the container did not boot:\n" + said[-4000:])

    def _find_leader(self):
        """The container's init: the child of systemd-nspawn, once it is systemd."""
        children = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        for word in children.read_text().split() if children.exists() else []:
            comm = pathlib.Path(f"/proc/{word}/comm")
            if comm.exists() and comm.read_text() == "systemd\n":
                return word
        return None

    def command(self, *words):
        return ["nsenter", "-t", self.leader, "-m", "-u", "-i", "-n", "-p", "--", *ENVIRONMENT,
                *map(str, words)]

    def try_run(self, *words):
        return subprocess.run(self.command(*words), text=True, capture_output=True, check=False)

    def start(self, *words, **options):
        """A process beside the test, as a Popen; it ends with the container at the latest."""
        self.started.append(subprocess.Popen(self.command(*words), text=True, **options))
        return self.started[-1]

    def run(self, *words):
        """What it printed; a failure tells the command and its last words."""
        done = self.try_run(*words)
        if done.returncode != 0:
            raise Failure(f"{' '.join(map(str, words))}\nended with {done.returncode}:\n"
                          f"{done.stdout[-4000:]}{done.stderr[-4000:]}")
        return done.stdout

    def shell(self, script):
        return self.run("/bin/sh", "-ec", script)

    def show(self, unit, name):
        return self.run("systemctl", "show", "-P", name, unit).strip()

    def wait_for(self, unit, name, text, limit_s=60):
        """Until a property of the unit holds the text."""
        limit = time.monotonic() + limit_s
        while text not in self.show(unit, name):
            if time.monotonic() > limit:
                raise Failure(f"{unit}: {name} is {self.show(unit, name)!r}, not {text!r}:\n"
                              + self.journal(unit))
            time.sleep(0.1)

    def journal(self, unit="hakkod*"):
        return self.try_run("journalctl", "--no-pager", "-n", "60", "-u", unit).stdout

    def end(self):
        for process in self.started:
            process.kill()
            process.wait()
        if self.process is not None and self.process.poll() is None:
            self._shut_down()
        self.log.close()
        pathlib.Path(self.log.name).unlink()
        shutil.rmtree(self.root, ignore_errors=True)

    def _shut_down(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            # With its init every process of the container dies; without it none would.
            if self.leader is not None:
                os.kill(int(self.leader), signal.SIGKILL)
            self.process.kill()
            self.process.wait()
