# SPDX-License-Identifier: Apache-2.0
"""The API as a terminal's maker would call it: Python's own TLS and HTTP, one connection each."""

import http.client
import json
import ssl
import urllib.parse

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa

LIMIT_S = 60


class Answer:
    def __init__(self, response):
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def code(self):
        """Code of a problem document."""
        assert self.headers["Content-Type"].startswith("application/problem+json"), self
        return self.json["code"]

    def codes(self):
        return {violation["code"] for violation in self.json["violations"]}

    def __repr__(self):
        return f"{self.status} {self.body[:600]!r}"


class Api:
    """One client of one front; `name` finds its certificate in the installation's tls folder."""

    def __init__(self, installation, name="terminal", host=None, tls=None):
        self.port = (host or installation.host).port
        self.context = tls_context(installation, name)
        if tls is not None:
            self.context.minimum_version = self.context.maximum_version = tls
        self.connection = None

    def connect(self):
        self.connection = http.client.HTTPSConnection("127.0.0.1", self.port, timeout=LIMIT_S,
                                                      context=self.context)
        self.connection.connect()

    def close(self):
        if self.connection is not None:
            self.connection.close()
            self.connection = None

    def call(self, method, path, body=None, headers=None, raw=None):
        """One request; a new connection whenever the last one was lost."""
        if self.connection is None:
            self.connect()
        data = raw if raw is not None else None if body is None else json.dumps(body).encode()
        fields = {"Accept-Language": "en"}
        if data is not None:
            fields["Content-Type"] = "application/json"
        fields.update(headers or {})
        try:
            self.connection.request(method, path, data, fields)
            return Answer(self.connection.getresponse())
        except (OSError, http.client.HTTPException):
            self.close()
            raise

    def get(self, path, **options):
        return self.call("GET", path, **options)

    def post(self, path, body, **options):
        return self.call("POST", path, body, **options)

    # -- the errands of a visit -----------------------------------------------------------

    def open(self, number, **changes):
        return self.post("/v1/applications", opening(number, **changes))

    def opened(self, card):
        """Id of a new application for that card."""
        answer = self.open(card)
        assert answer.status == 201, answer
        return answer.json["id"]

    def fee(self, application, receipt="R-1"):
        return self.post(f"/v1/applications/{application}/fee",
                         {"amount_yen": 500, "receipt_number": receipt, "clerk": "counter-1"})

    def csr(self, application, csr, maker="applicant"):
        return self.post(f"/v1/applications/{application}/csr",
                         {"csr": csr, "key_made_by": maker, "clerk": "counter-1"})

    def deliver(self, application):
        return self.post(f"/v1/applications/{application}/delivery", {"clerk": "counter-1"})

    def read(self, application):
        return self.get(f"/v1/applications/{application}")

    def leaves(self, **query):
        """Every leaf, page after page (auditors)."""
        leaves, after = [], None
        while True:
            page = dict(query, limit=100, **({"after": after} if after else {}))
            answer = self.get("/v1/ledger/leaves?" + urllib.parse.urlencode(page))
            assert answer.status == 200, answer
            leaves += answer.json["leaves"]
            after = answer.json.get("next")
            if not after:
                return leaves


def tls_context(installation, name):
    context = ssl.create_default_context(cafile=str(installation.tls / "ca.pem"))
    if name is not None:
        context.load_cert_chain(installation.tls / f"{name}.pem", installation.tls / f"{name}.key")
    return context


def opening(number, **changes):
    """Body of POST /v1/applications: A1 with a driving licence."""
    body = {"case": "applicant_with_id", "kind": "issuance", "clerk": "counter-1",
            "card": {"kind": "juki", "number": number},
            "identity": {"kind": "driving_licence", "valid_to": "2017-05-31"}}
    body.update(changes)
    return body


def new_key(bits=2048):
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def csr_of(key):
    """PEM of a request that names nobody and asks for nothing."""
    request = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([])).sign(
        key, hashes.SHA256())
    return request.public_bytes(serialization.Encoding.PEM).decode()
