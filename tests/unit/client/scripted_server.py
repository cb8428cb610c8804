# SPDX-License-Identifier: Apache-2.0
"""The server of test_https.c and test_retry.c: each path has a habit.

Usage: scripted_server.py FOLDER. Writes certificates to FOLDER, prints its port, serves until
standard input ends. Every answer counts the requests its path has seen.
"""
import collections
import http.server
import json
import sys
import threading

import loopback

seen = collections.Counter()
lock = threading.Lock()
release = threading.Event()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def reply(self, status, body, headers=(), media="application/json"):
        self.send_response(status)
        self.send_header("Content-Type", media)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def handle_all(self):
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length).decode()
        with lock:
            seen[self.path] += 1
            count = seen[self.path]
        word, _, number = self.path.lstrip("/").partition("/")
        told = {
            "count": count,
            "method": self.command,
            "body": body,
            "language": self.headers.get("Accept-Language"),
        }
        getattr(self, "do_" + word)(int(number or 0), count, json.dumps(told).encode())

    do_GET = do_POST = do_PUT = handle_all

    def do_echo(self, number, count, told):
        self.reply(200, told)

    def do_rehearsal(self, number, count, told):
        self.reply(200, told, [("Hakko-Rehearsal", "yes")])

    def do_busy(self, number, count, told):
        if count <= number:
            self.reply(503, b"{}", [("Retry-After", "0")])
        else:
            self.reply(200, told)

    def do_long_busy(self, number, count, told):
        self.reply(503, b'{"title":"busy"}', [("Retry-After", "3600")])

    def do_drop(self, number, count, told):
        """The request is read, and instead of an answer the connection ends."""
        if count <= number:
            self.close_connection = True
            self.connection.close()
        else:
            self.reply(200, told)

    def do_cut(self, number, count, told):
        """Half of an answer."""
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        self.wfile.write(b"{")
        self.close_connection = True

    def do_hang(self, number, count, told):
        release.wait()

    def do_huge(self, number, count, told):
        self.reply(200, b" " * number)

    def do_words(self, number, count, told):
        self.reply(200, b"no JSON", media="text/plain")

    def do_twice(self, number, count, told):
        self.reply(200, b'{"count":1,"count":2}')

    def do_away(self, number, count, told):
        self.reply(302, b"{}", [("Location", "/echo/0")])

    def do_refuse(self, number, count, told):
        problem = {
            "type": "about:blank",
            "title": "title",
            "status": 409,
            "code": "live_certificate",
            "violations": [],
        }
        self.reply(409, json.dumps(problem).encode(), media="application/problem+json")


def main():
    folder = sys.argv[1]
    loopback.make_identities(folder)
    server = loopback.serve(folder, Handler)
    print(server.server_port, flush=True)
    sys.stdin.read()
    release.set()


main()
