# SPDX-License-Identifier: Apache-2.0
"""A signer with a rehearsal CA of its own, in a folder of its own; and what to ask of it."""

import datetime
import os
import pathlib
import secrets
import signal
import struct
import subprocess
import tempfile
import time

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from wire_client import Issue, Line

TOP = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("HAKKO_BUILD", TOP / "build"))
SIGNER = BUILD / "daemon/signer/hakkod-signer"
CLOSING = "2015-12-22T08:00:00Z"
CLOSING_AT = 1450771200 * 1000000
SECOND = 1000000
MINUTE = 60 * SECOND
JST = datetime.timezone(datetime.timedelta(hours=9))


def micros(when):
    return int(when.timestamp()) * SECOND


def subject(*units):
    names = [(NameOID.COUNTRY_NAME, "JP"), (NameOID.ORGANIZATION_NAME, "JPKI")]
    names += [(NameOID.ORGANIZATIONAL_UNIT_NAME, unit) for unit in units]
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in names])


def make_ca(key, units=("Chiba", "Governor", "REHEARSAL")):
    """A CA certificate as docs/profile.md has it: 2013 to 2023."""
    name = subject(*units)
    usage = {"key_cert_sign": True, "crl_sign": True}
    for other in (
        "digital_signature",
        "content_commitment",
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "encipher_only",
        "decipher_only",
    ):
        usage[other] = False
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(secrets.randbits(120))
        .not_valid_before(datetime.datetime(2013, 12, 31, 15, 0, 0))
        .not_valid_after(datetime.datetime(2023, 12, 31, 14, 59, 59))
        .add_extension(x509.KeyUsage(**usage), True)
        .add_extension(x509.BasicConstraints(True, 0), True)
        .add_extension(identifier, False)
        .sign(key, hashes.SHA256())
    )


def spki_of(public_key):
    return public_key.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def make_csr(key):
    return (
        x509.CertificateSigningRequestBuilder()
        .subject_name(x509.Name([]))
        .sign(key, hashes.SHA256())
        .public_bytes(serialization.Encoding.DER)
    )


def sha256(octets):
    digest = hashes.Hash(hashes.SHA256())
    digest.update(octets)
    return digest.finalize()


def not_after_of(reserved_at):
    """P5, for days whose anniversary exists."""
    day = datetime.datetime.fromtimestamp(reserved_at // SECOND, JST).date()
    last = day.replace(year=day.year + 3) - datetime.timedelta(days=1)
    return micros(datetime.datetime(last.year, last.month, last.day, 23, 59, 59, tzinfo=JST))


def cn_of(reserved_at, number="123A"):
    moment = datetime.datetime.fromtimestamp(reserved_at // SECOND, JST)
    return moment.strftime("%Y%m%d%H%M%S") + "12232" + number


class Signer:
    """hakkod-signer in a folder of its own; started and stopped at will."""

    def __init__(self, folder, **settings):
        self.folder = pathlib.Path(folder)
        self.socket = self.folder / "signer.sock"
        self.journal = self.folder / "journal"
        self.clock = self.folder / "clock"
        self.log = self.folder / "signer.log"
        self.config = self.folder / "signer.conf"
        self.process = None
        self.ca_key = rsa.generate_private_key(65537, 2048)
        self.ca = make_ca(self.ca_key)
        self.key = rsa.generate_private_key(65537, 2048)
        self.next_id = 1
        self.journal.mkdir(mode=0o700)
        self.write_ca()
        self.settings = {
            "socket": self.socket,
            "journal": self.journal,
            "ca_certificate": self.folder / "ca.pem",
            "ca_key": self.folder / "ca.key",
            "passphrase_file": self.folder / "passphrase",
            "closing_at": CLOSING,
            "rehearsal_clock": self.clock,
            "front_user": os.getuid(),
            "publish_user": os.getuid(),
            "profile.crl_uri": "http://crl.example.jp/",
            **{key.replace("__", "."): value for key, value in settings.items()},
        }
        self.set_clock(CLOSING_AT - 30 * MINUTE)

    def write_ca(self):
        (self.folder / "ca.pem").write_bytes(
            self.ca.public_bytes(serialization.Encoding.PEM)
        )
        passphrase = self.folder / "passphrase"
        passphrase.touch(mode=0o600)
        passphrase.write_text("correct horse\n")
        plain = self.ca_key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        (self.folder / "ca.key").touch(mode=0o600)
        command = ["openssl", "pkcs8", "-topk8", "-v2", "aes-256-cbc", "-v2prf", "hmacWithSHA256"]
        command += ["-iter", "100000", "-passout", f"file:{passphrase}"]
        command += ["-out", str(self.folder / "ca.key")]
        subprocess.run(command, input=plain, check=True)

    def set_clock(self, at):
        """Moves the rehearsal's clock in place, as the daemon has it mapped."""
        offset = at - time.time_ns() // 1000
        mode = "r+b" if self.clock.exists() else "wb"
        with open(self.clock, mode) as file:
            file.write(b"hakkoclk" + struct.pack("<q", offset))

    def now_at(self):
        offset = struct.unpack("<q", self.clock.read_bytes()[8:])[0]
        return time.time_ns() // 1000 + offset

    def write_config(self):
        lines = (f"{key} = {value}\n" for key, value in self.settings.items())
        self.config.write_text("".join(lines))

    def run(self, *arguments, **options):
        """Runs it to its end, for commands and for starts that must fail."""
        self.write_config()
        return subprocess.run(
            [SIGNER, "--config", self.config, *arguments],
            capture_output=True,
            text=True,
            timeout=60,
            **options,
        )

    def start(self, **options):
        self.write_config()
        before = self.log.stat().st_size if self.log.exists() else 0
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [SIGNER, "--config", self.config], stderr=log, **options
            )
        deadline = time.monotonic() + 30
        while "ready" not in self.log.read_text()[before:]:
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.01)
        return self

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(30)
        self.process = None
        return code

    def kill(self):
        self.process.kill()
        self.process.wait(30)
        self.process = None

    def line(self):
        return Line(self.socket)

    def status(self):
        with self.line() as line:
            return line.status()

    def new_key(self):
        self.key = rsa.generate_private_key(65537, 2048)

    def reservation(self, reserved_at=None, key=None, **changes):
        """A reservation as the front makes one; members can be changed by name."""
        status = self.status()
        reserved_at = self.now_at() if reserved_at is None else reserved_at
        key = key or self.key
        fields = {
            "id": self.next_id,
            "serial": bytes([secrets.randbelow(128)]) + secrets.token_bytes(15),
            "reserved_at": reserved_at,
            "not_after_at": not_after_of(reserved_at),
            "cn": cn_of(reserved_at),
            "ca_key": status.ca_key,
            "profile": status.profile,
            "spki": spki_of(key.public_key()),
            "csr": make_csr(key),
        }
        self.next_id += 1
        return Issue(**{**fields, **changes})


def make_signer(**settings):
    folder = tempfile.mkdtemp(prefix="hakko-signer-", dir="/tmp")
    return Signer(folder, **settings)
