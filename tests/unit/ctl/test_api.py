# SPDX-License-Identifier: Apache-2.0
"""hakkoctl's commands through the API, against a loopback service that answers to order."""
import datetime
import hashlib
import http.server
import json
import os
import pathlib
import re
import subprocess
import sys
import threading

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "client"))
import loopback  # noqa: E402

PROGRAM = os.environ["HAKKOCTL"]
SERIAL = "0a" * 16


class Desk:
    """An operator with settings, and a service whose answers are told beforehand."""

    def __init__(self, folder):
        self.folder = folder
        self.requests = []
        self.answers = []
        loopback.make_identities(folder)
        desk = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *args):
                pass

            def do_GET(self):
                text = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                body = json.loads(text) if text else None
                desk.requests.append((self.command, self.path, body))
                status, answer = desk.answers.pop(0)
                if callable(answer):
                    answer = answer()
                octets = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(octets)))
                self.end_headers()
                self.wfile.write(octets)

            do_POST = do_PUT = do_GET

        self.server = loopback.serve(folder, Handler)
        self.config = folder / "hakkoctl.conf"
        self.config.write_text(
            f"url = https://127.0.0.1:{self.server.server_port}\n"
            f"ca = {folder}/ca.pem\ncertificate = {folder}/client.pem\n"
            f"key = {folder}/client.key\nlanguage = en\n"
        )

    def ctl(self, *words, status=0):
        done = subprocess.run(
            [PROGRAM, *map(str, words), "--config", self.config],
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == status, done.stdout + done.stderr
        return done


@pytest.fixture
def desk(tmp_path):
    own = Desk(tmp_path)
    yield own
    own.server.shutdown()


def test_municipality_add(desk):
    answer = {"code": "12232", "name": "白井市", "romaji": "Shiroi-shi", "closing_at": None}
    desk.answers = [(201, answer), (201, answer)]
    words = ["municipality", "add", "--code", "12232", "--name", "白井市", "--romaji", "Shiroi-shi"]
    done = desk.ctl(*words)
    assert done.stdout == "code: 12232\nname: 白井市\nromaji: Shiroi-shi\n"
    desk.ctl(*words, "--closing-at", "2015-12-18T16:30:00+09:00")
    body = {"code": "12232", "name": "白井市", "romaji": "Shiroi-shi"}
    assert desk.requests == [
        ("POST", "/v1/municipalities", body),
        ("POST", "/v1/municipalities", dict(body, closing_at="2015-12-18T07:30:00Z")),
    ]


def test_client_register(desk):
    desk.answers = [(201, {"id": 7, "fingerprint": "ff", "suspended": False})] * 2
    certificate = desk.folder / "client.pem"
    desk.ctl("client", "register", "--name", "auditor", "--role", "auditor",
             "--certificate", certificate)
    done = desk.ctl("client", "register", "--name", "t1", "--role", "terminal",
                    "--municipality", "12232", "--certificate", certificate)
    assert done.stdout == "id: 7\nfingerprint: ff\nsuspended: no\n"
    text = certificate.read_text()
    assert desk.requests == [
        ("POST", "/v1/clients", {"name": "auditor", "role": "auditor", "certificate": text}),
        ("POST", "/v1/clients", {"name": "t1", "role": "terminal", "municipality": "12232",
                                 "certificate": text}),
    ]


def test_key_is_never_sent(desk):
    """A file that holds key and certificate: the certificate alone goes over."""
    both = desk.folder / "both.pem"
    certificate = (desk.folder / "client.pem").read_text()
    both.write_text((desk.folder / "client.key").read_text() + certificate)
    desk.answers = [(201, {"id": 7})]
    desk.ctl("client", "register", "--name", "a", "--role", "auditor", "--certificate", both)
    assert desk.requests[0][2]["certificate"] == certificate
    desk.ctl("client", "register", "--name", "a", "--role", "auditor",
             "--certificate", desk.folder / "client.key", status=3)


@pytest.mark.parametrize("verb, suspended", [("suspend", True), ("resume", False)])
def test_suspension(desk, verb, suspended):
    desk.answers = [(200, {"id": 7, "suspended": suspended})]
    done = desk.ctl("client", verb, "--id", 7)
    assert done.stdout == f"id: 7\nsuspended: {'yes' if suspended else 'no'}\n"
    assert desk.requests == [("PUT", "/v1/clients/7/suspension", {"suspended": suspended})]
    desk.ctl("client", verb, "--id", "0", status=2)


def test_revoke(desk):
    desk.answers = [(201, {"serial": SERIAL, "revoked_at": "2015-12-01T00:00:00Z",
                           "cause": "compromise"})]
    words = ["revoke", "--cause", "compromise", "--clerk", "佐藤", "--serial"]
    done = desk.ctl(*words, SERIAL.upper() if SERIAL.upper() == SERIAL else SERIAL)
    assert "revoked_at: 2015-12-01T00:00:00Z\n" in done.stdout
    assert desk.requests == [("POST", f"/v1/certificates/{SERIAL}/revocation",
                              {"cause": "compromise", "clerk": "佐藤"})]
    desk.ctl(*words, SERIAL[1:], status=2)
    desk.ctl(*words, "../clients/7", status=2)
    desk.ctl("revoke", "--cause", "renewed", "--clerk", "a", "--serial", SERIAL, status=2)


def test_show_certificate(desk):
    text = (desk.folder / "client.pem").read_text()
    desk.answers = [(200, {"serial": SERIAL, "revoked_at": None, "certificate": text})]
    done = desk.ctl("show", "certificate", "--serial", SERIAL)
    assert done.stdout == f"serial: {SERIAL}\n{text}"


def test_service_show(desk):
    desk.answers = [(200, {"kind": "production", "fee_yen": 500})]
    assert desk.ctl("service", "show").stdout == "kind: production\nfee_yen: 500\n"


def test_problem(desk):
    problem = {"title": "t", "violations": [{"code": "not_allowed", "rule": "", "field": "",
                                             "ja": "い", "en": "No."}]}
    desk.answers = [(403, problem)]
    done = desk.ctl("service", "show", status=1)
    assert done.stdout == "" and done.stderr == "Refused (403): t\n  - No. [not_allowed]\n"
    desk.answers = [(503, {"title": "busy"})]
    assert "Failed (503): busy" in desk.ctl("service", "show", status=3).stderr


def test_settings_needed(desk):
    desk.config.write_text("url = https://127.0.0.1:1\n")
    assert "setting ca" in desk.ctl("service", "show", status=2).stderr


def crl(number):
    key = ec.generate_private_key(ec.SECP256R1())
    now = datetime.datetime(2015, 12, 1)
    return (
        x509.CertificateRevocationListBuilder()
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "CA")]))
        .last_update(now)
        .next_update(now)
        .add_extension(x509.CRLNumber(number), critical=False)
        .sign(key, hashes.SHA256())
        .public_bytes(serialization.Encoding.DER)
    )


@pytest.mark.parametrize("before", [None, 1449000000000])
def test_publish_waits_for_a_newer_crl(desk, before):
    path = desk.folder / "ca.crl"
    if before:
        path.write_bytes(crl(before))

    def later():
        new = desk.folder / "new"
        new.write_bytes(crl(1449000000001))
        threading.Timer(0.5, new.rename, [path]).start()
        return {}

    desk.answers = [(202, later)]
    done = desk.ctl("publish", "--wait", 30, "--crl-file", path)
    assert done.stdout == "a CRL is asked for\ncrl: 1449000000001\n"
    assert desk.requests == [("POST", "/v1/crls", {})]


def test_publish_by_url(desk):
    files = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0),
        lambda *args: http.server.SimpleHTTPRequestHandler(*args, directory=desk.folder),
    )
    threading.Thread(target=files.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{files.server_port}/ca.crl"
    desk.answers = [(202, lambda: (desk.folder / "ca.crl").write_bytes(crl(5)))]
    done = desk.ctl("publish", "--wait", 30, "--crl-url", url)
    assert done.stdout.endswith("crl: 5\n")
    files.shutdown()


def test_publish_waits_in_vain(desk):
    path = desk.folder / "ca.crl"
    path.write_bytes(crl(5))
    desk.answers = [(202, {})]
    assert "no newer CRL" in desk.ctl("publish", "--wait", 1, "--crl-file", path, status=3).stderr


def test_publish_usage(desk):
    desk.ctl("publish", "--wait", 5, status=2)
    desk.ctl("publish", "--crl-file", "x", status=2)
    desk.ctl("publish", "--wait", 5, "--crl-file", "x", "--crl-url", "http://x", status=2)
    path = desk.folder / "ca.crl"
    path.write_bytes(crl(5) + b"\0")
    desk.ctl("publish", "--wait", 5, "--crl-file", path, status=3)
    assert desk.requests == []


def leaf(number, detail=b"serial=0a\nsubject=x\n", spoil=False):
    salt = bytes([number]) * 32
    commitment = hashlib.sha256(salt + detail).digest()
    octets = bytes([1, 3]) + (1449000000000000 + number).to_bytes(8, "big") + commitment
    return {"id": number, "kind": "revocation", "leaf": octets.hex(), "salt": salt.hex(),
            "detail": (detail + (b"more" if spoil else b"")).decode()}


def test_ledger_list(desk):
    desk.answers = [
        (200, {"leaves": [leaf(1), leaf(2)], "next": "c1_0000000000000002"}),
        (200, {"leaves": [leaf(3)], "next": None}),
    ]
    done = desk.ctl("ledger", "list", "--serial", SERIAL, "--from", "2015-12-01T09:00:00+09:00",
                    "--to", "2015-12-02T00:00:00Z")
    assert done.stdout.splitlines()[:3] == [
        "1 revocation 2015-12-01T20:00:00.000001Z checked",
        "    serial=0a",
        "    subject=x",
    ]
    assert done.stdout.endswith("leaves: 3, checks failed: 0\n")
    first, second = (path for _, path, _ in desk.requests)
    assert re.fullmatch(r"/v1/ledger/leaves\?limit=150&serial=(0a){16}"
                        r"&from=2015-12-01T00:00:00Z&to=2015-12-02T00:00:00Z", first)
    assert second == first + "&after=c1_0000000000000002"


def test_ledger_list_finds_what_does_not_match(desk):
    spoilt = leaf(2)
    spoilt["leaf"] = spoilt["leaf"][:-1] + ("0" if spoilt["leaf"][-1] != "0" else "1")
    desk.answers = [(200, {"leaves": [leaf(1, spoil=True), spoilt, leaf(3)], "next": None})]
    done = desk.ctl("ledger", "list", status=1)
    assert done.stdout.count("CHECK FAILED") == 2
    assert "leaves: 3, checks failed: 2\n" in done.stdout
    assert "2 leaves do not match" in done.stderr


def test_ledger_list_json(desk):
    desk.answers = [(200, {"leaves": [leaf(1), leaf(2, spoil=True)], "next": None})]
    done = desk.ctl("ledger", "list", "--json", status=1)
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["checked"] for row in rows] == [True, False]
    assert rows[0]["leaf"] == leaf(1)["leaf"]


def test_ledger_list_unreadable(desk):
    for answer in ({}, {"leaves": [{}]}, {"leaves": [dict(leaf(1), salt="00")]}, []):
        desk.answers = [(200, answer)]
        desk.ctl("ledger", "list", status=3)


def test_ledger_list_that_goes_in_circles(desk):
    page = {"leaves": [leaf(1)], "next": "c1_0000000000000001"}
    desk.answers = [(200, page)] * 5
    desk.ctl("ledger", "list")
    assert len(desk.requests) == 2
