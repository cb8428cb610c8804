# SPDX-License-Identifier: Apache-2.0
"""Runs the small server of serve.c, makes certificates for it, and speaks to it: properly through
http.client, improperly through sockets."""

import datetime
import hashlib
import http.client
import json
import os
import socket
import ssl
import subprocess
import time

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

SERVE = os.environ["HTTP_SERVE"]
TERMINAL, OPERATOR = 1, 3
# A sanitizer slows everything down.
SLOW = float(os.environ.get("HTTP_SLOW", "1"))


class Server:
    def __init__(self, **settings):
        self.process = subprocess.Popen([SERVE, json.dumps(settings)], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline())

    def __enter__(self):
        return self

    def __exit__(self, *ignored):
        if self.process.stdin.closed:
            return
        self.stop()
        self.wait()

    def tell(self, command):
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def counts(self):
        return self.tell("counts")

    def await_count(self, name, number):
        deadline = time.monotonic() + 10 * SLOW
        while self.counts()[name] < number:
            assert time.monotonic() < deadline, (name, self.counts())

    def stop(self, ms=5000):
        self.process.stdin.write(f"stop {ms}\n")
        self.process.stdin.close()

    def last_counts(self):
        """What was counted when the server had stopped."""
        return json.loads(self.process.stdout.readline())

    def wait(self):
        """It ended by itself and well: a sanitizer's finding is another exit code."""
        assert self.process.wait(60) == 0

    def socket(self):
        return socket.create_connection(("127.0.0.1", self.port), 20)

    def connection(self, context=None):
        if context is None:
            return http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        return http.client.HTTPSConnection("127.0.0.1", self.port, timeout=20, context=context)

    def call(self, method, path, body=None, headers=None, context=None):
        """Status, headers and decoded body of a request on a connection of its own."""
        connection = self.connection(context)
        try:
            return exchange(connection, method, path, body, headers)
        finally:
            connection.close()


def exchange(connection, method, path, body=None, headers=None):
    if isinstance(body, (dict, list)):
        body = json.dumps(body)
    if isinstance(body, str):
        body = body.encode()
    if body is not None and headers is None:
        headers = {"Content-Type": "application/json"}
    connection.request(method, path, body, headers or {})
    answer = connection.getresponse()
    octets = answer.read()
    kind = answer.getheader("Content-Type", "")
    return answer.status, answer.headers, json.loads(octets) if "json" in kind and octets else octets


def raw(server, octets, then=b"", timeout=20):
    """Everything the server says to these octets, until it closes or says nothing more."""
    with server.socket() as peer:
        peer.settimeout(timeout)
        peer.sendall(octets)
        return drain(peer)


def drain(peer):
    said = b""
    try:
        while piece := peer.recv(65536):
            said += piece
    except (TimeoutError, ConnectionResetError):
        pass
    return said


def seconds_until_closed(peer, send=None, apart=0.1, limit=20):
    """How long the server bears this client; `send` gives the next octets of a slow one."""
    started = time.monotonic()
    peer.settimeout(apart)
    while time.monotonic() - started < limit * SLOW:
        try:
            if send is not None:
                peer.sendall(send())
            if not peer.recv(4096):
                break
        except TimeoutError:
            continue
        except OSError:
            break
    return time.monotonic() - started


class Certificates:
    """Certificates and keys in a folder, each self-signed: trust is the register's."""

    def __init__(self, folder):
        self.folder = str(folder)
        self.made = {}

    def make(self, name, not_before_days=-1, not_after_days=30, purposes=None, key=None):
        now = datetime.datetime.now(datetime.timezone.utc)
        key = key or ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        builder = (x509.CertificateBuilder().subject_name(subject).issuer_name(subject)
                   .public_key(key.public_key()).serial_number(x509.random_serial_number())
                   .not_valid_before(now + datetime.timedelta(days=not_before_days))
                   .not_valid_after(now + datetime.timedelta(days=not_after_days))
                   .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), False))
        if purposes is not None:
            builder = builder.add_extension(x509.ExtendedKeyUsage(purposes), False)
        certificate = builder.sign(key, hashes.SHA256())
        self._write(name, certificate, key)
        der = certificate.public_bytes(serialization.Encoding.DER)
        self.made[name] = hashlib.sha256(der).hexdigest()
        return self.made[name]

    def _write(self, name, certificate, key):
        pem = serialization.Encoding.PEM
        with open(self.path(name, "cer"), "wb") as file:
            file.write(certificate.public_bytes(pem))
        with open(self.path(name, "key"), "wb") as file:
            file.write(key.private_bytes(pem, serialization.PrivateFormat.PKCS8,
                                         serialization.NoEncryption()))

    def path(self, name, ending):
        return os.path.join(self.folder, f"{name}.{ending}")

    def server(self):
        self.make("server", purposes=[ExtendedKeyUsageOID.SERVER_AUTH])
        return [self.path("server", "cer"), self.path("server", "key")]

    def context(self, name, version=None):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.load_verify_locations(self.path("server", "cer"))
        if name is not None:
            context.load_cert_chain(self.path(name, "cer"), self.path(name, "key"))
        if version is not None:
            context.minimum_version = context.maximum_version = version
        return context
