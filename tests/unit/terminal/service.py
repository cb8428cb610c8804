# SPDX-License-Identifier: Apache-2.0
"""The service as a terminal sees it (docs/api.md), with a memory and habits to order.

`script` holds, for the end of a path, what happens to the next requests: "busy" (503, nothing
done), "lose" (done, and the answer is lost), "refuse" (a problem document), "foreign" (the
certificate of another key), "broken" (500). Every request is kept in `requests`.
"""
import base64
import datetime
import http.server
import json
import pathlib
import sys

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "client"))
import loopback  # noqa: E402

PROBLEM = {
    "type": "about:blank",
    "title": "title",
    "status": 409,
    "code": "live_certificate",
    "rule": "P8",
    "instance": "r-1",
    "violations": [
        {
            "code": "live_certificate",
            "rule": "P8",
            "field": "/card/number",
            "ja": "有効な電子証明書がすでにあります。",
            "en": "There is a live certificate.",
        }
    ],
}


def pem(thing):
    return thing.public_bytes(serialization.Encoding.PEM).decode()


class Service:
    def __init__(self, folder):
        loopback.make_identities(folder)
        self.requests = []
        self.script = {}
        self.applications = {}
        self.rehearsal = False
        self.ca_key = rsa.generate_private_key(65537, 2048)
        self.ca = self._sign("CA", self.ca_key.public_key(), 1)
        service = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *args):
                pass

            def do_GET(self):
                service.handle(self)

            do_POST = do_GET

        self.server = loopback.serve(folder, Handler)
        self.url = f"https://127.0.0.1:{self.server.server_port}"

    def _sign(self, name, public_key, serial):
        now = datetime.datetime(2015, 12, 1)
        return (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
            .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "CA")]))
            .public_key(public_key)
            .serial_number(serial)
            .not_valid_before(now)
            .not_valid_after(now + datetime.timedelta(days=1000))
            .sign(self.ca_key, hashes.SHA256())
        )

    def sent(self, end):
        return [body for path, body in self.requests if path.endswith(end)]

    def handle(self, handler):
        length = int(handler.headers.get("Content-Length") or 0)
        text = handler.rfile.read(length).decode()
        body = json.loads(text) if text else None
        self.requests.append((handler.path, body))
        end = "/" + handler.path.rsplit("/", 1)[1]
        habit = self.script.get(end, []).pop(0) if self.script.get(end) else None
        if habit == "busy":
            return self.reply(handler, 503, {"title": "busy"}, [("Retry-After", "0")])
        if habit == "broken":
            return self.reply(handler, 500, {"title": "broken", "violations": []})
        if habit == "refuse":
            return self.reply(handler, 409, PROBLEM)
        status, answer = self.act(handler.path, body, foreign=habit == "foreign")
        if habit == "lose":
            handler.close_connection = True
            handler.connection.close()
            return None
        return self.reply(handler, status, answer)

    def reply(self, handler, status, answer, headers=()):
        octets = json.dumps(answer).encode()
        handler.send_response(status)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(octets)))
        if self.rehearsal:
            handler.send_header("Hakko-Rehearsal", "yes")
        for name, value in headers:
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(octets)

    def act(self, path, body, foreign):
        parts = path.strip("/").split("/")
        if parts == ["v1", "service"]:
            return 200, {"kind": "production", "fee_yen": 500}
        if parts == ["v1", "applications"]:
            return self.open()
        application = self.applications.get(parts[2])
        if application is None:
            return 404, {"title": "not found", "violations": []}
        act = getattr(self, "act_" + parts[3]) if len(parts) > 3 else self.act_show
        return act(application, body, foreign)

    def open(self):
        number = len(self.applications) + 1
        key = "ap_" + f"{number:023d}"
        self.applications[key] = {
            "id": key,
            "state": "approved",
            "fee": None,
            "serial": None,
            "delivered_at": None,
            "next": "submit_csr",
            "issuing_minutes": [15, 30],
            "warning": None,
            "seconds_left": None,
        }
        return 201, self.applications[key]

    def act_show(self, application, body, foreign):
        return 200, {name: value for name, value in application.items() if name != "issued"}

    def act_fee(self, application, body, foreign):
        application["fee"] = {"amount_yen": body["amount_yen"]}
        return self.act_show(application, body, foreign)

    def act_csr(self, application, body, foreign):
        if "issued" in application:
            if application["csr"] != body["csr"]:
                return 409, PROBLEM
            return 200, application["issued"]
        request = x509.load_pem_x509_csr(body["csr"].encode())
        assert request.is_signature_valid
        key = request.public_key()
        if foreign:
            key = rsa.generate_private_key(65537, 2048).public_key()
        # The first octet is zero, which DER does not show.
        serial = bytes([0, len(self.applications)] + [7] * 14)
        certificate = self._sign("user", key, int.from_bytes(serial, "big"))
        application.update(
            csr=body["csr"],
            serial=serial.hex(),
            next="deliver",
            issued={
                "serial": serial.hex(),
                "not_after": "2018-12-21T14:59:59Z",
                "certificate": pem(certificate),
                "ca_certificate": pem(self.ca),
            },
        )
        return 201, application["issued"]

    def act_certificate(self, application, body, foreign):
        return 200, application["issued"]

    def act_delivery(self, application, body, foreign):
        if application["fee"] is None:
            return 409, PROBLEM
        application.update(delivered_at="2015-12-01T00:00:00Z", next="nothing")
        return self.act_show(application, body, foreign)


def decode(text):
    return base64.b64decode("".join(text.split("\n")[1:-2]))
