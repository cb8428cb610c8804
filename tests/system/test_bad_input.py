# SPDX-License-Identifier: Apache-2.0
"""Bad input, each with its own code and no 500; slow clients hold no worker."""

import base64
import socket
import ssl
import time

import pytest
from asn1crypto import csr as asn1_csr
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from api import Api, csr_of, new_key, opening, tls_context
from conftest import enrolled, installed, removed

JSON_BODIES = [
    (b"not json", "json_syntax"),
    (b"", "body_missing"),
    (b"[]", "member_type"),
    (b'{"case":1', "json_syntax"),
    (b'{"case":"agent","case":"agent"}', "json_duplicate_member"),
    (b'{"clerk":"\xff\xfe"}', "json_encoding"),
    (b'{"a":' * 20 + b"1" + b"}" * 20, "json_too_deep"),
    (b"[" * 30000, "json_too_deep"),
]


@pytest.mark.parametrize("body,code", JSON_BODIES, ids=[code for _, code in JSON_BODIES[:-1]] + ["nest"])
def test_json(terminal, body, code):
    refused = terminal.post("/v1/applications", None, raw=body)
    assert refused.status in (400, 422), refused
    assert refused.code == code


def test_members(terminal, card):
    unknown = terminal.open(card, surprise=1)
    assert (unknown.status, unknown.code) == (400, "member_unknown")
    assert unknown.json["violations"][0]["field"] == "/surprise"
    wrong = terminal.open(card, clerk=7)
    assert wrong.codes() == {"member_type"}
    value = terminal.open(card, kind="gift")
    assert value.codes() == {"member_value"}
    body = opening(card)
    del body["clerk"], body["kind"]
    missing = terminal.post("/v1/applications", body)
    assert {v["field"] for v in missing.json["violations"]} == {"/clerk", "/kind"}
    assert missing.codes() == {"member_missing"}


def test_two_megabytes(installation):
    api = Api(installation)
    refused = api.post("/v1/applications", None, raw=b'{"clerk":"' + b"x" * 2_000_000 + b'"}')
    assert (refused.status, refused.code) == (413, "body_too_large")


def test_paths_and_methods(terminal):
    assert terminal.get("/v1/nothing").code == "not_found"
    assert terminal.get("/v1/applications").code == "method_not_allowed"
    refused = terminal.post("/v1/applications", None, raw=b"<a/>",
                            headers={"Content-Type": "text/xml"})
    assert (refused.status, refused.code) == (415, "media_type")
    assert terminal.read("x" * 40).status == 404


def wrong_signature():
    request = x509.load_pem_x509_csr(csr_of(new_key()).encode())
    loaded = asn1_csr.CertificationRequest.load(request.public_bytes(serialization.Encoding.DER))
    signature = bytearray(loaded["signature"].native)
    signature[-1] ^= 1
    loaded["signature"] = bytes(signature)
    return pem(loaded.dump(force=True))


def pem(der):
    body = base64.encodebytes(der).decode()
    return f"-----BEGIN CERTIFICATE REQUEST-----\n{body}-----END CERTIFICATE REQUEST-----\n"


def with_extensions():
    key = new_key()
    request = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([])).add_extension(
        x509.SubjectAlternativeName([x509.DNSName("example.jp")]), critical=False).sign(
        key, hashes.SHA256())
    return request.public_bytes(serialization.Encoding.PEM).decode()


def sha1_signed():
    request = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([])).sign(
        new_key(), hashes.SHA1())  # noqa: S303
    return request.public_bytes(serialization.Encoding.PEM).decode()


CSRS = [
    ("not a request", "csr_malformed"),
    (pem(b"\x30\x03\x02\x01\x00"), "csr_malformed"),
    (lambda: pem(base64.b64decode("".join(csr_of(new_key()).splitlines()[1:-1])) + b"\0"),
     "csr_trailing"),
    (wrong_signature, "csr_signature_wrong"),
    (with_extensions, "csr_attributes"),
    (sha1_signed, "csr_signature_algorithm"),
    (lambda: csr_of(new_key(1024)), "key_size"),
    (lambda: csr_of(ec.generate_private_key(ec.SECP521R1())), "key_type"),
]


def test_csrs(terminal, card):
    application = terminal.opened(card)
    for csr, code in CSRS:
        refused = terminal.csr(application, csr() if callable(csr) else csr)
        assert refused.status in (400, 422), refused
        assert refused.code == code
        assert refused.json["violations"][0]["field"] == "/csr"
    assert terminal.csr(application, csr_of(new_key()), maker="representative").code == "key_maker"
    assert terminal.csr(application, csr_of(new_key())).status == 201


def test_nothing_of_it_was_a_500(installation):
    log = installation.host.front.log_path.read_text()
    assert "status=500" not in log


@pytest.fixture(scope="module")
def short():
    """An installation whose requests have four seconds, and two workers."""
    own = installed()
    try:
        own.host.write_settings(front={"request_deadline_s": 4, "workers": 2})
        own.start()
        yield enrolled(own)
    finally:
        removed(own)


def test_a_byte_a_second_holds_no_worker_and_is_ended(short):
    raw = [socket.create_connection(("127.0.0.1", short.host.port)) for _ in range(4)]
    slow = [tls_context(short, "terminal").wrap_socket(one, server_hostname="127.0.0.1")
            for one in raw]
    head = (b"POST /v1/applications HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            b"Content-Length: 1000\r\n\r\n")
    for one in slow:
        one.sendall(head)
    begin = time.monotonic()
    api = Api(short)
    ended = 0
    while time.monotonic() - begin < 20 and ended < len(slow):
        assert api.get("/v1/service").status == 200
        ended = sum(not still_open(one) for one in slow)
        time.sleep(1)  # the client's own pace
    assert ended == len(slow)
    assert time.monotonic() - begin < 12


def still_open(connection):
    """Sends one octet more; False once the other side has ended the connection."""
    if connection.fileno() < 0:
        return False
    try:
        connection.sendall(b" ")
        connection.settimeout(0.05)
        if connection.recv(4096) == b"":
            raise ConnectionError
    except (TimeoutError, ssl.SSLWantReadError):
        return True
    except OSError:
        connection.close()
        return False
    return True


def test_dates(terminal, card):
    for wrong in ("2015-02-29", "2015-13-01", "soon", "", 20150101):
        refused = terminal.open(card, identity={"kind": "passport", "valid_to": wrong})
        assert refused.codes() <= {"member_value", "member_type"}, refused
