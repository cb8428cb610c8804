# SPDX-License-Identifier: Apache-2.0
"""Slow, silent and vanishing clients: each is ended by a total deadline and holds no worker."""

import itertools
import socket
import struct
import time

import pytest

from loopback import SLOW, TERMINAL, Certificates, Server, drain, seconds_until_closed

IDLE_S, REQUEST_S = 1, 2
LATE = 1 * SLOW
HEAD = b"POST /mirror HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"


@pytest.fixture(name="server", scope="module")
def _server():
    with Server(idle_timeout_s=IDLE_S, request_deadline_s=REQUEST_S, workers=1) as server:
        yield server


@pytest.fixture(name="certificates", scope="module")
def _certificates(tmp_path_factory):
    made = Certificates(tmp_path_factory.mktemp("certificates"))
    made.server()
    made.make("terminal")
    return made


def one_by_one(octets):
    """Octet after octet, then for ever the last."""
    places = itertools.chain(range(len(octets)), itertools.repeat(len(octets) - 1))
    return lambda: octets[(place := next(places)):place + 1]


def test_a_silent_client(server):
    with server.socket() as peer:
        assert IDLE_S * 0.9 <= seconds_until_closed(peer) <= IDLE_S + LATE


def test_a_slow_request_line(server):
    with server.socket() as peer:
        seconds = seconds_until_closed(peer, one_by_one(b"GET /aaaaaaaaaaaaaa"))
        assert IDLE_S * 0.9 <= seconds <= IDLE_S + LATE


def test_empty_lines_for_ever(server):
    with server.socket() as peer:
        seconds = seconds_until_closed(peer, lambda: b"\r\n")
        assert IDLE_S * 0.9 <= seconds <= IDLE_S + LATE


def test_slow_headers(server):
    with server.socket() as peer:
        peer.sendall(b"GET /mirror HTTP/1.1\r\n")
        seconds = seconds_until_closed(peer, one_by_one(b"X: aaaaaaaaaaaaaaaaaa"))
        assert REQUEST_S * 0.9 <= seconds <= REQUEST_S + LATE


def test_a_slow_body_holds_no_worker(server):
    before = server.counts()["errands"]
    with server.socket() as peer:
        peer.sendall(HEAD + b"Content-Length: 60000\r\n\r\n")
        time_before = time.monotonic()
        # The only worker is free for others meanwhile.
        assert server.call("GET", "/mirror")[0] == 200
        assert time.monotonic() - time_before < REQUEST_S
        seconds = seconds_until_closed(peer, one_by_one(b"{  "))
        assert REQUEST_S * 0.8 <= seconds <= REQUEST_S + LATE
    assert server.counts()["errands"] == before + 1


def test_a_client_that_does_not_read(server):
    with socket.socket() as peer:
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        peer.connect(("127.0.0.1", server.port))
        peer.sendall(b"GET /large?len=1000000 HTTP/1.1\r\nHost: x\r\n\r\n" * 40)
        # Our own end of a cut connection shows no more than errors of writing.
        started = time.monotonic()
        with pytest.raises(OSError):
            while time.monotonic() - started < 20 * SLOW:
                peer.send(b"GET", socket.MSG_DONTWAIT)
                time.sleep(0.05)
        assert time.monotonic() - started <= REQUEST_S + LATE
    assert server.call("GET", "/mirror")[0] == 200


def test_each_request_has_its_own_deadline(server):
    """A connection lives on as long as its requests end in time."""
    connection = server.connection()
    started = time.monotonic()
    while time.monotonic() - started < REQUEST_S + IDLE_S + LATE:
        connection.request("GET", "/mirror")
        assert connection.getresponse().read()
        time.sleep(IDLE_S / 4)
    connection.close()


def test_an_answered_client_is_idle(server):
    with server.socket() as peer:
        peer.sendall(b"GET /mirror HTTP/1.1\r\nHost: x\r\n\r\n")
        assert peer.recv(4096).startswith(b"HTTP/1.1 200")
        assert IDLE_S * 0.9 <= seconds_until_closed(peer) <= IDLE_S + LATE


def test_a_handshake_that_never_ends(certificates):
    paths = [certificates.path("server", "cer"), certificates.path("server", "key")]
    with Server(tls=paths, idle_timeout_s=IDLE_S, request_deadline_s=REQUEST_S) as server:
        server.tell(f"client {certificates.made['terminal']} {TERMINAL}")
        hello = b"\x16\x03\x01\x01\x00\x01\x00\x00\xfc\x03\x03"
        for send in (None, one_by_one(hello + b"\x00" * 200)):
            with server.socket() as peer:
                seconds = seconds_until_closed(peer, send)
                assert IDLE_S * 0.9 <= seconds <= IDLE_S + LATE
        context = certificates.context("terminal")
        with server.socket() as plain, context.wrap_socket(plain) as peer:
            assert IDLE_S * 0.9 <= seconds_until_closed(peer) <= IDLE_S + LATE
        with server.socket() as plain, context.wrap_socket(plain) as peer:
            peer.sendall(HEAD + b"Content-Length: 60000\r\n\r\n")
            seconds = seconds_until_closed(peer, one_by_one(b"{  "))
            assert REQUEST_S * 0.9 <= seconds <= REQUEST_S + LATE
        assert server.call("GET", "/mirror", context=context)[0] == 200
        assert server.counts()["errands"] == 1


def test_what_waited_too_long_is_not_begun():
    with Server(workers=1, request_deadline_s=REQUEST_S) as server:
        server.tell("hold")
        with server.socket() as first, server.socket() as second:
            first.sendall(b"GET /hold HTTP/1.1\r\nHost: x\r\n\r\n")
            server.await_count("held", 1)
            second.sendall(b"GET /mirror HTTP/1.1\r\nHost: x\r\n\r\n")
            # Just before the connection is cut the errand's time has run out.
            second.settimeout(REQUEST_S * 0.93)
            assert drain(second) == b""
            server.tell("release")
            second.settimeout(REQUEST_S)
            assert b'"code":"deadline"' in second.recv(4096)
            assert server.counts()["errands"] == 1


def test_a_parked_client_that_goes_away_costs_its_answer_only():
    with Server(workers=1) as server:
        server.tell("hold")
        for hang_up in (struct.pack("ii", 1, 0), None):
            with server.socket() as peer:
                peer.sendall(b"GET /hold HTTP/1.1\r\nHost: x\r\n\r\n")
                server.await_count("held", 1)
                if hang_up:
                    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, hang_up)
            server.tell("release")
            assert server.call("GET", "/mirror")[0] == 200
            server.tell("hold")
        counts = server.counts()
        assert (counts["errands"], counts["reports"]) == (4, 4)


def test_a_parked_request_is_cut_off_while_its_errand_runs():
    with Server(workers=1, request_deadline_s=REQUEST_S) as server:
        server.tell("hold")
        with server.socket() as peer:
            peer.sendall(b"GET /hold HTTP/1.1\r\nHost: x\r\n\r\n")
            seconds = seconds_until_closed(peer)
            assert REQUEST_S * 0.9 <= seconds <= REQUEST_S + LATE
        server.tell("release")
        assert server.call("GET", "/mirror")[0] == 200
