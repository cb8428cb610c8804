# SPDX-License-Identifier: Apache-2.0
"""lib/http without TLS: routes, problem documents, bodies, bad requests."""

import json

import pytest

from loopback import SLOW, Server, drain, exchange, raw, seconds_until_closed

JSON = "application/json"


@pytest.fixture(name="server", scope="module")
def _server():
    with Server() as server:
        yield server


def post(body, kind=JSON):
    return f"POST /mirror HTTP/1.1\r\nHost: x\r\nContent-Type: {kind}\r\n".encode() + body


def code_of(said):
    """Status and code of the first answer in what was said."""
    head, _, body = said.partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(body)["code"]


def test_an_errand_sees_the_request(server):
    status, headers, seen = server.call(
        "GET", "/mirror/caf%C3%A9/of/a%2Fb?x=1&y=%E5%8D%B0+%2B", headers={"Accept": "a/b"})
    assert status == 200
    assert (seen["method"], seen["first"], seen["second"]) == ("GET", "café", "a/b")
    assert seen["query"] == {"x": "1", "y": "印++"}
    assert seen["accept"] == "a/b"
    assert 0 < seen["left_ms"] <= 30000
    assert headers["Content-Type"] == JSON
    assert headers["Cache-Control"] == "no-store"
    assert len(headers["X-Request-Id"]) == 16


def test_request_ids_differ(server):
    ids = {server.call("GET", "/mirror")[1]["X-Request-Id"] for _ in range(20)}
    assert len(ids) == 20


def test_head_is_get_without_a_body(server):
    status, headers, body = server.call("HEAD", "/mirror")
    assert (status, body) == (200, b"")
    assert int(headers["Content-Length"]) > 0


def test_rehearsal_is_said_with_every_answer(server):
    assert server.call("GET", "/mirror")[1]["Hakko-Rehearsal"] is None
    with Server(rehearsal=True) as rehearsal:
        for path in ("/mirror", "/no", "/fault/1"):
            assert rehearsal.call("GET", path)[1]["Hakko-Rehearsal"] == "yes"


def test_a_problem_document(server):
    status, headers, problem = server.call("POST", "/items", {"nam/~e": 1, "amount": 501})
    assert status == 400
    assert headers["Content-Type"] == "application/problem+json"
    assert problem["type"] == "about:blank"
    assert (problem["status"], problem["code"]) == (400, "member_unknown")
    assert "rule" not in problem
    assert problem["instance"] == headers["X-Request-Id"]
    assert problem["hint"] == "look"
    assert [(v["code"], v["field"]) for v in problem["violations"]] == [
        ("member_unknown", "/nam~1~0e"), ("member_missing", "/name"), ("member_value", "/amount")]
    assert problem["title"] == problem["violations"][0]["ja"]
    assert set(problem["violations"][0]) == {"code", "field", "ja", "en"}


@pytest.mark.parametrize("wish, language", [
    (None, "ja"), ("en", "en"), ("en;q=0.5, ja", "ja"), ("ja;q=0.3,en-GB;q=0.4", "en"), ("fr", "ja"),
])
def test_the_language_of_a_title(server, wish, language):
    headers = {"Accept-Language": wish} if wish else {}
    problem = server.call("GET", "/no", headers=headers)[2]
    assert problem["title"] == problem["violations"][0][language]


def test_what_an_errand_makes(server):
    status, headers, made = server.call("POST", "/items", {"name": "a", "amount": 7})
    assert (status, made, headers["Location"]) == (201, {"name": "a", "amount": 7}, "/items/1")


@pytest.mark.parametrize("method, path, status, code, allow", [
    ("GET", "/no", 404, "not_found", None),
    ("GET", "/mirror/", 404, "not_found", None),
    ("GET", "//mirror", 404, "not_found", None),
    ("GET", "/mirror//of/x", 404, "not_found", None),
    ("GET", "/mirror/" + "a" * 65 + "/of/x", 404, "not_found", None),
    ("GET", "/" * 40, 404, "not_found", None),
    ("DELETE", "/items", 405, "method_not_allowed", "POST, PUT"),
    ("PUT", "/mirror", 405, "method_not_allowed", "GET, HEAD, POST"),
    ("OPTIONS", "*", 400, "request_malformed", None),
    ("PUT", "/items", 403, "role", None),
    ("GET", "/terminals", 403, "role", None),
    ("GET", "/mirror?a=1&a=2", 400, "parameter", None),
    ("GET", "/mirror?a=1&&b=2", 400, "parameter", None),
    ("GET", "/mirror?a=1&", 400, "parameter", None),
    ("GET", "/mirror?=1", 400, "parameter", None),
    ("GET", "/mirror?a=%0a", 400, "parameter", None),
    ("GET", "/mirror?a=%ff", 400, "parameter", None),
    ("GET", "/mirror?a=" + "x" * 257, 400, "parameter", None),
    ("GET", "/mirror?" + "&".join(f"a{i}" for i in range(9)), 400, "parameter", None),
    ("GET", "/mirror%00", 400, "request_malformed", None),
    ("GET", "/mirror%0", 400, "request_malformed", None),
    ("GET", "/mirror%c2%85", 400, "request_malformed", None),
])
def test_refused_before_an_errand(server, method, path, status, code, allow):
    before = server.counts()
    got, headers, problem = server.call(method, path)
    after = server.counts()
    assert (got, problem["code"], headers["Allow"]) == (status, code, allow)
    assert after["errands"] == before["errands"]
    assert after["reports"] == before["reports"] + 1


def test_an_absolute_address_and_an_escaped_one_are_found(server):
    assert raw(server, b"GET http://x/mirror HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
               ).startswith(b"HTTP/1.1 200")
    assert server.call("GET", "/%6dirror")[0] == 200


@pytest.mark.parametrize("kind, status", [
    (JSON, 200), ("Application/JSON", 200), ("application/json; charset=UTF-8", 200),
    ('application/json;charset="utf-8"', 200), ("application/json; charset=latin1", 415),
    ("application/jsonx", 415), ("text/plain", 415), ("", 415),
])
def test_media_types(server, kind, status):
    assert server.call("POST", "/mirror", "{}", {"Content-Type": kind})[0] == status


def test_a_body_may_be_missing(server):
    status, _, seen = server.call("POST", "/mirror", headers={"Content-Length": "0"})
    assert (status, seen["len"]) == (200, 0)
    assert server.call("POST", "/items", headers={})[2]["code"] == "body_missing"


def test_a_body_of_a_get_is_not_handed_on(server):
    status, _, seen = server.call("GET", "/mirror", "{}")
    assert (status, seen["len"]) == (200, 0)


def test_the_largest_body_and_one_octet_more(server):
    assert server.call("POST", "/mirror", b"x" * 65536,
                       {"Content-Type": JSON})[2]["len"] == 65536
    before = server.counts()["errands"]
    said = raw(server, post(b"Content-Length: 65537\r\n\r\n"))
    assert code_of(said) == (413, "body_too_large")
    assert b"Connection: close" in said
    assert server.counts()["errands"] == before


def test_two_megabytes_declared_are_refused_unread(server):
    """A client that sends all of its body before it reads gets the answer nevertheless."""
    for _ in range(20):
        status, headers, problem = server.call("POST", "/mirror", b"x" * 2097152,
                                               {"Content-Type": JSON})
        assert (status, problem["code"]) == (413, "body_too_large")
        assert headers["Connection"] == "close"
    assert server.call("GET", "/mirror")[0] == 200


def test_a_refused_client_is_not_listened_to_for_ever(server):
    with server.socket() as peer:
        peer.sendall(post(b"Content-Length: 2097152\r\n\r\n"))
        assert code_of(drain(peer)) == (413, "body_too_large")
        assert seconds_until_closed(peer, lambda: b"x") < 3 + SLOW


def test_a_client_that_asks_first_is_told(server):
    said = raw(server, post(b"Content-Length: 2097152\r\nExpect: 100-continue\r\n\r\n"))
    assert code_of(said) == (413, "body_too_large")
    with server.socket() as peer:
        peer.sendall(post(b"Content-Length: 2\r\nExpect: 100-continue\r\n\r\n"))
        assert peer.recv(100).startswith(b"HTTP/1.1 100")
        peer.sendall(b"{}")
        assert peer.recv(100).startswith(b"HTTP/1.1 200")


def chunked(*chunks):
    return b"Transfer-Encoding: chunked\r\n\r\n" + b"".join(
        b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n"


def test_chunks(server):
    said = raw(server, post(b"Connection: close\r\n" + chunked(b"[1,", b"2]")))
    assert b'"body":"[1,2]"' in said
    said = raw(server, post(chunked(*[b"x" * 1024] * 100)))
    assert code_of(said) == (413, "body_too_large")
    assert b"Connection: close" in said


def test_chunks_without_end_are_not_read_for_ever(server):
    with server.socket() as peer:
        peer.sendall(post(b"Transfer-Encoding: chunked\r\n\r\n"))
        sent = 0
        try:
            while sent < 100 * 1048576:
                peer.sendall(b"10000\r\n" + b"x" * 65536 + b"\r\n")
                sent += 65536
        except OSError:
            pass
        assert sent < 16 * 1048576


@pytest.mark.parametrize("head", [
    b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n",
    b"Content-Length: 2\r\nContent-Length: 2\r\n",
    b"Content-Length : 2\r\n",
    b"Transfer-Encoding: gzip, chunked\r\n",
    b"Transfer-Encoding: identity\r\n",
    b"Host: y\r\n",
    b"X Y: 1\r\n",
    b"X: a\x01b\r\n",
])
def test_framing_beyond_doubt(server, head):
    before = server.counts()["errands"]
    said = raw(server, post(head + b"\r\n{}GET /mirror HTTP/1.1\r\nHost: x\r\n\r\n"))
    assert code_of(said) == (400, "request_malformed")
    assert b"Connection: close" in said
    assert said.count(b"HTTP/1.1") == 1
    assert server.counts()["errands"] == before


@pytest.mark.parametrize("octets", [
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 500,
    b"GET /mirror\r\n\r\n",
    b"GET /mirror HTTP/0.9\r\nHost: x\r\n\r\n",
    b"GET /mirror HTTP/2.0\r\nHost: x\r\n\r\n",
    b"GET /mirror HTTP/1.1\r\n\r\n",
    b"GET /mir ror HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET /mirror\x00/x HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET /mirror\xff HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET mirror HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET /mirror HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n",
    b"GET /mirror HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    b"GET /mirror HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999999\r\n\r\n",
    b"GET /mirror HTTP/1.1\r\nHost: x\r\n" + b"X: " + b"y" * 40000 + b"\r\n\r\n",
    b"GET /" + b"y" * 40000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    b"POST /mirror HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
    b"\r\n" * 100,
])
def test_what_is_not_http_reaches_no_errand(server, octets):
    before = server.counts()["errands"]
    with server.socket() as peer:
        peer.settimeout(0.5)
        try:
            peer.sendall(octets)
            said = drain(peer)
        except OSError:
            said = b""
    assert not said.startswith(b"HTTP/1.1 2")
    assert server.counts()["errands"] == before
    assert server.call("GET", "/mirror")[0] == 200


def test_pipelining(server):
    one = b"GET /mirror?n=%d HTTP/1.1\r\nHost: x\r\n\r\n"
    last = b"GET /mirror?n=9 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    said = raw(server, b"".join(one % n for n in range(9)) + last)
    places = [said.index(b'"n":"%d"' % n) for n in range(10)]
    assert places == sorted(places)


def test_a_connection_serves_many_requests(server):
    connection = server.connection()
    for status in (200, 404, 403, 200):
        path = {200: "/mirror", 404: "/no", 403: "/operators"}[status]
        assert exchange(connection, "GET", path)[0] == status
        kept = connection.sock
        assert kept is not None
    assert exchange(connection, "POST", "/items", "[")[0] == 400
    assert connection.sock is kept


@pytest.mark.parametrize("kind, status, code", [
    (1, 500, "internal"), (2, 500, "internal"), (4, 500, "internal"), (7, 500, "internal"),
    (5, 503, "service_waiting"), (6, 503, "service_waiting"),
])
def test_a_fault_tells_nothing(server, kind, status, code):
    before = server.counts()["faults"]
    got, headers, problem = server.call("GET", f"/fault/{kind}")
    assert (got, problem["code"]) == (status, code)
    assert headers["Retry-After"] == ("2" if status == 503 else None)
    assert "hunter2" not in json.dumps(problem) + str(headers)
    assert server.counts()["faults"] == before + 1


def test_an_errand_without_a_reply_is_a_fault(server):
    assert server.call("GET", "/nothing")[0] == 500


def test_a_reply_beyond_the_arena_is_a_fault(server):
    assert len(server.call("GET", "/large?len=1000000")[2]) == 1000000
    assert server.call("GET", "/large?len=1048577")[0] == 500


def test_files(server, tmp_path):
    path = tmp_path / "large.crl"
    path.write_bytes(bytes(range(256)) * 20000)
    status, headers, octets = server.call("GET", f"/file?path={path}")
    assert (status, octets) == (200, path.read_bytes())
    assert headers["Cache-Control"] == "no-cache"
    again = server.call("GET", f"/file?path={path}", headers={"If-None-Match": headers["ETag"]})
    assert (again[0], again[2]) == (304, b"")
    path.write_bytes(b"other")
    again = server.call("GET", f"/file?path={path}", headers={"If-None-Match": headers["ETag"]})
    assert (again[0], again[2]) == (200, b"other")
    assert server.call("HEAD", f"/file?path={path}")[2] == b""
    assert server.call("GET", f"/file?path={tmp_path}")[0] == 500
    assert server.call("GET", "/file?path=/absent")[0] == 500


def test_not_serving(server):
    server.tell("serving 0")
    before = server.counts()["errands"]
    status, headers, problem = server.call("GET", "/mirror")
    assert (status, problem["code"], headers["Retry-After"]) == (503, "service_waiting", "2")
    assert server.call("GET", "/no")[0] == 404
    assert server.counts()["errands"] == before
    server.tell("serving 1")
    assert server.call("GET", "/mirror")[0] == 200
