# SPDX-License-Identifier: Apache-2.0
"""The closing instant holds against everyone (P1, P1a, P2, P3)."""

import time

import psycopg2
import pytest

from api import Api, csr_of, new_key
from conftest import enrolled, installed, removed

LAST_SECOND = "2015-12-22T07:59:59Z"
CLOSING = "2015-12-22T08:00:00Z"


@pytest.fixture
def closing():
    own = installed()
    try:
        own.start()
        yield enrolled(own)
    finally:
        removed(own)


def advance(own, instant):
    own.rehearsal("advance", "--to", instant)


def wait_for_closing(terminal):
    """The rehearsal's clock walks over the closing by itself."""
    limit = time.monotonic() + 30
    while time.monotonic() < limit:
        if terminal.get("/v1/service").json["now"] >= CLOSING:
            return
        time.sleep(0.05)
    raise AssertionError("the closing instant did not come")


def test_the_last_second_and_the_first_after(closing):
    terminal = Api(closing)
    cards = [closing.residents.next_card() for _ in range(4)]
    early, late, unpaid, never = (terminal.opened(card) for card in cards)
    for application in (early, late):
        assert terminal.fee(application).status == 200
    keys = [new_key() for _ in range(2)]
    requests = [csr_of(key) for key in keys]
    advance(closing, LAST_SECOND)
    issued = terminal.csr(early, requests[0])
    assert issued.status == 201, issued
    wait_for_closing(terminal)
    # Approved before, CSR after.
    refused = terminal.csr(late, requests[1])
    assert (refused.code, refused.json["rule"]) == ("programme_closed", "P1")
    opened = terminal.open(closing.residents.next_card())
    assert opened.json["rule"] == "P1"
    # What was issued before the end is handed over after it, and still answered.
    again = terminal.csr(early, requests[0])
    assert (again.status, again.json["certificate"]) == (200, issued.json["certificate"])
    assert terminal.deliver(early).status == 200
    # Applications not yet issued say that they lapsed.
    for application in (late, unpaid, never):
        assert terminal.read(application).json["state"] == "lapsed"
    # Revocation and CRL go on (P3).
    serial = issued.json["serial"]
    revoked = terminal.post(f"/v1/certificates/{serial}/revocation",
                            {"cause": "compromise", "clerk": "counter-1"})
    assert revoked.status == 201, revoked
    key_id = next((closing.public / "ca").glob("*.cer")).stem
    closing.ctl("publish", "--wait", 30, "--crl-url", f"{closing.public_url}/crl/{key_id}.crl")


def test_the_front_refuses_by_itself(closing):
    """Whatever became of the programme's row: the front's own settings say when it ends."""
    terminal = Api(closing)
    application = terminal.opened(closing.residents.next_card())
    programme_ends(closing, "infinity")
    advance(closing, "2015-12-22T08:00:01Z")
    opened = terminal.open(closing.residents.next_card())
    assert (opened.code, opened.json["rule"]) == ("programme_closed", "P1")
    refused = terminal.csr(application, csr_of(new_key()))
    assert (refused.code, refused.json["rule"]) == ("programme_closed", "P1")
    assert closing.cluster.psql("hakko", "SELECT count(*) FROM hakko.reservation").strip() == "0"


def test_ends_that_differ_stop_issuance(closing):
    terminal = Api(closing)
    application = terminal.opened(closing.residents.next_card())
    programme_ends(closing, "2015-12-22T07:59:59Z")
    closing.host.front.wait_for_status("closing_at")
    key = new_key()
    refused = terminal.csr(application, csr_of(key))
    assert (refused.status, refused.code) == (503, "service_waiting")
    programme_ends(closing, CLOSING)
    closing.host.front.wait_for_status("serving")
    assert terminal.csr(application, csr_of(key)).status == 201


def programme_ends(own, instant):
    own.cluster.psql("hakko", f"UPDATE hakko.programme SET closing_at = '{instant}'")


def test_the_database_refuses_by_itself(closing):
    terminal = Api(closing)
    application = terminal.opened(closing.residents.next_card())
    connection = psycopg2.connect(closing.conninfo("hakko_front"))
    with connection.cursor() as cursor:
        reserve(cursor, application)  # before the end the very same statements are taken
    connection.rollback()
    advance(closing, "2015-12-22T08:00:01Z")
    with connection.cursor() as cursor, pytest.raises(psycopg2.Error) as refused:
        reserve(cursor, application)
    assert (refused.value.pgcode, "P1" in str(refused.value)) == ("HK001", True)
    connection.rollback()
    with connection.cursor() as cursor, pytest.raises(psycopg2.errors.ForeignKeyViolation):
        cursor.execute("""
            INSERT INTO hakko.certificate (serial, der, tbs_sha256, signer, position, hash, recorded_at)
            VALUES (%s, 'x', %s, %s, 1, %s, hakko.now())
            """, (bytes(15) + b"\1", bytes(32), bytes(16), bytes(32)))
    connection.close()


def reserve(cursor, application):
    """A reservation as the front writes it, by hand and as the front's role."""
    cursor.execute("""
        UPDATE hakko.application SET state = 'issuing', reservation_id = nextval('hakko.reservation_id')
        WHERE id = %s RETURNING reservation_id, resident_id
        """, (application,))
    reservation, resident = cursor.fetchone()
    cursor.execute("""
        INSERT INTO hakko.reservation (id, application_id, record_id, reserved_at, not_after_at, serial,
            cn, municipality, romaji, ca_key, profile, spki, key_maker, client_id, clerk)
        SELECT %s, %s, max(id), hakko.now(), '2018-12-21T14:59:59Z', %s, '20151222160000122320'||'01A',
            '12232', 'Shiroi-shi', %s, %s, %s, 'applicant', 1, 'by hand'
        FROM hakko.resident_record WHERE resident_id = %s
        """, (reservation, application, bytes(15) + b"\1", bytes(32), bytes(32), bytes(294), resident))


def test_a_municipality_may_close_earlier(closing):
    closing.ctl("municipality", "add", "--code", "12203", "--name", "市川市", "--romaji",
                "Ichikawa-shi", "--closing-at", "2015-12-22T07:30:00Z")
    closing.make_certificate("ichikawa")
    closing.register("ichikawa", "terminal", "12203")
    rows = closing.state / "ichikawa.csv"
    own = type(closing.residents)("12203", "I")
    closing.ctl("resident", "import", "--file", own.write(rows, count=3))
    terminal = Api(closing, "ichikawa")
    application = terminal.opened(own.next_card())
    advance(closing, "2015-12-22T07:30:01Z")
    refused = terminal.csr(application, csr_of(new_key()))
    assert (refused.code, refused.json["rule"]) == ("municipality_closed", "P2")
    assert terminal.open(own.next_card()).json["rule"] == "P2"
    shiroi = Api(closing)
    assert shiroi.open(closing.residents.next_card()).status == 201


def test_the_clock_does_not_go_back(closing):
    advance(closing, "2015-12-22T07:10:00Z")
    with pytest.raises(Exception, match="advance|back|forward|past"):
        advance(closing, "2015-12-22T07:05:00Z")
