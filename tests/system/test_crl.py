# SPDX-License-Identifier: Apache-2.0
"""The full CRL: at start, on request, soon after a revocation; never half a file."""

import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import psycopg2
import pytest
from cryptography import x509

from api import csr_of, new_key


def url_of(installation):
    return f"{installation.public_url}/crl/{next((installation.public / 'ca').glob('*.cer')).stem}.crl"


def fetch(installation):
    with urllib.request.urlopen(url_of(installation), timeout=10) as answer:
        assert answer.headers["Content-Type"] == "application/pkix-crl"
        return x509.load_der_x509_crl(answer.read())


def number_of(crl):
    return crl.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number


def issue(terminal, card):
    application = terminal.opened(card)
    return terminal.csr(application, csr_of(new_key())).json["serial"]


def test_revoked_certificates_come_onto_it_by_themselves(installation, terminal, card):
    serial = issue(terminal, card)
    first = fetch(installation)
    revoked = terminal.post(f"/v1/certificates/{serial}/revocation",
                            {"cause": "compromise", "clerk": "counter-1"})
    assert revoked.status == 201, revoked
    limit = time.monotonic() + 60
    while (entry := fetch(installation).get_revoked_certificate_by_serial_number(
            int(serial, 16))) is None:
        assert time.monotonic() < limit
        time.sleep(0.1)
    reason = entry.extensions.get_extension_for_class(x509.CRLReason).value.reason
    assert reason == x509.ReasonFlags.key_compromise
    assert number_of(fetch(installation)) > number_of(first)


def test_it_is_signed_and_names_its_key(installation):
    crl = fetch(installation)
    ca = x509.load_pem_x509_certificate(installation.ca.read_bytes())
    assert crl.is_signature_valid(ca.public_key())
    assert crl.issuer == ca.subject
    key_id = crl.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value
    assert key_id.key_identifier.hex() in url_of(installation)
    assert (crl.next_update - crl.last_update).total_seconds() == 48 * 3600


def test_on_request_and_by_operator(installation, terminal, card):
    serial = issue(terminal, card)
    before = number_of(fetch(installation))
    installation.ctl("revoke", "--serial", serial, "--cause", "incorrect", "--clerk", "prefecture")
    installation.ctl("publish", "--wait", 30, "--crl-url", url_of(installation))
    crl = fetch(installation)
    assert number_of(crl) > before
    assert crl.get_revoked_certificate_by_serial_number(int(serial, 16)) is not None


def test_revocation_is_final_and_once(installation, terminal, card):
    serial = issue(terminal, card)
    path, body = f"/v1/certificates/{serial}/revocation", {"cause": "unwanted", "clerk": "c"}
    assert terminal.post(path, body).status == 201
    again = terminal.post(path, body)
    assert (again.status, again.code) == (409, "already_revoked")
    unknown = terminal.post(f"/v1/certificates/{'0' * 31}1/revocation", body)
    assert unknown.status == 404


@pytest.mark.parametrize("path", ["/crl/../ca.key", "/crl/x.crl", "/ca/" + "0" * 40 + ".cer", "/",
                                  "/crl/" + "0" * 40 + ".crl%00"])
def test_nothing_else_is_public(installation, path):
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(installation.public_url + path, timeout=10)
    assert refused.value.code in (400, 404)


def test_a_restart_goes_on_with_its_numbers(installation):
    before = number_of(fetch(installation))
    installation.publisher.kill()
    installation.publisher.start()
    installation.ctl("publish", "--wait", 30, "--crl-url", url_of(installation))
    assert number_of(fetch(installation)) > before


def test_an_urgent_revocation_waits_for_whoever_holds_the_row(installation, terminal, card):
    """Its instant is too old by then, so that it is written anew with another one."""
    serial = issue(terminal, card)
    connection = psycopg2.connect(installation.conninfo("hakko_owner"))
    with connection.cursor() as cursor, ThreadPoolExecutor(1) as pool:
        cursor.execute("SELECT FROM hakko.application a JOIN hakko.resident r ON r.id = a.resident_id"
                       " WHERE r.card_number = %s FOR UPDATE OF a", (card,))
        revoked = pool.submit(terminal.post, f"/v1/certificates/{serial}/revocation",
                              {"cause": "compromise", "clerk": "counter-1"})
        wait_for_a_waiting_lock(installation)
        installation.rehearsal("advance", "--to", "2015-12-22T07:20:00Z")
        connection.rollback()
        answer = revoked.result()
    connection.close()
    assert answer.status == 201, answer
    assert answer.json["revoked_at"] >= "2015-12-22T07:20:00"


def wait_for_a_waiting_lock(installation):
    limit = time.monotonic() + 20
    while installation.cluster.psql("hakko", "SELECT count(*) FROM pg_stat_activity"
                                    " WHERE wait_event_type = 'Lock'").strip() == "0":
        assert time.monotonic() < limit
        time.sleep(0.02)
