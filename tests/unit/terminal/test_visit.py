# SPDX-License-Identifier: Apache-2.0
"""hakko-terminal against a service of loopback (service.py): visits, and what goes wrong in them."""
import json
import os
import pathlib
import stat
import subprocess
import sys

import pytest
from asn1crypto import csr as asn1_csr
from asn1crypto import pem as asn1_pem
from cryptography import x509
from cryptography.hazmat.primitives import serialization

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import service as fake  # noqa: E402

PROGRAM = os.environ["HAKKO_TERMINAL"]
PASSWORD = "ABC123"


class Counter:
    """A terminal with its settings, and the service it speaks to."""

    def __init__(self, folder, service):
        self.folder = folder
        self.service = service
        self.key = folder / "applicant.key"
        self.out = folder / "card"
        self.out.mkdir()
        self.password = folder / "password"
        self.set_password(PASSWORD)
        self.config = folder / "terminal.conf"
        self.configure("client")

    def configure(self, identity, language="en", patience=20):
        self.config.write_text(
            f"url = {self.service.url}\n"
            f"ca = {self.folder}/ca.pem\n"
            f"certificate = {self.folder}/{identity}.pem\n"
            f"key = {self.folder}/{identity}.key\n"
            f"language = {language}\n"
            f"clerk = 佐藤\npatience_s = {patience}\ntimeout_s = 5\n"
        )

    def set_password(self, text):
        self.password.write_text(text)
        self.password.chmod(0o600)

    def run(self, *arguments):
        return subprocess.run(
            [PROGRAM, *arguments, "--config", str(self.config)],
            capture_output=True,
            text=True,
            timeout=120,
        )

    def visit(self, *more, opening=("--card", "JC-1", "--identity", "passport")):
        return self.run(
            "visit",
            *opening,
            "--receipt",
            "R-7",
            "--key-file",
            str(self.key),
            "--password-file",
            str(self.password),
            "--out",
            str(self.out),
            *more,
        )


@pytest.fixture
def counter(tmp_path):
    service = fake.Service(tmp_path)
    yield Counter(tmp_path, service)
    service.server.shutdown()


def test_whole_visit(counter):
    done = counter.visit("--identity-valid-to", "2016-05-31")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    (application,) = counter.service.applications.values()
    assert application["delivered_at"] and application["fee"] == {"amount_yen": 500}
    assert [path.rsplit("/", 1)[1] for path, _ in counter.service.requests] == [
        "applications",
        "service",
        "fee",
        "csr",
        "delivery",
    ]
    assert counter.service.sent("/applications") == [
        {
            "case": "applicant_with_id",
            "kind": "issuance",
            "clerk": "佐藤",
            "card": {"kind": "juki", "number": "JC-1"},
            "identity": {"kind": "passport", "valid_to": "2016-05-31"},
        }
    ]
    assert counter.service.sent("/fee") == [
        {"amount_yen": 500, "receipt_number": "R-7", "clerk": "佐藤"}
    ]
    assert counter.service.sent("/csr")[0]["key_made_by"] == "applicant"
    assert (counter.out / "certificate.pem").read_text() == application["issued"]["certificate"]
    assert (counter.out / "ca.pem").read_text() == application["issued"]["ca_certificate"]
    lines = done.stdout.splitlines()
    assert lines[0] == f"application opened: {application['id']}"
    assert "minutes until issue: 15 - 30" in lines
    assert lines[-1] == "delivery recorded: 2015-12-01T00:00:00Z"


def test_key_and_request(counter):
    assert counter.visit().returncode == 0
    assert stat.S_IMODE(counter.key.stat().st_mode) == 0o600
    text = counter.key.read_bytes()
    assert text.startswith(b"-----BEGIN ENCRYPTED PRIVATE KEY-----")
    key = serialization.load_pem_private_key(text, PASSWORD.encode())
    with pytest.raises(ValueError):
        serialization.load_pem_private_key(text, b"ABC124")
    request_text = counter.service.sent("/csr")[0]["csr"]
    request = x509.load_pem_x509_csr(request_text.encode())
    assert request.is_signature_valid
    assert request.signature_hash_algorithm.name == "sha256"
    assert len(request.subject) == 0 and len(request.extensions) == 0
    assert request.public_key().key_size == 2048
    assert request.public_key().public_numbers() == key.public_key().public_numbers()
    assert request.public_key().public_numbers().e == 65537
    _, _, der = asn1_pem.unarmor(request_text.encode())
    parsed = asn1_csr.CertificationRequest.load(der, strict=True)
    assert parsed["certification_request_info"]["version"].native == "v1"
    assert len(parsed["certification_request_info"]["attributes"]) == 0
    certificate = x509.load_pem_x509_certificate((counter.out / "certificate.pem").read_bytes())
    assert certificate.public_key().public_numbers() == key.public_key().public_numbers()


def test_password_never_leaves(counter):
    """K1."""
    counter.set_password("SECRET77WORD")
    done = counter.visit()
    assert done.returncode == 0
    told = json.dumps(counter.service.requests) + done.stdout + done.stderr
    assert "SECRET77WORD" not in told


@pytest.mark.parametrize("text", ["ABC", "A" * 17, "abcd", "ABC-", "ABC D", "ＡＢＣＤ", "ABCD\n\n"])
def test_password_refused_before_anything(counter, text):
    counter.set_password(text)
    done = counter.visit()
    assert done.returncode == 1 and "[K1]" in done.stderr
    assert counter.service.requests == [] and not counter.key.exists()


def test_password_file_of_others(counter):
    counter.password.chmod(0o604)
    assert counter.visit().returncode == 3
    assert counter.service.requests == []


def test_lost_answers_and_busy(counter):
    counter.service.script = {
        "/applications": ["busy", "busy"],
        "/fee": ["lose"],
        # libcurl itself repeats what is lost on a kept connection, the next is ours to repeat.
        "/csr": ["busy", "lose", "lose"],
        "/delivery": ["lose", "busy"],
    }
    done = counter.visit()
    assert done.returncode == 0, done.stderr
    requests = counter.service.sent("/csr")
    assert len(requests) == 4
    assert all(request == requests[0] for request in requests)
    assert len(counter.service.applications) == 1
    assert "busy, asking again" in done.stderr and "no answer, asking again" in done.stderr


def test_opening_is_not_repeated_after_a_lost_answer(counter):
    counter.service.script = {"/applications": ["lose"]}
    done = counter.visit()
    assert done.returncode == 3
    assert "the application may be open" in done.stderr
    assert len(counter.service.applications) == 1
    assert not counter.key.exists()


def test_patience_ends(counter):
    counter.configure("client", patience=2)
    counter.service.script = {"/csr": ["busy"] * 100}
    done = counter.visit()
    assert done.returncode == 3
    assert not (counter.out / "certificate.pem").exists()


def test_carry_on(counter):
    """A visit that broke off goes on with the same key and gets the same certificate."""
    counter.configure("client", patience=1)
    counter.service.script = {"/csr": ["lose"] + ["busy"] * 100}
    broken = counter.visit()
    (key,) = counter.service.applications
    assert broken.returncode == 3
    assert f"can be carried on with --application: {key}" in broken.stderr
    counter.service.script = {}
    refused = counter.visit()
    assert refused.returncode == 1 and "[K4]" in refused.stderr
    done = counter.visit(opening=("--application", key))
    assert done.returncode == 0, done.stderr
    requests = counter.service.sent("/csr")
    assert all(request["csr"] == requests[0]["csr"] for request in requests)
    assert len(counter.service.applications) == 1
    again = counter.visit(opening=("--application", key))
    assert again.returncode == 0, again.stderr
    assert "state: approved" in done.stdout and "next: nothing" in again.stdout
    assert len(counter.service.sent("/fee")) == 1


def test_carry_on_with_another_password(counter):
    assert counter.visit().returncode == 0
    (key,) = counter.service.applications
    counter.set_password("OTHER1")
    assert counter.visit(opening=("--application", key)).returncode == 3


@pytest.mark.parametrize(
    "language, sentence",
    [("ja", "有効な電子証明書がすでにあります。"), ("en", "There is a live certificate.")],
)
def test_refusal(counter, language, sentence):
    counter.configure("client", language=language)
    counter.service.script = {"/applications": ["refuse"]}
    done = counter.visit()
    assert done.returncode == 1
    assert f"{sentence} [P8, live_certificate, /card/number]" in done.stderr
    assert not counter.key.exists()


def test_fault_of_the_service(counter):
    counter.service.script = {"/fee": ["broken"]}
    done = counter.visit()
    assert done.returncode == 3 and "Failed (500): broken" in done.stderr
    assert len(counter.service.sent("/fee")) == 1


def test_certificate_of_another_key(counter):
    counter.service.script = {"/csr": ["foreign"]}
    done = counter.visit()
    assert done.returncode == 3 and "fails its checks" in done.stderr
    assert list(counter.out.iterdir()) == []
    assert counter.service.sent("/delivery") == []


def test_rehearsal_is_told_once(counter):
    counter.service.rehearsal = True
    done = counter.visit()
    assert done.returncode == 0
    assert done.stdout.count("REHEARSAL") == 1


def test_by_hand(counter):
    opened = counter.run("open", "--card", "JC-2", "--identity", "driving_licence")
    assert opened.returncode == 0, opened.stderr
    (key,) = counter.service.applications
    assert key in opened.stdout
    early = counter.run("deliver", "--application", key)
    assert early.returncode == 1
    csr = ["csr", "--application", key, "--key-file", str(counter.key)]
    csr += ["--password-file", str(counter.password)]
    assert counter.run(*csr).returncode == 0
    again = counter.run(*csr, "--out", str(counter.out))
    assert again.returncode == 0, again.stderr
    first = (counter.out / "certificate.pem").read_text()
    (counter.out / "certificate.pem").unlink()
    fetched = counter.run("certificate", "--application", key, "--out", str(counter.out))
    assert fetched.returncode == 0, fetched.stderr
    assert (counter.out / "certificate.pem").read_text() == first
    fee = counter.run("fee", "--application", key, "--receipt", "R-1", "--amount", "300")
    assert fee.returncode == 0
    assert counter.service.sent("/fee")[-1]["amount_yen"] == 300
    assert counter.run("deliver", "--application", key).returncode == 0
    shown = counter.run("show", "--application", key)
    assert shown.returncode == 0 and "next: nothing" in shown.stdout


def test_japanese_steps(counter):
    counter.configure("client", language="ja")
    done = counter.visit()
    assert done.returncode == 0
    assert done.stdout.startswith("申請を受け付けました: ap_")


def test_usage(counter):
    assert counter.visit(opening=()).returncode == 2
    assert counter.visit(opening=("--card", "1")).returncode == 2
    both = ("--card", "1", "--identity", "passport", "--application", "ap_" + "a" * 23)
    assert counter.visit(opening=both).returncode == 2
    assert counter.visit(opening=("--application", "../service")).returncode == 2
    assert counter.visit("--clerk", "").returncode == 2
    assert counter.service.requests == []


def test_no_folder(counter):
    counter.out.rmdir()
    assert counter.visit().returncode == 3
    assert counter.service.requests == [] and not counter.key.exists()


def test_stranger(counter):
    counter.configure("stranger", patience=3)
    done = counter.visit()
    assert done.returncode == 3
    assert counter.service.requests == []
