# SPDX-License-Identifier: Apache-2.0
"""`hakkoctl ca create`, judged by parsers that are not ours: asn1crypto, cryptography, openssl."""
import datetime
import hashlib
import os
import stat
import subprocess

import pytest
from asn1crypto import pem, x509
from cryptography.hazmat.primitives import serialization

PROGRAM = os.environ["HAKKOCTL"]
PASSPHRASE = "a ceremony's passphrase"


class Ceremony:
    def __init__(self, folder):
        self.folder = folder
        self.key = folder / "ca.key"
        self.certificate = folder / "ca.pem"
        self.passphrase = folder / "passphrase"
        self.passphrase.write_text(PASSPHRASE + "\n")
        self.passphrase.chmod(0o600)

    def create(self, *more, kind="rehearsal", units="千葉県|千葉県知事"):
        return subprocess.run(
            [PROGRAM, "ca", "create", "--kind", kind, "--prefecture", "Chiba"]
            + ["--alt-units", units, "--key", self.key, "--certificate", self.certificate]
            + ["--passphrase-file", self.passphrase, *more],
            capture_output=True,
            text=True,
            timeout=60,
        )

    def load(self):
        _, _, der = pem.unarmor(self.certificate.read_bytes())
        return x509.Certificate.load(der, strict=True)


@pytest.fixture
def ceremony(tmp_path):
    return Ceremony(tmp_path)


def test_rehearsal(ceremony):
    done = ceremony.create("--not-before", "2013-11-05T00:00:00+09:00")
    assert done.returncode == 0, done.stderr
    certificate = ceremony.load()
    assert certificate.subject.dump() == certificate.issuer.dump()
    assert [(name.native, value.native) for rdn in certificate.subject.chosen for name, value in
            [(rdn[0]["type"], rdn[0]["value"])]] == [
        ("country_name", "JP"),
        ("organization_name", "JPKI"),
        ("organizational_unit_name", "Chiba"),
        ("organizational_unit_name", "Governor"),
        ("organizational_unit_name", "REHEARSAL"),
    ]
    assert certificate.ca and certificate.key_usage_value.native == {"key_cert_sign", "crl_sign"}
    validity = certificate["tbs_certificate"]["validity"]
    utc = datetime.timezone.utc
    assert validity["not_before"].native == datetime.datetime(2013, 11, 4, 15, tzinfo=utc)
    assert validity["not_after"].native == datetime.datetime(2023, 11, 4, 14, 59, 59, tzinfo=utc)
    names = certificate.subject_alt_name_value
    assert "公的個人認証サービス" in str(names[0].chosen.native)
    printed = dict(line.split(": ", 1) for line in done.stdout.splitlines())
    assert printed["kind"] == "rehearsal"
    assert printed["key id"] == certificate.key_identifier_value.native.hex()
    assert printed["certificate SHA-256"] == certificate.sha256.hex()
    assert printed["certificate SHA-1"] == certificate.sha1.hex()
    key = hashlib.sha256(certificate.public_key.dump()).hexdigest()
    assert printed["public key SHA-256"] == key
    assert printed["valid"] == "2013-11-04T15:00:00Z to 2023-11-04T14:59:59Z"
    assert "OU=REHEARSAL" in printed["subject"] and "O=JPKI" in printed["subject"]
    verified = subprocess.run(
        ["openssl", "verify", "-x509_strict", "-attime", "1420070400", "-CAfile",
         ceremony.certificate, ceremony.certificate],
        capture_output=True,
        text=True,
    )
    assert verified.returncode == 0, verified.stderr


def test_production_begins_now(ceremony):
    before = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
    done = ceremony.create("--years", "5", "--bits", "3072", kind="production")
    assert done.returncode == 0, done.stderr
    certificate = ceremony.load()
    assert "REHEARSAL" not in str(certificate.subject.native)
    assert certificate.public_key.bit_size == 3072
    assert certificate["tbs_certificate"]["validity"]["not_before"].native >= before
    assert certificate["tbs_certificate"]["validity"]["not_after"].native.year == before.year + 5


def test_key_file(ceremony):
    assert ceremony.create().returncode == 0
    assert stat.S_IMODE(ceremony.key.stat().st_mode) == 0o600
    text = ceremony.key.read_bytes()
    assert text.startswith(b"-----BEGIN ENCRYPTED PRIVATE KEY-----")
    key = serialization.load_pem_private_key(text, PASSPHRASE.encode())
    with pytest.raises(ValueError):
        serialization.load_pem_private_key(text, b"another")
    spki = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    assert spki == ceremony.load().public_key.dump()


@pytest.mark.parametrize("name", ["key", "certificate"])
def test_nothing_is_overwritten(ceremony, name):
    path = getattr(ceremony, name)
    path.write_text("kept")
    done = ceremony.create()
    assert done.returncode == 1 and "stays as it is" in done.stderr
    assert path.read_text() == "kept"
    assert not (ceremony.key if name == "certificate" else ceremony.certificate).exists()


def test_production_takes_no_instant(ceremony):
    done = ceremony.create("--not-before", "2013-11-05T00:00:00Z", kind="production")
    assert done.returncode == 2
    assert not ceremony.key.exists()


@pytest.mark.parametrize(
    "more",
    [("--bits", "1024"), ("--bits", "4097"), ("--years", "0"), ("--years", "31"),
     ("--not-before", "yesterday"), ("--kind", "rehearsal")],
)
def test_usage(ceremony, more):
    assert ceremony.create(*more).returncode == 2
    assert not ceremony.key.exists()


def test_passphrase_open_to_others(ceremony):
    ceremony.passphrase.chmod(0o644)
    assert ceremony.create().returncode == 3
    assert not ceremony.key.exists()


def test_name_that_does_not_fit(ceremony):
    assert ceremony.create(units="県" * 65).returncode == 3
    for units in ("県||知事", "|県", "県|", "|"):
        assert ceremony.create(units=units).returncode == 2
    assert not ceremony.key.exists() and not ceremony.certificate.exists()
