# SPDX-License-Identifier: Apache-2.0
"""Many clients at once, a full queue, and stopping in the middle of it all."""

import threading
import time

import pytest

from loopback import SLOW, TERMINAL, Certificates, Server, drain, exchange

CLIENTS = 64
HOLD = b"GET /hold HTTP/1.1\r\nHost: x\r\n\r\n"
MIRROR = b"GET /mirror HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.fixture(name="certificates", scope="module")
def _certificates(tmp_path_factory):
    made = Certificates(tmp_path_factory.mktemp("certificates"))
    made.server()
    made.make("terminal")
    return made


def tls_server(certificates, **settings):
    paths = [certificates.path("server", "cer"), certificates.path("server", "key")]
    server = Server(tls=paths, **settings)
    server.tell(f"client {certificates.made['terminal']} {TERMINAL}")
    return server


def in_threads(count, work):
    """Runs work(number) in threads; what any of them raised is raised here."""
    raised = []

    def run(number):
        try:
            work(number)
        except BaseException as error:
            raised.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if raised:
        raise raised[0]


def test_many_clients_at_once(certificates):
    with tls_server(certificates, workers=4) as server:
        context = certificates.context("terminal")

        def work(number):
            connection = server.connection(context)
            for turn in range(10):
                status, _, seen = exchange(connection, "POST", f"/mirror?n={number}&t={turn}",
                                           {"n": number})
                assert status == 200
                assert seen["query"] == {"n": str(number), "t": str(turn)}
                assert seen["body"] == '{"n": %d}' % number
            connection.close()

        in_threads(CLIENTS, work)
        counts = server.counts()
        assert (counts["errands"], counts["reports"], counts["faults"]) == (640, 640, 0)


def test_beyond_the_queue_is_refused_at_once():
    with Server(threads=1, workers=1, queue_max=2) as server:
        server.tell("hold")
        held = [server.socket() for _ in range(3)]
        for peer in held:
            peer.sendall(HOLD)
            server.await_count("held", 1)
        ping(server)
        refused = server.connection()
        status, headers, problem = exchange(refused, "GET", "/hold")
        assert (status, problem["code"], headers["Retry-After"]) == (503, "queue_full", "2")
        # The connection lives, and the queue moves on.
        server.tell("release")
        for peer in held:
            with peer:
                assert peer.recv(4096).startswith(b"HTTP/1.1 200")
        assert exchange(refused, "GET", "/mirror")[0] == 200


def test_beyond_the_connections_is_closed():
    with Server(threads=1, connections_max=4) as server:
        kept = [server.connection() for _ in range(4)]
        for connection in kept:
            assert exchange(connection, "GET", "/mirror")[0] == 200
        with server.socket() as peer:
            peer.settimeout(5)
            assert drain(peer) == b""
        kept.pop().close()
        deadline = time.monotonic() + 10 * SLOW
        while time.monotonic() < deadline:
            try:
                assert server.call("GET", "/mirror")[0] == 200
                break
            except OSError:
                continue
        else:
            pytest.fail("no place was freed")


def test_stop_answers_what_was_begun():
    """Running, waiting and half-read requests are answered, idle connections end at once."""
    with Server(workers=1) as server:
        server.tell("hold")
        idle = server.connection()
        assert exchange(idle, "GET", "/mirror")[0] == 200
        running, waiting, reading = [server.socket() for _ in range(3)]
        running.sendall(HOLD)
        server.await_count("held", 1)
        reading.sendall(b"POST /mirror HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                        b"Content-Length: 2\r\n\r\n{")
        waiting.sendall(MIRROR)
        ping(server)
        server.stop(20000)
        assert drain(idle.sock) == b""
        reading.sendall(b"}")
        for peer in (running, waiting, reading):
            with peer:
                said = drain(peer)
                assert said.startswith(b"HTTP/1.1 200"), said
        assert b"Connection: close" in said
        with pytest.raises(OSError):
            server.socket()
        server.wait()


def ping(server):
    """Once this is answered, libmicrohttpd's threads have read what came before it."""
    for _ in range(8):
        assert server.call("GET", "/no")[0] == 404


def test_stop_is_bounded():
    """At the deadline what waits is refused, and who dawdles is cut off; an errand that runs ends
    and is answered."""
    server = Server(workers=1)
    server.tell("hold")
    running, waiting, reading = [server.socket() for _ in range(3)]
    running.sendall(HOLD)
    server.await_count("held", 1)
    waiting.sendall(MIRROR)
    reading.sendall(b"POST /mirror HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{")
    ping(server)
    started = time.monotonic()
    server.stop(0)
    said = drain(running)
    assert said.startswith(b"HTTP/1.1 200")
    assert b"Connection: close" in said
    assert b'"code":"service_waiting"' in drain(waiting)
    assert drain(reading) == b""
    server.wait()
    assert server.last_counts()["errands"] == 1
    assert time.monotonic() - started < 5 * SLOW


@pytest.mark.parametrize("turn", range(5))
def test_stop_under_load(certificates, turn):
    """Every request whose errand ran is answered, over TLS, whenever the stop comes."""
    server = tls_server(certificates, workers=2, threads=2)
    context = certificates.context("terminal")
    answered = [0] * 16

    def work(number):
        try:
            while True:
                connection = server.connection(context)
                connection.connect()
                while connection.sock is not None:
                    status = exchange(connection, "GET", "/mirror")[0]
                    assert status in (200, 503)
                    answered[number] += status == 200
        except OSError:
            return

    threads = [threading.Thread(target=work, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    server.await_count("errands", 50 + 70 * turn)
    server.stop(10000)
    server.wait()
    for thread in threads:
        thread.join()
    assert sum(answered) == server.last_counts()["errands"] >= 50
