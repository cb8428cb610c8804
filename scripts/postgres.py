#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A private PostgreSQL 15 for tests: Unix socket only, thrown away afterwards.

As a module:

    with Cluster() as cluster:
        cluster.create_database("hakko")          # owned by hakko_owner, roles made
        connect(cluster.conninfo("hakko", "hakko_front"))

As a program, around any command, which finds the socket's folder in HAKKO_TEST_CONNINFO_DIR
(and in PGHOST) and may connect as each of the four roles and as the superuser `postgres`:

    scripts/postgres.py run [--durable] -- COMMAND ARGUMENT...

PostgreSQL refuses to run as root; then the cluster belongs to the user postgres.
"""

import argparse
import contextlib
import ctypes
import os
import pathlib
import pwd
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time

ROLES = ("hakko_owner", "hakko_front", "hakko_publish", "hakko_auditor")
SUPERUSER = "postgres"
ROLES_SQL = pathlib.Path(__file__).resolve().parents[1] / "sql" / "roles.sql"
START_LIMIT_S = 60
PR_SET_PDEATHSIG = 1

SETTINGS = """
listen_addresses = ''
unix_socket_directories = '{folder}'
max_connections = 200
shared_buffers = 256MB
logging_collector = off
log_min_messages = warning
log_timezone = 'UTC'
timezone = 'UTC'
fsync = {durable}
full_page_writes = {durable}
synchronous_commit = on
"""


def binary(name):
    """Path of a PostgreSQL program: Debian keeps them out of PATH."""
    path = pathlib.Path("/usr/lib/postgresql/15/bin") / name
    return str(path) if path.exists() else shutil.which(name) or name


def die_with_parent():
    """No cluster outlives the test that started it, however that ended."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGINT)


class Cluster:
    """One cluster in a folder of its own; start(), stop(), kill() as often as wanted."""

    def __init__(self, durable=False, data=None, sockets=None):
        """Without folders: one of its own. With `data` it is kept there from start to start."""
        self.durable = durable
        self.kept = None if data is None else pathlib.Path(data)
        self.sockets = None if sockets is None else pathlib.Path(sockets)
        self.user = SUPERUSER if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
        self.folder = None
        self.process = None

    def __enter__(self):
        self.create()
        self.start()
        return self

    def __exit__(self, *_):
        self.destroy()

    # -- life ---------------------------------------------------------------------------

    def create(self):
        """Makes the cluster's folder and the empty cluster with its roles' map."""
        self.folder = self._make_folder()
        if (self.folder / "data" / "PG_VERSION").exists():
            return
        self._run(binary("initdb"), "-D", self.data, "-U", SUPERUSER, "-E", "UTF8",
                  "--locale=C.UTF-8", "--auth=peer", "--no-sync", "--no-instructions")
        self._write("postgresql.auto.conf", SETTINGS.format(
            folder=self.socket_folder, durable="on" if self.durable else "off"))
        self._write("pg_hba.conf", "local all all peer map=hakko\n")
        systems = {self.user, "root", pwd.getpwuid(os.geteuid()).pw_name}
        self._write("pg_ident.conf", "".join(
            f"hakko {system} {role}\n" for system in sorted(systems)
            for role in (SUPERUSER, *ROLES)))

    def start(self):
        """Starts the server, waits until it answers."""
        log = open(self.folder / "log", "ab")
        self.process = subprocess.Popen(
            [binary("postgres"), "-D", self.data], stdin=subprocess.DEVNULL, stdout=log,
            stderr=log, cwd=self.folder, preexec_fn=die_with_parent, **self._as_user())
        log.close()
        limit = time.monotonic() + START_LIMIT_S
        while subprocess.run([binary("pg_isready"), "-q", "-h", str(self.socket_folder),
                              "-U", SUPERUSER],
                             check=False).returncode != 0:
            if self.process.poll() is not None or time.monotonic() > limit:
                raise RuntimeError("PostgreSQL did not start:\n" + self.log())
            time.sleep(0.02)
        if ROLES_SQL.exists():
            self.psql("postgres", ROLES_SQL.read_text(encoding="utf-8"))

    def stop(self):
        """Ends it in order; connections are cut (fast shutdown)."""
        self._end(signal.SIGINT)

    def kill(self):
        """Ends it like a crash: no checkpoint, recovery at the next start."""
        self._end(signal.SIGQUIT)

    def kill_hard(self):
        """SIGKILL to the server and everything it started, as if the host had lost power."""
        listed = self.psql("postgres", "SELECT pid FROM pg_stat_activity;").split()
        self.process.send_signal(signal.SIGSTOP)  # no child is made from here on
        children = []
        for number in listed:
            with contextlib.suppress(ProcessLookupError):
                children.append(os.pidfd_open(int(number)))
        for child in children:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(child, signal.SIGKILL)
        self.process.kill()
        for child in children:  # the shared memory is free only when the last of them is gone
            select.select([child], [], [], START_LIMIT_S)
            os.close(child)
        self.process.wait(START_LIMIT_S)
        self.process = None

    def destroy(self):
        """Ends it and removes everything."""
        self._end(signal.SIGQUIT)
        if self.folder is not None and self.kept is None:
            shutil.rmtree(self.folder, ignore_errors=True)
            self.folder = None

    @property
    def socket_folder(self):
        return self.folder if self.sockets is None else self.sockets

    # -- use ----------------------------------------------------------------------------

    @property
    def data(self):
        return str(self.folder / "data")

    def conninfo(self, database, role):
        """A libpq connection string."""
        return f"host={self.socket_folder} dbname={database} user={role}"

    def create_database(self, name, owner="hakko_owner"):
        """An empty database; migrations are the caller's."""
        self.psql("postgres", f'CREATE DATABASE "{name}" OWNER {owner};')

    def psql(self, database, sql, role=SUPERUSER):
        """Runs SQL with psql, answers its output without alignment; any error raises."""
        done = subprocess.run(
            [binary("psql"), "-XqAt", "-v", "ON_ERROR_STOP=1",
             "-d", self.conninfo(database, role)],
            input=sql, text=True, capture_output=True, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"psql: {done.stderr}")
        return done.stdout

    def log(self):
        """The server's log so far."""
        return (self.folder / "log").read_text(encoding="utf-8", errors="replace")

    # -- inside -------------------------------------------------------------------------

    def _make_folder(self):
        # The socket's path may have 107 octets, and the user postgres must get there.
        folder = self.kept
        if folder is None:
            folder = pathlib.Path(tempfile.mkdtemp(prefix="hakko-pg-", dir=self._root()))
        for made in filter(None, (folder, self.sockets)):
            made.mkdir(parents=True, exist_ok=True)
            if os.geteuid() == 0:
                shutil.chown(made, self.user, self.user)
        return folder

    @staticmethod
    def _root():
        root = os.environ.get("TMPDIR", "/tmp")
        reachable = os.geteuid() != 0 or os.stat(root).st_mode & 0o001
        return root if reachable and len(root) < 60 else "/tmp"

    def _as_user(self):
        if os.geteuid() != 0:
            return {}
        entry = pwd.getpwnam(self.user)
        return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}

    def _run(self, *command):
        done = subprocess.run(command, cwd=self.folder, text=True, capture_output=True,
                              check=False, **self._as_user())
        if done.returncode != 0:
            raise RuntimeError(f"{command[0]}: {done.stderr}{done.stdout}")

    def _write(self, name, text):
        (pathlib.Path(self.data) / name).write_text(text, encoding="utf-8")

    def _end(self, how):
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(START_LIMIT_S)
        self.process = None


def stop_by_signal(number, _):
    raise SystemExit(128 + number)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    verbs = parser.add_subparsers(required=True)
    run = verbs.add_parser("run", help="runs a command beside a cluster")
    run.add_argument("--durable", action="store_true", help="with fsync, for measurements")
    run.add_argument("command", nargs="+", metavar="-- COMMAND ARGUMENT")
    arguments = parser.parse_args()

    signal.signal(signal.SIGTERM, stop_by_signal)
    with Cluster(durable=arguments.durable) as cluster:
        environment = dict(os.environ, HAKKO_TEST_CONNINFO_DIR=str(cluster.folder),
                           PGHOST=str(cluster.folder))
        result = subprocess.run(arguments.command, env=environment, check=False).returncode
        if result not in (0, 77):
            sys.stderr.write(cluster.log())
    return result if result >= 0 else 128 - result


if __name__ == "__main__":
    sys.exit(main())
