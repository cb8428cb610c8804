# SPDX-License-Identifier: Apache-2.0
"""The real hakkod-signer over its socket, spoken to by a client that shares no code with it."""

import dataclasses
import datetime
import os
import resource
import shutil
import socket
import struct
import subprocess
import sys
import threading

import pytest
from asn1crypto import crl as asn1_crl
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

import wire_client
from signer_fixture import CLOSING_AT, MINUTE, SECOND, cn_of, make_ca, make_signer, sha256
from wire_client import Gone, Line, Place, Refused

RECORD_LEN = 256
HOUR = 60 * MINUTE


@pytest.fixture
def signer():
    made = make_signer()
    yield made
    if made.process is not None:
        made.kill()
    shutil.rmtree(made.folder)


def refusal(call, *arguments):
    with pytest.raises(Refused) as caught:
        call(*arguments)
    return caught.value.code


def verify(signer, der):
    certificate = x509.load_der_x509_certificate(der)
    signer.ca.public_key().verify(
        certificate.signature,
        certificate.tbs_certificate_bytes,
        padding.PKCS1v15(),
        hashes.SHA256(),
    )
    return certificate


def chain(signer):
    return (signer.journal / "chain").read_bytes()


# Issuing


def test_a_certificate_of_the_reservation_comes_back(signer):
    signer.start()
    with signer.line() as line:
        wanted = signer.reservation()
        issued = line.issue(wanted)
        certificate = verify(signer, issued.der)
        assert certificate.serial_number == int.from_bytes(wanted.serial, "big")
        assert issued.tbs == sha256(certificate.tbs_certificate_bytes)
        names = [attribute.value for attribute in certificate.subject]
        assert names == ["JP", "Chiba-ken", "Shiroi-shi", wanted.cn]
        assert "白井　花子".encode() in issued.der

        kinds = [record.kind for record in line.whole_journal()]
        assert kinds == [wire_client.GENESIS, wire_client.INTENT, wire_client.OUTCOME]
        intent = line.journal(after=1, limit=1).records[0]
        assert intent.place == issued.place
        assert (intent.der, intent.serial) == (issued.der, wanted.serial)
        assert (intent.tbs, intent.reservation) == (issued.tbs, wanted.id)
    assert signer.stop() == 0


def test_the_log_and_the_chain_hold_no_personal_data(signer):
    signer.start()
    with signer.line() as line:
        line.issue(signer.reservation())
        refused = signer.reservation(sex=1, name="白井　太郎", name_flags="1")
        assert refusal(line.issue, refused) == "fields_invalid"
    signer.stop()
    for octets in (signer.log.read_bytes(), chain(signer)):
        for personal in ("白井", "千葉県白井市", "1980"):
            assert personal.encode() not in octets
    (bodies,) = signer.journal.glob("bodies-*")
    assert bodies.name == "bodies-2015-12"
    assert "白井　花子".encode() in bodies.read_bytes()


def test_the_same_reservation_gets_the_same_bytes_and_one_intent(signer):
    signer.start()
    with signer.line() as line, signer.line() as other:
        wanted = signer.reservation()
        first, second = line.issue(wanted), other.issue(wanted)
        assert first == second
        assert len(line.whole_journal()) == 3
    signer.kill()
    signer.start()
    with signer.line() as line:
        assert line.issue(wanted) == first
        assert len(line.whole_journal()) == 3
        for change in ({"address": "千葉県白井市復１１２４"}, {"cn": wanted.cn[:-1] + "B"}):
            changed = dataclasses.replace(wanted, **change)
            assert refusal(line.issue, changed) == "reservation_conflict"


def test_a_crowd_asking_for_one_reservation_gets_one_certificate(signer):
    signer.start()
    wanted = signer.reservation()
    answers = []

    def ask():
        with signer.line() as line:
            answers.append(line.issue(wanted).der)

    crowd = [threading.Thread(target=ask) for _ in range(20)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()
    assert len(answers) == 20 and len(set(answers)) == 1
    with signer.line() as line:
        assert len(line.whole_journal()) == 3


def test_a_serial_or_key_of_another_reservation_is_a_conflict(signer):
    signer.start()
    with signer.line() as line:
        first = signer.reservation()
        line.issue(first)
        assert refusal(line.issue, signer.reservation()) == "reservation_conflict"
        signer.new_key()
        same_serial = signer.reservation(serial=first.serial)
        assert refusal(line.issue, same_serial) == "reservation_conflict"
        line.issue(signer.reservation())


def test_what_the_signer_checks_by_itself(signer):
    signer.start()
    now_at = signer.now_at()
    stranger = rsa.generate_private_key(65537, 2048)
    good = signer.reservation()
    cases = [
        ("reservation_stale", signer.reservation(now_at - 61 * SECOND)),
        ("reservation_ahead", signer.reservation(now_at + 60 * SECOND)),
        ("ca_key_other", signer.reservation(ca_key=bytes(32))),
        ("profile_other", signer.reservation(profile=bytes(32))),
        ("validity_outside", signer.reservation(not_after_at=good.not_after_at + SECOND)),
        ("fields_invalid", signer.reservation(cn=good.cn[:-1] + "a")),
        ("fields_invalid", signer.reservation(serial=b"\x80" + bytes(15))),
        ("fields_invalid", signer.reservation(name="", name_flags="")),
        ("key_mismatch", signer.reservation(csr=signer.reservation(key=stranger).csr)),
        ("csr_trailing", signer.reservation(csr=good.csr + b"\0")),
    ]
    with signer.line() as line:
        for code, issue in cases:
            assert refusal(line.issue, issue) == code
        assert len(line.whole_journal()) == 1


# The programme's end (P1)


def test_the_last_second_signs_and_the_end_does_not(signer):
    signer.start()
    signer.set_clock(CLOSING_AT - 900000)
    with signer.line() as line:
        last = signer.reservation()
        issued = line.issue(last)
        assert signer.now_at() < CLOSING_AT, "this machine is too slow for this test"
        certificate = verify(signer, issued.der)
        assert str(certificate.not_valid_before) == "2015-12-22 07:59:59"
        assert str(certificate.not_valid_after) == "2018-12-21 14:59:59"

        signer.set_clock(CLOSING_AT)
        signer.new_key()
        late = signer.reservation(CLOSING_AT - SECOND)
        assert refusal(line.issue, late) == "programme_closed"
        assert line.issue(last) == issued  # P1a: what was signed may be asked for again
        entries = []
        now_at = signer.now_at()
        der, _ = line.crl(1, now_at, now_at + HOUR, entries)  # P3
        assert x509.load_der_x509_crl(der).is_signature_valid(signer.ca.public_key())


def signed_at(record):
    """The instant in an outcome's header (docs/journal.md)."""
    return struct.unpack_from(">q", record, 136)[0]


def test_a_queue_before_the_key_ends_with_the_programme(signer):
    """One thread and many intents, all durable before the end: the key stops at the end (P1a)."""
    signer.settings.update(threads=1, connections_max=64)
    signer.start()
    signer.set_clock(CLOSING_AT - 10 * SECOND)
    reserved_at = signer.now_at()
    wanted = []
    for number in range(48):
        signer.new_key()
        cn = cn_of(reserved_at, f"{number:03d}A")
        wanted.append(signer.reservation(reserved_at, cn=cn))
    frames = [wire_client.frame(wire_client.ISSUE, one.fields()) for one in wanted]
    lines = [signer.line() for _ in wanted]
    for line in lines:
        line.status()
    signer.set_clock(CLOSING_AT - 15000)
    for line, frame in zip(lines, frames):
        line.send(frame)
    answered, refused = {}, set()
    for line, one in zip(lines, wanted):
        try:
            line.answer()
            answered[one.id] = one
        except Refused as why:
            refused.add(why.code)
        line.close()
    assert refused == {"programme_closed"}
    with signer.line() as line:
        records = line.whole_journal()
        again = [one for one in wanted if one.id not in answered]
        assert {refusal(line.issue, one) for one in again} == {"programme_closed"}
    outcomes = [one for one in records if one.kind == wire_client.OUTCOME]
    assert len(outcomes) == len(answered)
    for one in outcomes:
        header = chain(signer)[RECORD_LEN * (one.place.position - 1) :][:RECORD_LEN]
        assert one.stamped_at < CLOSING_AT
        assert 0 < signed_at(header) <= one.stamped_at
    signed = {one.reservation for one in records if one.kind == wire_client.INTENT and one.der}
    assert signed == set(answered)


def test_an_unanswered_intent_is_not_signed_after_the_end(signer):
    signer.start()
    signer.set_clock(CLOSING_AT - 20 * SECOND)
    wanted = signer.reservation()
    with signer.line() as line:
        line.issue(wanted)
        positions = [record.place.position for record in line.whole_journal()]
    signer.kill()
    # As if it had been killed between the intent and its outcome.
    assert positions == [1, 2, 3]
    os.truncate(signer.journal / "chain", 2 * RECORD_LEN)
    signer.start()
    with signer.line() as line:
        assert line.journal(after=1).records[0].der == b""
        signer.set_clock(CLOSING_AT)
        assert refusal(line.issue, wanted) == "programme_closed"
        assert line.journal(after=1).records[0].der == b""


# Crashes and the journal


def test_an_unanswered_intent_is_signed_when_asked_again(signer):
    signer.start()
    wanted = signer.reservation()
    with signer.line() as line:
        issued = line.issue(wanted)
    signer.kill()
    os.truncate(signer.journal / "chain", 2 * RECORD_LEN + 100)
    signer.start()
    assert "journal-cut" in signer.log.read_text()
    with signer.line() as line:
        assert line.issue(wanted) == issued
        kinds = [record.kind for record in line.whole_journal()]
        assert kinds == [wire_client.GENESIS, wire_client.INTENT, wire_client.OUTCOME]


def test_killed_under_load_it_keeps_what_it_answered(signer):
    signer.start()
    wanted = []
    for _ in range(40):
        signer.new_key()
        wanted.append(signer.reservation())
    answered = {}

    def ask(some):
        try:
            with signer.line() as line:
                for one in some:
                    answered[one.id] = line.issue(one)
        except (Gone, OSError):
            pass

    crowd = [threading.Thread(target=ask, args=(wanted[i::4],)) for i in range(4)]
    for one in crowd:
        one.start()
    while len(answered) < 10:
        assert any(one.is_alive() for one in crowd)
    signer.kill()
    for one in crowd:
        one.join()
    signer.start()
    with signer.line() as line:
        recorded = {
            record.reservation: record
            for record in line.whole_journal()
            if record.kind == wire_client.INTENT
        }
        for number, issued in answered.items():
            assert recorded[number].place == issued.place
            assert recorded[number].der == issued.der
        for one in wanted:
            issued = line.issue(one)
            assert number not in answered or one.id not in answered or issued == answered[one.id]


def damage(path, place):
    with open(path, "r+b") as file:
        file.seek(place)
        octet = file.read(1)[0]
        file.seek(place)
        file.write(bytes([octet ^ 1]))


@pytest.mark.parametrize("place", [40, RECORD_LEN + 100, 3 * RECORD_LEN + 255])
def test_a_damaged_record_refuses_to_start(signer, place):
    signer.start()
    with signer.line() as line:
        for _ in range(3):
            signer.new_key()
            line.issue(signer.reservation())
    signer.stop()
    damage(signer.journal / "chain", place)
    ended = signer.run()
    assert ended.returncode == 1
    assert "is damaged" in ended.stderr


def test_a_damaged_body_refuses_to_start(signer):
    signer.start()
    with signer.line() as line:
        line.issue(signer.reservation())
    signer.stop()
    damage(signer.journal / "bodies-2015-12", 100)
    ended = signer.run()
    assert ended.returncode == 1
    assert "record 2 is damaged" in ended.stderr


def test_bodies_without_a_chain_refuse_to_start(signer):
    signer.start()
    with signer.line() as line:
        line.issue(signer.reservation())
    signer.stop()
    (signer.journal / "chain").unlink()
    ended = signer.run()
    assert ended.returncode == 1
    assert "the folder holds" in ended.stderr


def test_two_signers_on_one_journal_refuse(signer):
    signer.start()
    ended = signer.run()
    assert ended.returncode == 78
    assert "another signer has this journal" in ended.stderr
    assert signer.status().head.position == 1


def test_a_full_disk_refuses_and_ends_and_a_start_goes_on(signer):
    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))

    signer.start(preexec_fn=limit)
    with signer.line() as line:
        issued = []
        code = None
        while code is None:
            signer.new_key()
            wanted = signer.reservation()
            try:
                issued.append((wanted, line.issue(wanted)))
            except Refused as why:
                code = why.code
        assert code == "signer_unavailable"
    assert signer.process.wait(30) == 3
    assert issued
    signer.start()
    with signer.line() as line:
        for one, answer in issued:
            assert line.issue(one) == answer
        line.issue(wanted)


# The journal and the database watch each other


def test_acknowledging(signer):
    signer.start()
    with signer.line() as line:
        place = line.issue(signer.reservation()).place
        assert line.journal(acknowledged=place).acknowledged == place
        assert line.journal().acknowledged == place
        assert line.status().acknowledged == place
        count = len(line.whole_journal())
        line.journal(acknowledged=place)
        assert len(line.whole_journal()) == count, "the same again is no record"
        first = line.journal().records[0].place
        head = line.journal().head
        for wrong in (
            first,
            Place(place.position + 1, place.hash),
            Place(head.position + 1, head.hash),
        ):
            assert refusal(line.journal, 0, 1, wrong) == "journal_mismatch"
        assert refusal(line.journal, head.position + 1) == "journal_mismatch"
    signer.kill()
    signer.start()
    assert signer.status().acknowledged == place


def test_another_journal_is_told_apart(signer):
    signer.start()
    with signer.line() as line:
        place = line.issue(signer.reservation()).place
        before = line.status().signer
    signer.stop()
    shutil.rmtree(signer.journal)
    signer.journal.mkdir(mode=0o700)
    signer.start()
    with signer.line() as line:
        assert line.status().signer != before
        assert refusal(line.journal, 0, 1, place) == "journal_mismatch"


# CRLs


def entry(serial, revoked_at, reason=None):
    fields = {
        "user_certificate": serial,
        "revocation_date": asn1_crl.Time({"utc_time": revoked_at}),
    }
    if reason is not None:
        fields["crl_entry_extensions"] = [{"extn_id": "crl_reason", "extn_value": reason}]
    return asn1_crl.RevokedCertificate(fields).dump()


def test_a_crl_is_signed_as_it_streams(signer):
    signer.start()
    moment = datetime.datetime(2015, 12, 1, tzinfo=datetime.timezone.utc)
    entries = [entry(n, moment, "superseded" if n % 2 else None) for n in range(1, 5001)]
    with signer.line() as line:
        now_at = signer.now_at()
        der, place = line.crl(7, now_at, now_at + HOUR, entries)
        crl = x509.load_der_x509_crl(der)
        assert crl.is_signature_valid(signer.ca.public_key())
        assert len(crl) == 5000
        number = crl.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number
        assert number == 7
        record = line.journal(after=place.position - 1).records[0]
        assert record.kind == wire_client.CRL

        assert refusal(line.crl, 7, now_at, now_at + HOUR, []) == "crl_invalid"
    signer.kill()
    signer.start()
    with signer.line() as line:
        now_at = signer.now_at()
        assert refusal(line.crl, 7, now_at, now_at + HOUR, []) == "crl_invalid"
        line.crl(8, now_at, now_at + HOUR, [])


def test_what_is_no_crl(signer):
    signer.start()
    moment = datetime.datetime(2015, 12, 1, tzinfo=datetime.timezone.utc)
    late = datetime.datetime(2016, 12, 1, tzinfo=datetime.timezone.utc)
    one, two = entry(1, moment), entry(2, moment)
    now_at = signer.now_at()
    cases = [
        (1, now_at - 5 * MINUTE, now_at + HOUR, [one]),
        (1, now_at + 5 * MINUTE, now_at + HOUR, [one]),
        (1, now_at, now_at, [one]),
        (1, now_at, now_at + 49 * HOUR, [one]),
        (0, now_at, now_at + HOUR, [one]),
        (1, now_at, now_at + HOUR, [two, one]),
        (1, now_at, now_at + HOUR, [one, one]),
        (1, now_at, now_at + HOUR, [entry(1, late)]),
        (1, now_at, now_at + HOUR, [one[:-1]]),
        (1, now_at, now_at + HOUR, [one, two], 1),
        (1, now_at, now_at + HOUR, [one], 2),
        (1, now_at, now_at + HOUR, [], 1),
    ]
    with signer.line() as line:
        for case in cases:
            assert refusal(line.crl, *case) == "crl_invalid"
        assert len(line.whole_journal()) == 1
        line.crl(1, now_at, now_at + HOUR, [one, two])


# Who may ask, and how


AS_OTHER_USER = """
import os, sys
sys.path.insert(0, sys.argv[1])
from wire_client import Gone, Line, Refused
os.setuid(int(sys.argv[3]))
line = Line(sys.argv[2])
try:
    getattr(line, sys.argv[4])(*map(int, sys.argv[5:]))
    print("answered")
except Gone:
    print("gone")
except Refused as why:
    print(why.code)
"""


@pytest.mark.skipif(os.getuid() != 0, reason="changes its user")
@pytest.mark.parametrize(
    "user, question, outcome",
    [
        (1111, ["status"], "answered"),
        (1111, ["journal"], "answered"),
        (2222, ["status"], "answered"),
        (2222, ["journal"], "gone"),
        (3333, ["status"], "gone"),
    ],
)
def test_each_user_may_do_its_own_job_only(signer, user, question, outcome):
    signer.settings.update(front_user=1111, publish_user=2222)
    signer.folder.chmod(0o755)
    signer.start()
    signer.socket.chmod(0o666)
    here = os.path.dirname(__file__)
    ended = subprocess.run(
        [sys.executable, "-c", AS_OTHER_USER, here, signer.socket, str(user), *question],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ended.stdout.strip() == outcome, ended.stderr
    if outcome == "gone":
        assert "not-permitted" in signer.log.read_text()


@pytest.mark.parametrize(
    "raw",
    [
        b"\xff\xff\xff\xff",
        struct.pack(">I", wire_client.FRAME_MAX + 1),
        struct.pack(">I", 0),
        wire_client.frame(99),
        wire_client.frame(wire_client.ANSWER),
        wire_client.frame(wire_client.ISSUE, b"\0" * 100),
        wire_client.frame(wire_client.STATUS, b"\0"),
        wire_client.frame(wire_client.CRL_ENTRIES, b"\x30\x00"),
        wire_client.frame(wire_client.CRL_END),
        b"\0\0\0\x03\x02\0\x06",
        b"GET / HTTP/1.1\r\n\r\n",
    ],
)
def test_what_is_no_frame_ends_the_connection(signer, raw):
    signer.start()
    with signer.line() as line:
        line.send(raw)
        with pytest.raises(Gone):
            line.answer()
    assert signer.status().head.position == 1


def test_a_stalling_peer_is_ended_and_nobody_waits_for_it(signer):
    signer.settings["frame_timeout_s"] = 1
    signer.start()
    with signer.line() as stalled, signer.line() as line:
        stalled.send(b"\0\0\0\x40\x01")
        line.issue(signer.reservation())
        with pytest.raises(Gone):
            stalled.answer()
        line.status()  # idle is not stalling


def test_more_connections_than_the_maximum_wait(signer):
    signer.settings["connections_max"] = 2
    signer.start()
    first, second = signer.line(), signer.line()
    first.status(), second.status()
    third = Line(signer.socket, timeout_s=1)
    with pytest.raises(socket.timeout):
        third.status()
    first.close()
    assert third.answer() is not None
    second.close()
    third.close()


def test_a_peer_that_leaves_before_its_answer_leaves_its_certificate(signer):
    signer.start()
    wanted = signer.reservation()
    with signer.line() as line:
        line.send(wire_client.frame(wire_client.ISSUE, wanted.fields()))
    with signer.line() as line:
        issued = line.issue(wanted)
        assert [record.der for record in line.whole_journal()][1] == issued.der


# Starting


def test_a_key_of_another_certificate_refuses_to_start(signer):
    signer.ca = make_ca(rsa.generate_private_key(65537, 2048))
    (signer.folder / "ca.pem").write_bytes(signer.ca.public_bytes(encoding_pem()))
    ended = signer.run("--check-config")
    assert ended.returncode == 78
    assert "not the CA certificate's" in ended.stderr


def encoding_pem():
    from cryptography.hazmat.primitives.serialization import Encoding

    return Encoding.PEM


def test_production_has_no_rehearsal_clock(signer):
    signer.ca = make_ca(signer.ca_key, ("Chiba", "Governor"))
    (signer.folder / "ca.pem").write_bytes(signer.ca.public_bytes(encoding_pem()))
    assert signer.run("--check-config").returncode == 78
    signer.settings["rehearsal_clock"] = ""
    ended = signer.run("--check-config")
    assert ended.returncode == 0, ended.stderr
    signer.start()
    assert signer.status().kind == wire_client.PRODUCTION


def test_the_journal_of_another_key_refuses_to_start(signer):
    signer.start()
    signer.stop()
    signer.ca_key = rsa.generate_private_key(65537, 2048)
    signer.ca = make_ca(signer.ca_key)
    signer.write_ca()
    ended = signer.run()
    assert ended.returncode == 78
    assert "another CA key" in ended.stderr


def test_the_printed_settings_are_read_back(signer):
    printed = signer.run("--print-config")
    assert printed.returncode == 0, printed.stderr
    signer.settings = dict(
        line.split(" = ", 1) if " = " in line else (line.split(" =")[0], "")
        for line in printed.stdout.splitlines()
        if line and not line.startswith("#")
    )
    assert signer.run("--print-config").stdout == printed.stdout


def test_the_clock_standing_back_is_refused(signer):
    signer.start()
    with signer.line() as line:
        line.issue(signer.reservation())
        reserved = signer.reservation()
        signer.set_clock(signer.now_at() - 10 * SECOND)
        signer.new_key()
        back = signer.reservation(reserved.reserved_at)
        assert refusal(line.issue, back) == "clock_backward"
        signer.set_clock(reserved.reserved_at)
        line.issue(signer.reservation())
