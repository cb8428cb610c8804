# SPDX-License-Identifier: Apache-2.0
"""The owner's commands of hakkoctl against a PostgreSQL of this test's own."""
import datetime
import os
import pathlib
import struct
import subprocess
import sys
import time

import psycopg2
import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "client"))
import loopback  # noqa: E402

PROGRAM = os.environ["HAKKOCTL"]
SOCKETS = os.environ["HAKKO_TEST_CONNINFO_DIR"]
HEADER = ("municipality,card_number,card_state,card_valid_to,name,name_flags,address,"
          "address_flags,era,birth_year,birth_month,birth_day,adult_finding,sex,ward\n")
RESIDENT = ("12232,SHIROI{:06},valid,2020-03-31,白井　花子,00000,千葉県白井市復,0000000,"
            "3,1980,2,17,,2,0\n")


def run(*words):
    return subprocess.run(
        [PROGRAM, *map(str, words)], capture_output=True, text=True, timeout=120
    )


def make_ca(folder, name, kind):
    passphrase = folder / "passphrase"
    passphrase.write_text("passphrase")
    passphrase.chmod(0o600)
    path = folder / f"{name}.pem"
    done = run("ca", "create", "--kind", kind, "--prefecture", "Chiba", "--alt-units", "千葉県",
               "--key", folder / f"{name}.key", "--certificate", path,
               "--passphrase-file", passphrase)
    assert done.returncode == 0, done.stderr
    return path


class Office:
    """An owner with an empty database, settings and certificates."""

    def __init__(self, folder, number):
        self.folder = folder
        self.name = f"office{number}"
        self.sql("CREATE DATABASE " + self.name + " OWNER hakko_owner", database="postgres")
        self.clock = folder / "clock"
        self.config = folder / "hakkoctl.conf"
        self.config.write_text(
            f"database = host={SOCKETS} dbname={self.name} user=hakko_owner\n"
            f"rehearsal_clock = {self.clock}\n"
        )
        loopback.make_identities(folder)
        self.ca = make_ca(folder, "rehearsal", "rehearsal")

    def sql(self, text, database=None):
        connection = psycopg2.connect(
            host=SOCKETS, dbname=database or self.name, user="postgres"
        )
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(text)
            rows = cursor.fetchall() if cursor.description else None
        connection.close()
        return rows

    def ctl(self, *words, status=0):
        done = run(*words, "--config", self.config)
        assert done.returncode == status, done.stdout + done.stderr
        return done

    def rehearsal(self, verb, *words, status=0):
        return self.ctl("rehearsal", verb, "--ca", self.ca, *words, status=status)

    def prepare(self, at="2015-09-01T00:00:00Z"):
        self.ctl("migrate", "--kind", "rehearsal")
        self.rehearsal("start", "--at", at)

    def file_offset_us(self):
        magic, offset_us = struct.unpack("<8sq", self.clock.read_bytes())
        assert magic == b"hakkoclk"
        return offset_us

    def database_offset_us(self):
        return self.sql(
            "SELECT (extract(epoch FROM clock_offset) * 1000000)::bigint FROM hakko.system"
        )[0][0]

    def in_step(self):
        return self.file_offset_us() == self.database_offset_us()

    def database_now(self):
        return self.sql("SELECT hakko.now()")[0][0]

    def leaves(self, kind):
        return self.sql(
            f"SELECT detail, happened_at FROM hakko.leaf "
            f"WHERE kind = '{kind}' ORDER BY id"
        )


counter = iter(range(1, 1000))


@pytest.fixture
def office(tmp_path):
    own = Office(tmp_path, next(counter))
    yield own
    own.sql(f"DROP DATABASE {own.name} WITH (FORCE)", database="postgres")


def utc(*parts):
    return datetime.datetime(*parts, tzinfo=datetime.timezone.utc)


def test_migrate(office):
    first = office.ctl("migrate")
    assert "applied: 0001 system" in first.stdout
    again = office.ctl("database", "migrate")
    assert again.stdout == "the database is up to date\n"
    office.ctl("database", "init", "--kind", "rehearsal")
    office.ctl("database", "init", "--kind", "production", status=1)
    assert office.sql("SELECT kind FROM hakko.system") == [("rehearsal",)]


def test_before_it_is_made(office):
    old = office.ctl("database", "init", "--kind", "rehearsal", status=1)
    assert "run hakkoctl migrate" in old.stderr
    office.ctl("migrate")
    early = office.ctl("ca", "register", "--certificate", office.ca, status=1)
    assert "database init" in early.stderr


def test_no_database(office):
    office.config.write_text("database = host=/nonexistent dbname=x\n")
    office.ctl("migrate", status=3)
    office.config.write_text("")
    office.ctl("migrate", status=2)


def test_ca_register(office):
    office.prepare()
    done = office.ctl("ca", "register", "--certificate", office.ca)
    assert "kind: rehearsal" in done.stdout
    office.ctl("ca", "register", "--certificate", office.ca, status=1)
    ((detail, _),) = office.leaves("ca")
    printed = dict(line.split(": ", 1) for line in done.stdout.splitlines())
    assert f"subject={printed['public key SHA-256']}\n" in detail
    assert f"certificate={printed['certificate SHA-256']}\n" in detail
    production = make_ca(office.folder, "production", "production")
    other = office.ctl("ca", "register", "--certificate", production, status=1)
    assert "no place" in other.stderr
    office.ctl("ca", "register", "--certificate", office.folder / "client.pem", status=3)


def test_operator_first(office):
    office.prepare()
    words = ["operator", "first", "--name", "operator", "--certificate"]
    done = office.ctl(*words, office.folder / "client.pem")
    assert "id: 1\n" in done.stdout
    office.ctl(*words, office.folder / "stranger.pem", status=1)
    ((role, name, fingerprint),) = office.sql(
        "SELECT role, name, encode(fingerprint, 'hex') FROM hakko.client"
    )
    assert (role, name) == ("operator", "operator")
    assert f"fingerprint: {fingerprint}\n" in done.stdout
    ((detail, _),) = office.leaves("client")
    assert f"subject=registered operator - sha256:{fingerprint}\n" in detail
    office.ctl(*words, office.folder / "client.key", status=3)
    office.ctl("operator", "first", "--name", "o" * 65, "--certificate",
               office.folder / "client.pem", status=2)


def import_residents(office, text, status=0):
    path = office.folder / "residents.csv"
    path.write_text(text)
    return office.ctl("resident", "import", "--file", path, status=status)


def test_resident_import(office):
    office.prepare()
    office.sql("INSERT INTO hakko.municipality (code, name, romaji) "
               "VALUES ('12232', '白井市', 'Shiroi-shi')")
    lines = [RESIDENT.format(i) for i in range(1, 4)]
    done = import_residents(office, HEADER + "".join(lines))
    assert done.stdout == "loaded: 3\n"
    lines.append(RESIDENT.format(4).replace("12232", "99999"))
    lines.append(RESIDENT.format(5))
    refused = import_residents(office, HEADER + "".join(lines), status=1)
    assert refused.stdout.startswith("line 5: ") and "municipality" in refused.stdout
    assert "nothing was loaded: 1 lines" in refused.stderr
    assert "白井" not in refused.stdout + refused.stderr
    assert office.sql("SELECT count(*) FROM hakko.resident") == [(3,)]
    office.ctl("resident", "import", "--file", office.folder / "absent.csv", status=3)


def test_rehearsal_start(office):
    office.ctl("migrate", "--kind", "rehearsal")
    office.rehearsal("show", status=1)
    office.rehearsal("start", "--at", "2015-12-22T16:59:00+09:00")
    assert office.in_step()
    assert utc(2015, 12, 22, 7, 59) <= office.database_now() < utc(2015, 12, 22, 8, 9)
    ((detail, happened_at),) = office.leaves("clock")
    assert happened_at == utc(2015, 12, 22, 7, 59)
    assert detail == f"subject=start offset_us={office.file_offset_us()}\n"
    office.rehearsal("start", "--at", "2016-12-22T16:59:00+09:00", status=1)
    office.rehearsal("show")


def test_rehearsal_advance(office):
    office.prepare()
    done = office.rehearsal("advance", "--to", "2015-12-22T08:00:00Z")
    assert "database: 2015-12-22T08:00:0" in done.stdout
    assert office.in_step() and office.database_now() >= utc(2015, 12, 22, 8)
    back = office.rehearsal("advance", "--to", "2015-12-22T07:59:59Z", status=1)
    assert "forward only" in back.stderr
    assert len(office.leaves("clock")) == 2


def test_rehearsal_resume(office):
    office.prepare()
    office.rehearsal("advance", "--to", "2015-10-01T00:00:00Z")
    # The rehearsal slept for a week: its clock ran on, nothing was recorded.
    week_us = 7 * 86400 * 1000000
    offset_us = office.file_offset_us() + week_us
    office.sql("UPDATE hakko.system SET clock_offset = clock_offset + interval '168 hours'")
    office.clock.write_bytes(struct.pack("<8sq", b"hakkoclk", offset_us))
    office.rehearsal("resume")
    assert office.in_step()
    assert utc(2015, 10, 1, 0, 0, 1) <= office.database_now() < utc(2015, 10, 1, 0, 1)
    assert office.leaves("clock")[-1][1] == utc(2015, 10, 1, 0, 0, 1)


def test_resume_right_after_a_record_moves_nothing(office):
    office.prepare()
    # The last record lies ahead of the clock by less than a second.
    office.rehearsal("advance", "--to", "2015-10-01T00:00:00Z")
    office.sql("UPDATE hakko.system SET clock_offset = clock_offset - interval '1 hour'")
    office.clock.write_bytes(struct.pack("<8sq", b"hakkoclk", office.database_offset_us()))
    offset_us = office.file_offset_us()
    office.rehearsal("resume")
    assert office.file_offset_us() == offset_us and office.in_step()


@pytest.mark.parametrize("lag", ["file", "absent"])
def test_crash_between_the_two_clocks(office, lag):
    """The database has moved, the file not yet: the next command puts them in step."""
    office.prepare()
    office.sql("UPDATE hakko.system SET clock_offset = clock_offset + interval '240 hours'")
    if lag == "absent":
        office.clock.unlink()
    shown = office.rehearsal("show", status=1)
    assert "out of step" in shown.stderr
    done = office.rehearsal("advance", "--to", "2015-09-02T00:00:00Z", status=1)
    assert "follows it again" in done.stderr and office.in_step()
    office.rehearsal("show")


def test_crash_within_a_resume(office):
    """The file has moved back, the database not yet: a resume does the rest."""
    office.prepare()
    behind_us = office.file_offset_us()
    office.sql("UPDATE hakko.system SET clock_offset = clock_offset + interval '240 hours'")
    assert office.file_offset_us() == behind_us
    office.rehearsal("resume")
    assert office.in_step()
    assert office.database_now() < utc(2015, 9, 1, 0, 10)


def test_file_is_never_ahead(office):
    """Watched while the clock goes forward and back."""
    office.prepare()
    database_fails = "ALTER TABLE hakko.system ADD CONSTRAINT no CHECK (clock_offset < '{} us')"
    office.sql(database_fails.format(office.database_offset_us() + 1))
    before_us = office.file_offset_us()
    office.rehearsal("advance", "--to", "2015-10-01T00:00:00Z", status=3)
    assert office.file_offset_us() == before_us and office.in_step()


def test_clock_of_another(office):
    office.prepare()
    production = make_ca(office.folder, "production", "production")
    refused = office.ctl("rehearsal", "show", "--ca", production, status=1)
    assert "no rehearsal's CA" in refused.stderr
    office.ctl("ca", "register", "--certificate", office.ca)
    other = make_ca(office.folder, "other", "rehearsal")
    refused = office.ctl("rehearsal", "show", "--ca", other, status=1)
    assert "another CA's rehearsal" in refused.stderr
    office.clock.write_bytes(b"something of sixteen octets")
    office.rehearsal("show", status=3)
    assert office.clock.read_bytes() == b"something of sixteen octets"


def test_production_has_no_clock(office):
    office.ctl("migrate", "--kind", "production")
    refused = office.rehearsal("start", "--at", "2015-09-01T00:00:00Z", status=1)
    assert "production" in refused.stderr
    assert not office.clock.exists()
    now = time.time()
    assert abs(office.database_now().timestamp() - now) < 10
