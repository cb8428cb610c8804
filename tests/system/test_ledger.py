# SPDX-License-Identifier: Apache-2.0
"""Every act leaves a leaf that an auditor finds and can check; nobody changes one."""

import hashlib

import psycopg2
import pytest

from api import csr_of, new_key


def act(terminal, card):
    application = terminal.opened(card)
    terminal.fee(application)
    serial = terminal.csr(application, csr_of(new_key())).json["serial"]
    assert terminal.deliver(application).status == 200
    revoked = terminal.post(f"/v1/certificates/{serial}/revocation",
                            {"cause": "unwanted", "clerk": "counter-1"})
    assert revoked.status == 201, revoked
    return application, serial


def test_leaves_by_serial_and_period(terminal, auditor, card):
    begin = terminal.get("/v1/service").json["now"]
    application, serial = act(terminal, card)
    leaves = auditor.leaves(serial=serial)
    assert [leaf["kind"] for leaf in leaves] == ["issuance", "delivery", "revocation"]
    assert all(application in leaf["detail"] for leaf in leaves[:2])
    later = auditor.leaves(**{"from": begin})
    assert {leaf["id"] for leaf in leaves} <= {leaf["id"] for leaf in later}
    assert auditor.leaves(**{"from": "2015-12-22T09:00:00Z"}) == []


def test_leaves_can_be_checked_with_nothing_of_ours(terminal, auditor, card):
    _, serial = act(terminal, card)
    for leaf in auditor.leaves(serial=serial):
        octets, salt = bytes.fromhex(leaf["leaf"]), bytes.fromhex(leaf["salt"])
        assert len(octets) == 42 and octets[0] == 1
        assert octets[10:] == hashlib.sha256(salt + leaf["detail"].encode()).digest()


def test_no_personal_data_in_leaves_and_logs(installation, terminal, auditor, card):
    act(terminal, card)
    text = "\n".join(leaf["detail"] for leaf in auditor.leaves())
    for service in installation.services():
        text += service.log_path.read_text(encoding="utf-8", errors="replace")
    for personal in ("試験", "千葉県白井市", "319800217", "CERTIFICATE REQUEST", card):
        assert personal not in text, personal


STATEMENTS = [
    ("hakko_front", "UPDATE hakko.leaf SET kind = kind"),
    ("hakko_front", "DELETE FROM hakko.leaf"),
    ("hakko_front", "TRUNCATE hakko.leaf"),
    ("hakko_front", "UPDATE hakko.certificate SET der = ''"),
    ("hakko_front", "DELETE FROM hakko.revocation"),
    ("hakko_front", "UPDATE hakko.programme SET closing_at = 'infinity'"),
    ("hakko_front", "UPDATE hakko.system SET kind = 'production'"),
    ("hakko_publish", "DELETE FROM hakko.leaf"),
    ("hakko_publish", "SELECT name FROM hakko.resident_record"),
    ("hakko_auditor", "DELETE FROM hakko.leaf"),
    ("hakko_auditor", "UPDATE hakko.client SET suspended = false"),
]


@pytest.mark.parametrize("role,statement", STATEMENTS)
def test_roles_can_do_their_own_job_only(installation, role, statement):
    connection = psycopg2.connect(installation.conninfo(role))
    with connection.cursor() as cursor, pytest.raises(psycopg2.errors.InsufficientPrivilege):
        cursor.execute(statement)
    connection.close()


def test_reading_is_recorded_first(installation, auditor):
    count = "SELECT count(*) FROM hakko.reading;"
    before = int(installation.cluster.psql("hakko", count))
    auditor.get("/v1/ledger/leaves?limit=1")
    assert int(installation.cluster.psql("hakko", count)) == before + 1


def test_hakkoctl_lists_and_checks(installation, terminal, card):
    _, serial = act(terminal, card)
    printed = installation.ctl("ledger", "list", "--serial", serial, client="auditor")
    assert printed.count(serial) >= 3
