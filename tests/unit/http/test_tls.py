# SPDX-License-Identifier: Apache-2.0
"""Who reaches an errand over TLS. libmicrohttpd alone lets a client without a certificate, or with
a stranger's, through to the handler: here every such client is tried with three TLS libraries'
clients in TLS 1.2 and 1.3, and the errands and requests are counted."""

import http.client
import ssl
import subprocess
import time

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

from loopback import OPERATOR, SLOW, TERMINAL, Certificates, Server, exchange

VERSIONS = [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3]
OPENSSL = {ssl.TLSVersion.TLSv1_2: "-tls1_2", ssl.TLSVersion.TLSv1_3: "-tls1_3"}
GNUTLS = {ssl.TLSVersion.TLSv1_2: "NORMAL:-VERS-ALL:+VERS-TLS1.2",
          ssl.TLSVersion.TLSv1_3: "NORMAL:-VERS-ALL:+VERS-TLS1.3"}
REQUEST = "GET /mirror HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
REFUSED = [None, "stranger", "expired", "early", "suspended", "for_servers"]


@pytest.fixture(name="certificates", scope="module")
def _certificates(tmp_path_factory):
    made = Certificates(tmp_path_factory.mktemp("certificates"))
    made.server()
    made.make("terminal")
    made.make("operator", purposes=[ExtendedKeyUsageOID.CLIENT_AUTH])
    made.make("rsa", key=rsa.generate_private_key(65537, 2048))
    made.make("stranger")
    made.make("expired", not_before_days=-9, not_after_days=-1)
    made.make("early", not_before_days=1)
    made.make("suspended")
    made.make("for_servers", purposes=[ExtendedKeyUsageOID.SERVER_AUTH])
    return made


@pytest.fixture(name="server")
def _server(certificates):
    paths = [certificates.path("server", "cer"), certificates.path("server", "key")]
    with Server(tls=paths) as server:
        for name in ("terminal", "rsa", "expired", "early", "for_servers"):
            server.tell(f"client {certificates.made[name]} {TERMINAL}")
        server.tell(f"client {certificates.made['operator']} {OPERATOR}")
        server.tell(f"suspended {certificates.made['suspended']}")
        yield server


def ask_openssl(server, certificates, name, version):
    who = [] if name is None else ["-cert", certificates.path(name, "cer"),
                                   "-key", certificates.path(name, "key")]
    return subprocess.run(
        ["openssl", "s_client", "-quiet", "-connect", f"127.0.0.1:{server.port}",
         OPENSSL[version], *who], input=REQUEST, capture_output=True, text=True, timeout=30,
        check=False).stdout


def ask_gnutls(server, certificates, name, version):
    who = [] if name is None else ["--x509certfile", certificates.path(name, "cer"),
                                   "--x509keyfile", certificates.path(name, "key")]
    return subprocess.run(
        ["gnutls-cli", "--insecure", "--logfile=/dev/null", "-p", str(server.port),
         f"--priority={GNUTLS[version]}", *who, "127.0.0.1"], input=REQUEST,
        capture_output=True, text=True, timeout=30, check=False).stdout


def ask_python(server, certificates, name, version):
    try:
        status, _, _ = server.call("GET", "/mirror", context=certificates.context(name, version))
        return f"HTTP/1.1 {status}"
    except (ssl.SSLError, ConnectionError, http.client.RemoteDisconnected):
        return ""


@pytest.mark.parametrize("ask", [ask_python, ask_openssl, ask_gnutls])
@pytest.mark.parametrize("version", VERSIONS)
class TestHandshake:
    @pytest.mark.parametrize("name", ["terminal", "operator", "rsa"])
    def test_the_registered_get_in(self, server, certificates, name, version, ask):
        assert "HTTP/1.1 200" in ask(server, certificates, name, version)
        assert server.counts()["errands"] == 1

    @pytest.mark.parametrize("name", REFUSED)
    def test_nobody_else_reaches_an_errand(self, server, certificates, name, version, ask):
        assert "HTTP/1.1" not in ask(server, certificates, name, version)
        counts = server.counts()
        assert (counts["errands"], counts["reports"]) == (0, 0)
        # The server itself is well.
        assert "HTTP/1.1 200" in ask(server, certificates, "terminal", version)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name, alert", [
    ("stranger", "UNKNOWN_CA"), ("expired", "EXPIRED"), ("suspended", "ACCESS_DENIED"),
])
def test_the_alert_says_why(server, certificates, name, alert, version):
    with pytest.raises(ssl.SSLError) as told:
        server.call("GET", "/mirror", context=certificates.context(name, version))
    assert alert in str(told.value).upper().replace(" ", "_")


@pytest.mark.parametrize("version", ["-tls1", "-tls1_1"])
def test_old_versions_are_not_spoken(server, certificates, version):
    said = subprocess.run(
        ["openssl", "s_client", "-connect", f"127.0.0.1:{server.port}", version, "-cipher",
         "ALL:@SECLEVEL=0", "-cert", certificates.path("terminal", "cer"), "-key",
         certificates.path("terminal", "key")], input=REQUEST, capture_output=True, text=True,
        timeout=30, check=False)
    assert "HTTP/1.1" not in said.stdout
    assert server.counts()["reports"] == 0


def test_another_key_than_the_certificates(server, certificates, tmp_path):
    """The registered certificate, which everybody may know, without its key."""
    context = certificates.context(None)
    with pytest.raises(ssl.SSLError):
        context.load_cert_chain(certificates.path("terminal", "cer"),
                                certificates.path("stranger", "key"))
    said = subprocess.run(
        ["gnutls-cli", "--insecure", "--logfile=/dev/null", "-p", str(server.port),
         "--x509certfile", certificates.path("terminal", "cer"), "--x509keyfile",
         certificates.path("stranger", "key"), "127.0.0.1"], input=REQUEST, capture_output=True,
        text=True, timeout=30, check=False)
    assert "HTTP/1.1" not in said.stdout
    assert server.counts()["reports"] == 0


@pytest.mark.parametrize("version", VERSIONS)
def test_no_session_is_resumed(server, certificates, version):
    context = certificates.context("terminal", version)
    first = server.connection(context)
    assert exchange(first, "GET", "/mirror")[0] == 200
    session = first.sock.session
    assert session is None or not session.has_ticket
    before = server.counts()["peer_calls"]
    with server.socket() as plain:
        with context.wrap_socket(plain, server_hostname="localhost", session=session) as peer:
            peer.sendall(REQUEST.encode())
            assert peer.recv(100).startswith(b"HTTP/1.1 200")
            assert not peer.session_reused
    # The handshake asked, and the request.
    assert server.counts()["peer_calls"] == before + 2
    first.close()


def test_a_long_chain_is_refused(server, certificates, tmp_path):
    chain = tmp_path / "chain.cer"
    with open(certificates.path("terminal", "cer"), encoding="ascii") as file:
        one = file.read()
    for count, accepted in ((1, True), (4, True), (5, False), (60, False)):
        chain.write_text(one * count)
        context = certificates.context(None)
        context.load_cert_chain(chain, certificates.path("terminal", "key"))
        before = server.counts()["errands"]
        try:
            assert server.call("GET", "/mirror", context=context)[0] == 200
        except (ssl.SSLError, ConnectionError):
            pass
        assert server.counts()["errands"] == before + accepted


def test_each_request_asks_again(server, certificates):
    """Suspended, and unknown, while the connection stands."""
    fingerprint = certificates.made["terminal"]
    for command, code in (("suspended", "client_suspended"), ("unknown", "client_unknown")):
        server.tell(f"client {fingerprint} {TERMINAL}")
        connection = server.connection(certificates.context("terminal"))
        assert exchange(connection, "GET", "/mirror")[0] == 200
        before = server.counts()["errands"]
        server.tell(f"{command} {fingerprint}")
        status, headers, problem = exchange(connection, "GET", "/mirror")
        assert (status, problem["code"]) == (403, code)
        assert headers["Connection"] == "close"
        assert connection.sock is None
        assert server.counts()["errands"] == before


def test_a_connection_does_not_outlive_its_certificate(server, certificates):
    """Its dates are looked at with each request, not in the handshake alone."""
    lasting_s = 3 * SLOW
    fingerprint = certificates.make("short", not_after_days=lasting_s / 86400)
    server.tell(f"client {fingerprint} {TERMINAL}")
    connection = server.connection(certificates.context("short"))
    started = time.monotonic()
    while (answer := exchange(connection, "GET", "/mirror"))[0] == 200:
        assert time.monotonic() - started < lasting_s + 2
        time.sleep(0.1)
    assert (answer[0], answer[2]["code"]) == (403, "client_unknown")
    assert time.monotonic() - started > lasting_s - 2
    assert connection.sock is None


def test_roles(server, certificates):
    terminal = certificates.context("terminal")
    operator = certificates.context("operator")
    assert server.call("GET", "/terminals", context=terminal)[2]["role"] == TERMINAL
    assert server.call("GET", "/terminals", context=operator)[2]["code"] == "role"
    assert server.call("GET", "/operators", context=operator)[0] == 200
    assert server.call("GET", "/operators", context=terminal)[0] == 403
    assert server.call("PUT", "/items", {"name": "a", "amount": 1}, context=operator)[0] == 201


def test_without_a_register_nobody_is_served(server, certificates):
    server.tell("register 0")
    held = {name: server.connection(certificates.context(name))
            for name in ("terminal", "stranger", "suspended")}
    for connection in held.values():
        status, headers, problem = exchange(connection, "GET", "/mirror")
        assert (status, problem["code"]) == (503, "service_waiting")
        assert headers["Retry-After"] == "2"
    assert server.counts()["errands"] == 0
    server.tell("register 1")
    assert exchange(held["terminal"], "GET", "/mirror")[0] == 200
    assert exchange(held["stranger"], "GET", "/mirror")[2]["code"] == "client_unknown"
    assert exchange(held["suspended"], "GET", "/mirror")[2]["code"] == "client_suspended"
    assert server.counts()["errands"] == 1
    # Certificates are still looked at: no date, no entry.
    server.tell("register 0")
    with pytest.raises((ssl.SSLError, ConnectionError)):
        server.call("GET", "/mirror", context=certificates.context("expired"))


@pytest.mark.parametrize("certificate, key", [
    ("server.cer", "terminal.key"), ("server.key", "server.key"), ("server.cer", "absent"),
])
def test_a_server_without_its_key_does_not_start(certificates, capfd, certificate, key):
    folder = certificates.folder
    with pytest.raises(ValueError):
        Server(tls=[f"{folder}/{certificate}", f"{folder}/{key}"])
    assert "http_server_start" in capfd.readouterr().err


@pytest.mark.parametrize("version", VERSIONS)
def test_large_bodies_both_ways(server, certificates, version):
    context = certificates.context("terminal", version)
    status, _, seen = server.call("POST", "/mirror", b"x" * 65536,
                                  {"Content-Type": "application/json"}, context)
    assert (status, seen["len"]) == (200, 65536)
    assert len(server.call("GET", "/large?len=900000", context=context)[2]) == 900000
    for _ in range(10):
        status, _, problem = server.call("POST", "/mirror", b"x" * 2097152,
                                         {"Content-Type": "application/json"}, context)
        assert (status, problem["code"]) == (413, "body_too_large")
