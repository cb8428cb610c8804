# SPDX-License-Identifier: Apache-2.0
"""Killed at every named point of an issuance: nothing is lost, nothing is signed twice.

Front, signer or PostgreSQL is killed with SIGKILL while the issuance stands at the point; what was
killed comes back, and the terminal simply asks again. Then the same with a whole host that
never comes back.
"""

import http.client
import subprocess
import threading
import time

import pytest

from api import Api, csr_of, new_key
from conftest import BUILD, enrolled, installed, removed
from crash_control import CrashControl

LISTED = subprocess.run([BUILD / "tests" / "fault" / "crash-points-list"], capture_output=True,
                        text=True, check=True).stdout.splitlines()
POINTS = [line.split()[1] for line in LISTED]
PATIENCE_S = 60
CLOCK_STEP_S = 70  # beyond the 64 s after which a reservation is given up
INTENT = 2


def with_points():
    """An installation whose front and signer stop at the points; each user has its own."""
    own = installed(crash=True)
    own.control = CrashControl(own.run_folder / "crash.sock")
    try:
        own.start(environment=own.control.environment)
        yield enrolled(own)
    finally:
        own.control.close()
        removed(own)


@pytest.fixture(scope="module")
def crashing():
    yield from with_points()


@pytest.fixture(scope="module")
def losing():
    yield from with_points()


class Attempt(threading.Thread):
    """One submission that is expected to die at the armed point, however often it is turned away."""

    def __init__(self, own, host, application, csr):
        super().__init__(daemon=True)
        self.own, self.host, self.answer = own, host, None
        self.application, self.csr = application, csr
        self.start()

    def run(self):
        while not self.own.control.was_reached():
            api = Api(self.own, host=self.host)
            try:
                self.answer = api.csr(self.application, self.csr)
            except (OSError, http.client.HTTPException):
                pass
            finally:
                api.close()


def patiently(own, host, call):
    """What a terminal does: the same request until the service is there and answers."""
    limit = time.monotonic() + PATIENCE_S
    answer = None
    while time.monotonic() < limit:
        api = Api(own, host=host)
        try:
            answer = call(api)
            if answer.status not in (500, 503):
                return answer
        except (OSError, http.client.HTTPException):
            pass
        finally:
            api.close()
        time.sleep(0.1)  # the terminal's own pace
    raise AssertionError(f"no answer in time, last {answer}")


def ask_again(own, host, application, csr):
    return patiently(own, host, lambda api: api.csr(application, csr))


def row(own, sql):
    return own.cluster.psql("hakko", sql).strip()


def journal(host):
    """The headers of that host's journal (docs/journal.md)."""
    chain = (host.folder / "journal" / "chain").read_bytes()
    return [chain[at:at + 256] for at in range(0, len(chain) - 255, 256)]


def is_intent(record):
    return int.from_bytes(record[24:28], "big") == INTENT


def intents(host):
    """Reservation of every intent in it."""
    return [int.from_bytes(record[48:56], "big") for record in journal(host) if is_intent(record)]


def check_agreement(own, application, answer, hosts):
    """Database, journals and leaves tell the same one story."""
    serial = answer.json["serial"]
    certificates = row(own, f"""
        SELECT string_agg(encode(serial, 'hex'), ',') FROM hakko.certificate
        JOIN hakko.reservation USING (serial) LEFT JOIN hakko.revocation USING (serial)
        WHERE application_id = '{application}' AND revocation.serial IS NULL""")
    assert certificates == serial
    leaves = row(own, f"""
        SELECT count(*) FROM hakko.leaf
        WHERE serial = '\\x{serial}' AND kind = 'issuance'""")
    assert int(leaves) == 1
    der = row(own, f"SELECT encode(der, 'base64') FROM hakko.certificate "
                   f"WHERE serial = '\\x{serial}'")
    assert "".join(der.split()) == "".join(answer.json["certificate"].splitlines()[1:-1])
    for host in hosts:
        journalled = intents(host)
        assert len(journalled) == len(set(journalled)), "two images of one reservation"


def stand_at(own, host, point):
    """A submission that stands at the point; answers (application, csr, attempt)."""
    card = own.residents.next_card()
    opened = patiently(own, host, lambda api: api.open(card))
    assert opened.status == 201, opened
    application, csr = opened.json["id"], csr_of(new_key())
    own.control.arm(point)
    attempt = Attempt(own, host, application, csr)
    own.control.wait()
    return application, csr, attempt


def kill_and_return(own, victim):
    if victim == "database":
        own.cluster.kill_hard()
        own.control.go()
        own.cluster.start()
        return
    service = {"front": own.host.front, "signer": own.host.signer}[victim]
    service.kill()
    own.control.go()
    service.start(environment=own.control.environment)


@pytest.mark.parametrize("victim", ["front", "signer", "database"])
@pytest.mark.parametrize("point", POINTS)
def test_killed_and_back(crashing, point, victim):
    own = crashing
    application, csr, attempt = stand_at(own, own.host, point)
    kill_and_return(own, victim)
    answer = ask_again(own, own.host, application, csr)
    assert answer.status in (200, 201), answer
    attempt.join(PATIENCE_S)
    if attempt.answer is not None and attempt.answer.status in (200, 201):
        assert attempt.answer.json["certificate"] == answer.json["certificate"]
    again = ask_again(own, own.host, application, csr)
    assert (again.status, again.json["certificate"]) == (200, answer.json["certificate"])
    check_agreement(own, application, answer, [own.host])
    reservations = row(own, f"SELECT count(*) FROM hakko.reservation "
                            f"WHERE application_id = '{application}'")
    assert reservations == "1"


def test_every_point_was_hit(crashing):
    assert set(crashing.control.hits) == set(POINTS)
    assert len(POINTS) >= 12


def lose_host(own, point):
    """The newest host stands at the point and is lost for good; another takes its place."""
    lost = own.hosts[-1]
    application, csr, attempt = stand_at(own, lost, point)
    lost.front.kill()
    lost.signer.kill()
    own.control.go()
    attempt.join(PATIENCE_S)
    other = own.add_host(crash=True)
    other.start(environment=own.control.environment)
    return lost, other, application, csr


def advance_beyond_limit(own):
    instant = time.gmtime(own.now() + CLOCK_STEP_S)
    own.rehearsal("advance", "--to", time.strftime("%Y-%m-%dT%H:%M:%SZ", instant))


@pytest.mark.parametrize("point", POINTS)
def test_host_lost_and_asked_at_once(losing, point):
    own = losing
    lost, other, application, csr = lose_host(own, point)
    answer = ask_again(own, other, application, csr)
    assert answer.status in (200, 201), answer
    check_agreement(own, application, answer, [lost, other])
    # Whatever the lost host journalled for it is the very certificate, not another.
    assert row(own, f"SELECT count(*) FROM hakko.reservation "
                    f"WHERE application_id = '{application}'") == "1"


@pytest.mark.parametrize("point", POINTS)
def test_host_lost_and_asked_later(losing, point):
    own = losing
    lost, other, application, csr = lose_host(own, point)
    recorded = row(own, f"SELECT count(*) FROM hakko.certificate JOIN hakko.reservation "
                        f"USING (serial) WHERE application_id = '{application}'") == "1"
    advance_beyond_limit(own)
    answer = ask_again(own, other, application, csr)
    assert answer.status in (200, 201), answer
    check_agreement(own, application, answer, [lost, other])
    serials = row(own, f"SELECT string_agg(encode(serial, 'hex'), ',') FROM hakko.reservation "
                       f"WHERE application_id = '{application}'").split(",")
    given_up = set(serials) - {answer.json["serial"]}
    if not recorded and point != "front-before-reserve":
        assert len(given_up) == 1, "what the lost host may have signed was not given up"
    for serial in given_up:
        assert row(own, f"SELECT cause FROM hakko.revocation "
                        f"WHERE serial = '\\x{serial}'") == "discarded"


@pytest.mark.parametrize("point", ["signer-after-sync", "signer-before-answer",
                                   "front-before-record"])
def test_the_lost_host_comes_back_later(losing, point):
    """It settles what it signed meanwhile: recorded for the auditors, and revoked."""
    own = losing
    lost, other, application, csr = lose_host(own, point)
    advance_beyond_limit(own)
    answer = ask_again(own, other, application, csr)
    assert answer.status in (200, 201), answer
    lost.start(environment=own.control.environment)
    signer = journal(lost)[0][104:120].hex()
    last = max(int.from_bytes(record[8:16], "big") for record in journal(lost) if is_intent(record))
    limit = time.monotonic() + PATIENCE_S
    while int(row(own, "SELECT coalesce(max(position), 0) FROM hakko.journal_settled "
                       f"WHERE signer = '\\x{signer}'")) < last:
        assert time.monotonic() < limit, lost.front.last_words()
        time.sleep(0.1)
    unrecorded = row(own, f"""
        SELECT count(*) FROM hakko.reservation LEFT JOIN hakko.certificate USING (serial)
        LEFT JOIN hakko.revocation USING (serial)
        WHERE application_id = '{application}' AND certificate.serial IS NULL
            AND revocation.serial IS NULL""")
    assert unrecorded == "0"
    check_agreement(own, application, answer, [lost, other])
    lost.front.kill()
    lost.signer.kill()
