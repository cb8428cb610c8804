# SPDX-License-Identifier: Apache-2.0
"""A bookworm tree booted with real systemd, hakko installed into it by `meson install`.

The tree is made once with debootstrap below build/ and copied for each run; the container has a
network of its own with nothing but loopback.
"""

import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time

from installation import Failure, run

PACKAGES = ("systemd dbus postgresql openssl libmicrohttpd12 libgnutls30 libjansson4 libcurl4 "
            "libpq5 libsystemd0")
BOOT_LIMIT_S = 120


def base_tree(folder):
    """The bare tree with what hakko's own package would depend on; made once, all or nothing."""
    tree = folder / "bookworm"
    if tree.exists():
        return tree
    half = pathlib.Path(tempfile.mkdtemp(prefix="bookworm-", dir=folder))
    half.chmod(0o755)
    source = os.environ.get("HAKKO_DEBIAN_MIRROR", "http://deb.debian.org/debian")
    run("debootstrap", "--variant=minbase", "bookworm", half, source)
    run("chroot", half, "sh", "-c", "DEBIAN_FRONTEND=noninteractive apt-get -q update && "
        f"DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends {PACKAGES}"
        " && systemctl disable postgresql && apt-get clean")
    half.rename(tree)
    return tree


class Container:
    """Boots a copy of the tree; what is run in it runs as its root."""

    def __init__(self, tree, top, build):
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="hakko-boot-", dir=tree.parent))
        run("cp", "-a", "--reflink=auto", f"{tree}/.", self.root)
        if not (build / "build.ninja").exists():
            run("meson", "setup", build, top, "--prefix=/usr", "--sysconfdir=/etc",
                "-Dtests=false")
        run("meson", "install", "-C", build, env=dict(os.environ, DESTDIR=str(self.root)))
        self.log = open(self.root.with_suffix(".log"), "wb")
        self.process = None
        self.leader = None

    def boot(self):
        self.process = subprocess.Popen(
            ["systemd-nspawn", "--quiet", "--boot", "--register=no", "--keep-unit",
             "--private-network", "--console=pipe", "-D", str(self.root)],
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        limit = time.monotonic() + BOOT_LIMIT_S
        while time.monotonic() < limit:
            self.leader = self._find_leader()
            if self.leader is not None:
                state = self.try_run("systemctl", "is-system-running", "--wait").stdout.strip()
                if state in ("running", "degraded"):
                    return
            if self.process.poll() is not None:
                break
            time.sleep(0.1)
        raise Failure(f"the container did not boot; see {self.log.name}")

    def _find_leader(self):
        """The container's init: the child of systemd-nspawn."""
        children = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        words = children.read_text().split() if children.exists() else []
        return words[0] if words else None

    def command(self, *words, network_only=False):
        spaces = ["-n"] if network_only else ["-m", "-u", "-i", "-n", "-p"]
        return ["nsenter", "-t", str(self.leader), *spaces, "--", *map(str, words)]

    def try_run(self, *words, **options):
        return subprocess.run(self.command(*words), text=True, capture_output=True, check=False,
                              **options)

    def run(self, *words, **options):
        return run(*self.command(*words), **options)

    def shell(self, script):
        return self.run("/bin/sh", "-ec", script)

    def status_text(self, unit):
        return self.run("systemctl", "show", "-P", "StatusText", unit).strip()

    def wait_for_status(self, unit, text, limit_s=60):
        limit = time.monotonic() + limit_s
        while text not in self.status_text(unit):
            if time.monotonic() > limit:
                raise Failure(f"{unit} says {self.status_text(unit)!r}, not {text!r}:\n"
                              + self.journal(unit))
            time.sleep(0.1)

    def journal(self, unit):
        return self.try_run("journalctl", "--no-pager", "-n", "40", "-u", unit).stdout

    def end(self):
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.log.close()
        shutil.rmtree(self.root, ignore_errors=True)
