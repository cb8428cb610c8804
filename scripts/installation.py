# SPDX-License-Identifier: Apache-2.0
"""A whole rehearsal installation in one folder, for quickstart and for the system tests.

    installation = Installation(state, build)
    installation.prepare()      # once: keys, CA, settings files; again: nothing
    installation.start()        # PostgreSQL, signer, front, publisher; returns when all are ready
    installation.enrol()        # once: operator, municipality, terminal, residents
    …
    installation.stop()

A Host is a front with its signer. The first is made by the installation itself; more of them share
database and CA, each with its own journal. Everything listens on loopback.
"""

import ctypes
import hashlib
import json
import os
import pathlib
import secrets
import shutil
import signal
import socket
import struct
import subprocess
import threading
import time

from postgres import Cluster

CLOSING = "2015-12-22T08:00:00Z"
CA_BEGIN = "2013-11-01T00:00:00Z"
READY_LIMIT_S = 60
STOP_LIMIT_S = 60
PR_SET_PDEATHSIG = 1


class Failure(Exception):
    """Something did not work; its text is for the person at the keyboard."""


def die_with_parent():
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def free_port():
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def run(*command, **options):
    """Runs a command to its end and answers what it printed; a failure tells its last words."""
    done = subprocess.run([str(word) for word in command], text=True, capture_output=True,
                          check=False, **options)
    if done.returncode != 0:
        raise Failure(f"{pathlib.Path(str(command[0])).name} {command[1] if len(command) > 1 else ''}"
                      f" ended with {done.returncode}:\n{(done.stdout + done.stderr).strip()}")
    return done.stdout


class Service:
    """One daemon, started as systemd would: ready when it says so on its notify socket."""

    def __init__(self, name, program, config, folder, run_folder):
        self.name = name
        self.command = [str(program), "--config", str(config)]
        self.log_path = folder / f"{name}.log"
        self.notify_path = run_folder / f"{name}.notify"
        self.process = None
        self.notify = None
        self.ready, self.status = False, ""
        self.changed = threading.Condition()

    def start(self, wait=True, environment=None):
        self.notify_path.unlink(missing_ok=True)
        self.notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)
        self.notify.bind(str(self.notify_path))
        self.ready, self.status = False, ""
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(
                self.command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env=dict(os.environ, NOTIFY_SOCKET=str(self.notify_path), **(environment or {})),
                preexec_fn=die_with_parent)
        # Somebody must always read: a full notify socket would hold the service up.
        threading.Thread(target=self._listen, args=(self.notify,), daemon=True).start()
        if wait:
            self.wait_until(lambda: self.ready)

    def _listen(self, notify):
        while message := self._receive(notify):
            with self.changed:
                for line in message.splitlines():
                    self.ready = self.ready or line == "READY=1"
                    if line.startswith("STATUS="):
                        self.status = line[len("STATUS="):]
                self.changed.notify_all()

    @staticmethod
    def _receive(notify):
        try:
            return notify.recv(65536).decode("utf-8", "replace")
        except OSError:
            return ""

    def wait_until(self, wanted, limit_s=READY_LIMIT_S):
        """Waits for what its notifications say; a process that ends first is a failure."""
        limit = time.monotonic() + limit_s
        with self.changed:
            while not wanted():
                self.changed.wait(0.1)
                if time.monotonic() > limit or self.process.poll() is not None:
                    raise Failure(f"{self.name} did not get there (status: {self.status!r}); "
                                  f"its log is {self.log_path}:\n{self.last_words()}")

    def wait_for_status(self, text, limit_s=READY_LIMIT_S):
        self.wait_until(lambda: text in self.status, limit_s)

    def last_words(self):
        text = self.log_path.read_text(encoding="utf-8", errors="replace")
        return "\n".join(text.splitlines()[-12:])

    def is_running(self):
        return self.process is not None and self.process.poll() is None

    def signal(self, number):
        self.process.send_signal(number)

    def kill(self):
        if self.is_running():
            self.process.kill()
        self.wait()

    def stop(self):
        if self.is_running():
            self.process.terminate()
        return self.wait()

    def wait(self):
        if self.process is None:
            return None
        try:
            code = self.process.wait(STOP_LIMIT_S)
        except subprocess.TimeoutExpired as late:
            self.process.kill()
            raise Failure(f"{self.name} did not stop; its log is {self.log_path}") from late
        if self.notify is not None:
            self.notify.shutdown(socket.SHUT_RDWR)
            self.notify.close()
            self.notify = None
        return code


class Host:
    """A front and its signer, with their settings in a folder."""

    def __init__(self, installation, name, crash=False):
        self.installation = installation
        self.name = name
        self.folder = installation.state / name
        self.run_folder = installation.run_folder
        self.signer_socket = self.run_folder / f"{name}-signer.sock"
        ports = installation.ports
        self.port = ports.setdefault(f"{name}-api", free_port())
        self.health_port = ports.setdefault(f"{name}-health", free_port())
        suffix = "-crash" if crash else ""
        self.signer = self._service("signer", installation.program(f"hakkod-signer{suffix}"))
        self.front = self._service("front", installation.program(f"hakkod{suffix}"))

    @property
    def url(self):
        return f"https://127.0.0.1:{self.port}"

    def _service(self, kind, program):
        service = Service(f"{self.name}-{kind}", program, self.folder / f"{kind}.conf",
                          self.installation.logs, self.run_folder)
        return service

    def write_settings(self, signer=None, front=None):
        """Settings files, with changes by key."""
        own = self.installation
        journal = self.folder / "journal"
        journal.mkdir(parents=True, exist_ok=True, mode=0o700)
        own.write_settings(self.folder / "signer.conf", {
            "socket": self.signer_socket,
            "journal": journal,
            "ca_certificate": own.ca,
            "ca_key": own.ca_key,
            "passphrase_file": own.passphrase,
            "closing_at": own.closing,
            "rehearsal_clock": own.clock,
            "front_user": os.geteuid(),
            "publish_user": os.geteuid(),
            "profile.prefecture": "Chiba-ken",
            "profile.crl_uri": f"{own.public_url}/crl/",
            "profile.ca_issuers_uri": f"{own.public_url}/ca/",
            **(signer or {}),
        })
        own.write_settings(self.folder / "front.conf", {
            "listen": f"127.0.0.1:{self.port}",
            "health_listen": f"127.0.0.1:{self.health_port}",
            "tls_certificate": own.tls / "server.pem",
            "tls_key": own.tls / "server.key",
            "database": own.conninfo("hakko_front"),
            "signer_socket": self.signer_socket,
            "ca_certificate": own.ca,
            "closing_at": own.closing,
            "rehearsal_clock": own.clock,
            **(front or {}),
        })

    def start(self, environment=None):
        self.signer.start(environment=environment)
        self.front.start(environment=environment)
        self.front.wait_for_status("serving")

    def stop(self):
        self.front.stop()
        self.signer.stop()


class Installation:
    """The folder `state` holds everything but sockets, which need short paths."""

    def __init__(self, state, build, begin="2015-12-22T07:00:00Z", closing=CLOSING, crash=False,
                 durable=True):
        self.state = pathlib.Path(state).resolve()
        self.build = pathlib.Path(build).resolve()
        self.begin = begin
        self.closing = closing
        self.crash = crash
        for folder in ("logs", "tls", "ca", "public", "out"):
            (self.state / folder).mkdir(parents=True, exist_ok=True)
        self.logs, self.tls = self.state / "logs", self.state / "tls"
        self.ca, self.ca_key = self.state / "ca" / "ca.pem", self.state / "ca" / "ca.key"
        self.passphrase = self.state / "ca" / "passphrase"
        self.clock = self.state / "clock"
        self.public = self.state / "public"
        name = hashlib.sha256(str(self.state).encode()).hexdigest()[:10]
        self.run_folder = pathlib.Path("/tmp") / f"hakko-{os.geteuid()}-{name}"
        self.run_folder.mkdir(mode=0o711, exist_ok=True)
        self.cluster = Cluster(durable=durable, data=self._data_folder(),
                               sockets=self.run_folder / "pg")
        self.ports_file = self.state / "ports.json"
        self.ports = json.loads(self.ports_file.read_text()) if self.ports_file.exists() else {}
        self.public_port = self.ports.setdefault("public", free_port())
        self.host = Host(self, "host1", crash)
        self.hosts = [self.host]
        self.publisher = Service("publish", self.program("hakkod-publish"),
                                 self.state / "publish.conf", self.logs, self.run_folder)
        self.save_ports()

    # -- paths and small things -----------------------------------------------------------

    def _data_folder(self):
        """PostgreSQL does not run as root, and its own user must reach its folder."""
        inside = self.state / "postgresql"
        if os.geteuid() != 0 or all(part.stat().st_mode & 0o001 for part in inside.parents):
            return inside
        if not inside.is_symlink():
            outside = pathlib.Path("/var/lib/hakko-rehearsal") / secrets.token_hex(6)
            outside.mkdir(parents=True, mode=0o711)
            inside.symlink_to(outside)
        return inside.resolve()

    def save_ports(self):
        self.ports_file.write_text(json.dumps(self.ports, indent=1) + "\n", encoding="utf-8")

    def program(self, name):
        found = {"hakkod": "daemon/front", "hakkod-signer": "daemon/signer",
                 "hakkod-publish": "daemon/publish", "hakkoctl": "clients/ctl",
                 "hakko-terminal": "clients/terminal"}
        return self.build / found.get(name, "tests/fault") / name

    @property
    def public_url(self):
        return f"http://127.0.0.1:{self.public_port}"

    @property
    def url(self):
        return self.host.url

    def conninfo(self, role):
        return self.cluster.conninfo("hakko", role)

    @staticmethod
    def write_settings(path, values):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(f"{key} = {value}\n" for key, value in values.items()
                                if str(value) != ""), encoding="utf-8")

    def ctl(self, *words, client="operator"):
        """Runs hakkoctl with this installation's settings, as one of its clients."""
        config = self.state / f"hakkoctl-{client}.conf"
        return run(self.program("hakkoctl"), *words, "--config", config)

    def rehearsal(self, verb, *words):
        """hakkoctl rehearsal VERB: moving or showing the rehearsal's clock."""
        return self.ctl("rehearsal", verb, "--ca", self.ca, *words)

    def now(self):
        """Seconds since 1970 by the rehearsal's clock."""
        magic, offset_us = struct.unpack("<8sq", self.clock.read_bytes()[:16])
        assert magic == b"hakkoclk"
        return time.time() + offset_us / 1e6

    # -- once ---------------------------------------------------------------------------

    def prepare(self):
        """Keys, certificates and settings; what is there stays."""
        if not self.passphrase.exists():
            self.passphrase.touch(mode=0o600)
            self.passphrase.write_text(secrets.token_hex(24) + "\n", encoding="ascii")
        self._make_tls()
        self._write_ctl_settings("operator")
        self._write_ctl_settings("auditor")
        if not self.ca.exists():
            self.ca_key.unlink(missing_ok=True)
            self.ctl("ca", "create", "--kind", "rehearsal", "--organisation", "JPKI",
                     "--prefecture", "Chiba", "--alt-organisation", "公的個人認証サービス",
                     "--alt-units", "千葉県|千葉県知事", "--not-before", CA_BEGIN, "--key", self.ca_key,
                     "--passphrase-file", self.passphrase, "--certificate", self.ca)
        self.host.write_settings()
        self.write_settings(self.state / "publish.conf", {
            "database": self.conninfo("hakko_publish"),
            "signer_socket": self.host.signer_socket,
            "ca_certificate": self.ca,
            "rehearsal_clock": self.clock,
            "folder": self.public,
            "listen": f"127.0.0.1:{self.public_port}",
            "crl_delay_s": 1,
        })

    def _write_ctl_settings(self, client):
        self.write_settings(self.state / f"hakkoctl-{client}.conf", {
            "database": self.conninfo("hakko_owner"),
            "url": self.url,
            "ca": self.tls / "ca.pem",
            "certificate": self.tls / f"{client}.pem",
            "key": self.tls / f"{client}.key",
            "rehearsal_clock": self.clock,
        })

    def _make_tls(self):
        """The TLS side of the house: a CA for the server's certificate, and the clients'."""
        if (self.tls / "done").exists():
            return
        self.make_certificate("ca", ca=True)
        self.make_certificate("server", issuer="ca",
                              extension="subjectAltName=IP:127.0.0.1,DNS:localhost")
        for client in ("operator", "auditor", "terminal"):
            self.make_certificate(client)
        (self.tls / "done").touch()

    def make_certificate(self, name, issuer=None, ca=False, extension=None, days=3650):
        """A P-256 key and certificate <name>.{key,pem}; self-signed without an issuer."""
        key, certificate = self.tls / f"{name}.key", self.tls / f"{name}.pem"
        command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                   "ec_paramgen_curve:prime256v1", "-nodes", "-subj", f"/CN=hakko {name}",
                   "-days", str(days), "-keyout", key, "-out", certificate,
                   "-addext", f"basicConstraints=critical,CA:{'TRUE' if ca else 'FALSE'}"]
        if issuer is not None:
            command += ["-CA", self.tls / f"{issuer}.pem", "-CAkey", self.tls / f"{issuer}.key"]
        if extension is not None:
            command += ["-addext", extension]
        run(*command)
        key.chmod(0o600)
        return certificate, key

    def enrol(self, residents):
        """Whom the service knows: municipality, terminal, auditor, residents (a CSV file)."""
        self.once("municipality", lambda: self.ctl(
            "municipality", "add", "--code", "12232", "--name", "白井市", "--romaji", "Shiroi-shi"))
        self.once("terminal", lambda: self.register("terminal", "terminal", "12232"))
        self.once("auditor", lambda: self.register("auditor", "auditor"))
        self.once("residents", lambda: self.ctl("resident", "import", "--file", residents))

    def once(self, name, act):
        """Does what is done once in an installation's life; a start cut short goes on here."""
        marker = self.state / "done" / name
        if not marker.exists():
            act()
            marker.parent.mkdir(exist_ok=True)
            marker.touch()

    def register(self, name, role, municipality=None):
        words = ["client", "register", "--name", name, "--role", role,
                 "--certificate", self.tls / f"{name}.pem"]
        if municipality is not None:
            words += ["--municipality", municipality]
        return self.ctl(*words)

    # -- life ---------------------------------------------------------------------------

    def start_database(self):
        """Starts PostgreSQL; the first time, makes the database and the rehearsal's clock."""
        marker = self.state / "database-made"
        self.cluster.create()
        self.cluster.start()
        if not marker.exists():
            self.cluster.psql("postgres", "DROP DATABASE IF EXISTS hakko;")
            self.cluster.create_database("hakko")
            self.ctl("migrate")
            self.ctl("database", "init", "--kind", "rehearsal")
            self.rehearsal("start", "--at", self.begin)
            self.ctl("ca", "register", "--certificate", self.ca)
            self.ctl("operator", "first", "--name", "operator",
                     "--certificate", self.tls / "operator.pem")
            marker.touch()
        else:
            self.rehearsal("resume", *self._after_journals())

    def _after_journals(self):
        """A signer may have stamped its journal later than anything the database has."""
        stamps = []
        for chain in self.state.glob("host*/journal/chain"):
            records = chain.stat().st_size // 256
            if records > 0:
                header = chain.read_bytes()[256 * (records - 1):256 * records]
                stamps.append(int.from_bytes(header[16:24], "big"))
        if not stamps:
            return []
        whole, rest = divmod(max(stamps), 1_000_000)
        text = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(whole))
        return ["--after", f"{text}.{rest:06d}Z"]

    def start(self, environment=None):
        self.start_database()
        for host in self.hosts:
            host.start(environment)
        self.publisher.start()
        self.publisher.wait_until(lambda: any((self.public / "crl").glob("*.crl")))

    def add_host(self, crash=False):
        """Another front and signer on the same database and CA."""
        host = Host(self, f"host{len(self.hosts) + 1}", crash)
        host.write_settings()
        self.hosts.append(host)
        self.save_ports()
        return host

    def services(self):
        return [self.publisher] + [service for host in self.hosts
                                   for service in (host.front, host.signer)]

    def stop(self):
        for service in self.services():
            service.stop()
        self.cluster.stop()
        shutil.rmtree(self.run_folder, ignore_errors=True)
