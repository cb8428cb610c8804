# SPDX-License-Identifier: Apache-2.0
"""The same-day visit (A1) from first word to delivery, and what stands afterwards."""

import subprocess

from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from api import Api, csr_of, new_key
from installation import run


def issue(terminal, card):
    """Opens, pays, submits; answers (application, answer of the CSR, key)."""
    application, key = terminal.opened(card), new_key()
    assert terminal.fee(application).status == 200
    answer = terminal.csr(application, csr_of(key))
    assert answer.status == 201, answer
    return application, answer, key


def test_from_first_word_to_delivery(installation, terminal, card):
    opened = terminal.open(card)
    assert opened.status == 201, opened
    assert opened.headers["Hakko-Rehearsal"] == "yes"
    application = opened.json["id"]
    assert opened.headers["Location"] == f"/v1/applications/{application}"
    assert opened.json["state"] == "approved"
    paid = terminal.fee(application, "R-77")
    assert paid.json["fee"] == {"amount_yen": 500, "receipt_number": "R-77",
                                "paid_at": paid.json["fee"]["paid_at"]}
    key = new_key()
    issued = terminal.csr(application, csr_of(key))
    assert issued.status == 201, issued
    certificate = x509.load_pem_x509_certificate(issued.json["certificate"].encode())
    assert certificate.public_key().public_numbers() == key.public_key().public_numbers()
    assert format(certificate.serial_number, "032x") == issued.json["serial"]
    assert terminal.read(application).json["state"] == "issued"
    delivered = terminal.deliver(application)
    assert delivered.status == 200, delivered
    assert delivered.json["state"] == "delivered"
    assert delivered.json["next"] == "nothing"


def test_certificate_is_what_the_profile_says(terminal, card):
    _, answer, _ = issue(terminal, card)
    der = x509.load_pem_x509_certificate(answer.json["certificate"].encode()).public_bytes(
        serialization.Encoding.DER)
    tbs = asn1.Certificate.load(der, strict=True)["tbs_certificate"]
    assert [(extension["extn_id"].native, extension["critical"].native)
            for extension in tbs["extensions"]] == [
        ("key_usage", True), ("certificate_policies", True), ("subject_alt_name", False),
        ("issuer_alt_name", False), ("crl_distribution_points", False),
        ("authority_information_access", False), ("authority_key_identifier", False),
        ("key_identifier", False)]
    assert tbs["validity"]["not_after"].native.isoformat() == "2018-12-21T14:59:59+00:00"
    names = [list(rdn[0].native.values()) for rdn in tbs["subject"].chosen]
    assert names[:3] == [["country_name", "JP"], ["locality_name", "Chiba-ken"],
                         ["locality_name", "Shiroi-shi"]]


def test_gnutls_and_openssl_verify_it(installation, terminal, card, tmp_path):
    _, answer, _ = issue(terminal, card)
    certificate = tmp_path / "certificate.pem"
    certificate.write_text(answer.json["certificate"])
    key_id = next((installation.public / "ca").glob("*.cer")).stem
    crl = tmp_path / "crl.pem"
    installation.ctl("publish", "--wait", 30, "--crl-url",
                     f"{installation.public_url}/crl/{key_id}.crl")
    run("openssl", "crl", "-inform", "DER", "-in", installation.public / "crl" / f"{key_id}.crl",
        "-out", crl)
    instant = int(installation.now())
    assert ": OK" in run("openssl", "verify", "-attime", instant, "-crl_check", "-CAfile",
                         installation.ca, "-CRLfile", crl, certificate)
    run("faketime", "-f", f"@{instant_text(instant)}", "certtool", "--verify",
        "--load-ca-certificate", installation.ca, "--load-crl", crl, "--infile", certificate,
        env={"TZ": "UTC", "PATH": "/usr/bin:/bin"})


def instant_text(seconds):
    return run("date", "-u", "-d", f"@{seconds}", "+%Y-%m-%d %H:%M:%S").strip()


def test_without_fee_no_delivery(terminal, card):
    application = terminal.opened(card)
    assert terminal.csr(application, csr_of(new_key())).status == 201
    refused = terminal.deliver(application)
    assert (refused.status, refused.code) == (409, "fee_missing")
    assert refused.json["rule"] == "P6"
    assert terminal.fee(application).status == 200
    assert terminal.deliver(application).status == 200


def test_repeats_answer_as_the_first_time(terminal, card):
    application, first, key = issue(terminal, card)
    again = terminal.csr(application, csr_of(key))
    assert again.status == 200
    assert again.json["certificate"] == first.json["certificate"]
    other = terminal.csr(application, csr_of(new_key()))
    assert (other.status, other.code) == (409, "already_issued_other_key")
    assert terminal.fee(application).status == 200
    assert terminal.fee(application, "R-other").status == 409
    assert terminal.deliver(application).status == 200
    assert terminal.deliver(application).status == 200
    assert terminal.fee(application).status == 200
    assert terminal.fee(application, "R-other").status == 409


def test_certificate_by_accept(terminal, card):
    application, first, _ = issue(terminal, card)
    path = f"/v1/applications/{application}/certificate"
    assert terminal.get(path).json["certificate"] == first.json["certificate"]
    pem = terminal.get(path, headers={"Accept": "application/pem-certificate-chain"})
    assert pem.body.decode() == first.json["certificate"]
    der = terminal.get(path, headers={"Accept": "application/pkix-cert"})
    assert x509.load_der_x509_certificate(der.body) == x509.load_pem_x509_certificate(pem.body)


def test_one_live_certificate_and_one_open_application(terminal, card):
    application = terminal.opened(card)
    second = terminal.open(card)
    assert (second.status, second.code, second.json["rule"]) == (409, "open_application", "P8")
    terminal.fee(application)
    assert terminal.csr(application, csr_of(new_key())).status == 201
    terminal.deliver(application)
    third = terminal.open(card)
    assert (third.status, third.code, third.json["rule"]) == (409, "live_certificate", "P8")


def test_a_key_is_certified_once(installation, terminal, card):
    _, _, key = issue(terminal, card)
    other = terminal.opened(installation.residents.next_card())
    refused = terminal.csr(other, csr_of(key))
    assert (refused.status, refused.code) == (409, "key_already_certified")
    assert refused.json["rule"] == "K4"


def test_another_municipality_sees_nothing(installation, terminal, card):
    application, _, key = issue(terminal, card)
    elsewhere = Api(installation, "elsewhere")
    missing = "ap_" + "a" * 23
    for name in (application, missing):
        answers = [elsewhere.read(name), elsewhere.fee(name), elsewhere.csr(name, csr_of(key)),
                   elsewhere.deliver(name), elsewhere.get(f"/v1/applications/{name}/certificate")]
        assert [(answer.status, answer.code) for answer in answers] == [(404, "not_found")] * 5
    here = elsewhere.open(installation.residents.next_card())
    assert here.status in (403, 409, 422)
    assert here.json["rule"] == "P10"


def test_what_later_versions_add_is_refused(terminal, card):
    for case in ("applicant_without_id", "represented_with_id", "represented_without_id", "agent"):
        refused = terminal.open(card, case=case)
        assert refused.codes() >= {"case_not_offered"}, refused
    renewal = terminal.open(card, kind="renewal")
    assert "renewal_not_offered" in renewal.codes()
    my_number = terminal.open(card, card={"kind": "individual_number", "number": card})
    assert "individual_number_card" in my_number.codes()


def test_every_violation_at_once(terminal, card):
    refused = terminal.open(card, kind="renewal", card={"kind": "none"},
                            identity={"kind": "passport", "valid_to": "2015-12-21"})
    assert {"renewal_not_offered", "card_missing", "identity_expired"} <= refused.codes()
    assert {violation["field"] for violation in refused.json["violations"]} >= {
        "/kind", "/card/kind", "/identity/valid_to"}


def test_terminal_program_makes_the_visit(installation, card, tmp_path):
    password = tmp_path / "password"
    password.write_text("ABC123\n")
    password.chmod(0o600)
    config = tmp_path / "terminal.conf"
    installation.write_settings(config, {
        "url": installation.url, "ca": installation.tls / "ca.pem",
        "certificate": installation.tls / "terminal.pem",
        "key": installation.tls / "terminal.key", "clerk": "counter-1"})
    visit = [installation.program("hakko-terminal"), "visit", "--config", config, "--card", card,
             "--identity", "passport", "--identity-valid-to", "2018-01-01", "--receipt", "R-5",
             "--password-file", password, "--key-file", tmp_path / "citizen.key",
             "--out", tmp_path]
    run(*visit)
    key = serialization.load_pem_private_key((tmp_path / "citizen.key").read_bytes(), b"ABC123")
    certificate = x509.load_pem_x509_certificate((tmp_path / "certificate.pem").read_bytes())
    assert key.public_key().public_numbers() == certificate.public_key().public_numbers()
    refused = subprocess.run([str(word) for word in visit], capture_output=True, text=True,
                             check=False)
    assert refused.returncode == 1, refused
