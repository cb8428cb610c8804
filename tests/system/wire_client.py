# SPDX-License-Identifier: Apache-2.0
"""The line to the signer, written a second time from lib/wire/frame.h and lib/wire/message.h."""

import socket
import struct
from dataclasses import dataclass, field

VERSION = 1
FRAME_MAX = 131072
ISSUE, JOURNAL, CRL_BEGIN, CRL_ENTRIES, CRL_END, STATUS = range(1, 7)
ANSWER, REFUSED = 128, 129
GENESIS, INTENT, OUTCOME, CRL, ACKNOWLEDGED = range(1, 6)
PRODUCTION, REHEARSAL = 1, 2


class Refused(Exception):
    """The signer's refusal: its code and its line for operators."""

    def __init__(self, code, text):
        super().__init__(f"{code}: {text}")
        self.code = code
        self.text = text


class Gone(Exception):
    """The signer ended the connection."""


def i64(value):
    return struct.pack(">q", value)


def u32(value):
    return struct.pack(">I", value)


def octets(value):
    return u32(len(value)) + value


def text(value):
    return octets(value.encode())


def frame(verb, fields=b""):
    body = struct.pack(">BH", VERSION, verb) + fields
    return u32(len(body)) + body


class Reader:
    """Reads fields in their order and must end at the end."""

    def __init__(self, fields):
        self.rest = fields

    def fixed(self, length):
        assert len(self.rest) >= length
        value, self.rest = self.rest[:length], self.rest[length:]
        return value

    def i64(self):
        return struct.unpack(">q", self.fixed(8))[0]

    def u32(self):
        return struct.unpack(">I", self.fixed(4))[0]

    def octets(self):
        return self.fixed(self.u32())

    def text(self):
        return self.octets().decode()

    def place(self):
        return Place(self.i64(), self.fixed(32))

    def end(self):
        assert self.rest == b"", "octets left over"


@dataclass
class Place:
    position: int
    hash: bytes


NOWHERE = Place(0, bytes(32))


@dataclass
class Issue:
    """A reservation with the resident's items and the CSR."""

    id: int
    serial: bytes
    reserved_at: int
    not_after_at: int
    cn: str
    ca_key: bytes
    profile: bytes
    spki: bytes
    csr: bytes
    application: str = "ap_aaaaaaaaaaaaaaaaaaaaaaa"
    record_id: int = 1
    municipality: str = "12232"
    romaji: str = "Shiroi-shi"
    name: str = "白井　花子"
    name_flags: str = "00000"
    address: str = "千葉県白井市復１１２３"
    address_flags: str = "00000000000"
    birth: tuple = field(default=(3, 1980, 2, 17))
    sex: int = 2

    def fields(self):
        return b"".join(
            [
                i64(self.id),
                text(self.application),
                i64(self.record_id),
                text(self.municipality),
                text(self.romaji),
                self.serial,
                i64(self.reserved_at),
                i64(self.not_after_at),
                text(self.cn),
                self.ca_key,
                self.profile,
                octets(self.spki),
                text(self.name),
                text(self.name_flags),
                text(self.address),
                text(self.address_flags),
                *map(u32, self.birth),
                u32(self.sex),
                octets(self.csr),
            ]
        )


@dataclass
class Issued:
    der: bytes
    tbs: bytes
    place: Place


@dataclass
class Record:
    place: Place
    kind: int
    stamped_at: int
    reservation: int
    serial: bytes
    tbs: bytes
    der: bytes


@dataclass
class Journal:
    signer: bytes
    head: Place
    acknowledged: Place
    records: list


@dataclass
class Status:
    signer: bytes
    kind: int
    now_at: int
    closing_at: int
    ca_key: bytes
    profile: bytes
    crl_validity_s: int
    ca_not_after_at: int
    head: Place
    acknowledged: Place


class Line:
    """One connection; every question raises Refused or Gone if it is not answered."""

    def __init__(self, path, timeout_s=30):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.settimeout(timeout_s)
        self.socket.connect(str(path))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def close(self):
        self.socket.close()

    def send(self, raw):
        try:
            self.socket.sendall(raw)
        except (BrokenPipeError, ConnectionResetError) as why:
            raise Gone() from why

    def receive_exactly(self, length):
        parts = b""
        while len(parts) < length:
            try:
                part = self.socket.recv(length - len(parts))
            except ConnectionResetError as why:
                raise Gone() from why
            if part == b"":
                raise Gone()
            parts += part
        return parts

    def answer(self):
        length = struct.unpack(">I", self.receive_exactly(4))[0]
        assert length <= FRAME_MAX
        body = self.receive_exactly(length)
        version, verb = struct.unpack(">BH", body[:3])
        assert version == VERSION
        reader = Reader(body[3:])
        if verb == REFUSED:
            refused = Refused(reader.text(), reader.text())
            reader.end()
            raise refused
        assert verb == ANSWER
        return reader

    def ask(self, verb, fields=b""):
        self.send(frame(verb, fields))
        return self.answer()

    def issue(self, issue):
        reader = self.ask(ISSUE, issue.fields())
        issued = Issued(reader.octets(), reader.fixed(32), reader.place())
        reader.end()
        return issued

    def journal(self, after=0, limit=64, acknowledged=NOWHERE):
        reader = self.ask(
            JOURNAL, i64(acknowledged.position) + acknowledged.hash + i64(after) + u32(limit)
        )
        journal = Journal(reader.fixed(16), reader.place(), reader.place(), [])
        for _ in range(reader.u32()):
            place, kind = reader.place(), reader.u32()
            journal.records.append(
                Record(
                    place,
                    kind,
                    reader.i64(),
                    reader.i64(),
                    reader.fixed(16),
                    reader.fixed(32),
                    reader.octets(),
                )
            )
        reader.end()
        return journal

    def whole_journal(self):
        records, after = [], 0
        while True:
            journal = self.journal(after)
            records += journal.records
            if not journal.records:
                return records
            after = records[-1].place.position

    def status(self):
        reader = self.ask(STATUS)
        status = Status(
            reader.fixed(16),
            reader.u32(),
            reader.i64(),
            reader.i64(),
            reader.fixed(32),
            reader.fixed(32),
            reader.i64(),
            reader.i64(),
            reader.place(),
            reader.place(),
        )
        reader.end()
        return status

    def crl(self, number, this_update_at, next_update_at, entries, count=None, chunk=60000):
        """`entries` is a list of encoded ones; gives the whole DER of the CRL and its place."""
        everything = b"".join(entries)
        count = len(entries) if count is None else count
        self.send(
            frame(
                CRL_BEGIN,
                i64(number)
                + i64(this_update_at)
                + i64(next_update_at)
                + i64(len(everything))
                + i64(count),
            )
        )
        part = b""
        for entry in entries + [None]:
            if entry is None or len(part) + len(entry) > chunk:
                if part:
                    self.send(frame(CRL_ENTRIES, part))
                part = b""
            part += entry or b""
        reader = self.ask(CRL_END)
        outer, rest, place = reader.octets(), reader.octets(), reader.place()
        reader.end()
        return outer + everything + rest, place
