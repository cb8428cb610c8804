# SPDX-License-Identifier: Apache-2.0
"""Strangers end in the handshake; a suspended client is refused while it is connected."""

import http.client
import re
import ssl
import subprocess
import urllib.request

import pytest

from api import Api

VERSIONS = [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3]
REFUSED = (ssl.SSLError, ConnectionError, http.client.HTTPException)


def requests_counted(installation):
    """Requests that any errand has seen, by the front's own metrics."""
    url = f"http://127.0.0.1:{installation.host.health_port}/metrics"
    with urllib.request.urlopen(url, timeout=10) as answer:
        lines = answer.read().decode().splitlines()
    return sum(float(line.rsplit(" ", 1)[1]) for line in lines
               if line.startswith("hakko_requests_total"))


def refuse(installation, name, version):
    before = requests_counted(installation)
    with pytest.raises(REFUSED):
        Api(installation, name, tls=version).get("/v1/service")
    assert requests_counted(installation) == before


@pytest.mark.parametrize("version", VERSIONS)
def test_no_certificate(installation, version):
    refuse(installation, None, version)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_foreign_certificate(installation, version):
    installation.make_certificate("stranger")
    refuse(installation, "stranger", version)


@pytest.mark.parametrize("version", VERSIONS)
def test_an_expired_certificate(installation, version):
    name = f"expired-{version.name}"
    subprocess.run(["faketime", "2020-01-01 00:00:00", "openssl", "req", "-x509", "-newkey", "ec",
                    "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", f"/CN={name}",
                    "-days", "30", "-keyout", installation.tls / f"{name}.key",
                    "-out", installation.tls / f"{name}.pem"], check=True, capture_output=True)
    # The register takes it only in the past; its owner puts it there.
    fingerprint = subprocess.run(
        ["openssl", "x509", "-in", installation.tls / f"{name}.pem", "-outform", "DER"],
        check=True, capture_output=True).stdout
    installation.cluster.psql("hakko", f"""
        INSERT INTO hakko.client (fingerprint, role, municipality, name)
        VALUES (sha256('\\x{fingerprint.hex()}'::bytea), 'terminal', '12232', '{name}');
        """, role="hakko_owner")
    refuse(installation, name, version)


@pytest.mark.parametrize("version", VERSIONS)
def test_suspended_ones_and_suspended_while_connected(installation, version):
    name = f"suspended-{version.name}"
    installation.make_certificate(name)
    words = ["client", "register", "--name", name, "--role", "terminal", "--municipality", "12232",
             "--certificate", installation.tls / f"{name}.pem"]
    client_id = re.search(r"^id: (\d+)$", installation.ctl(*words), re.M)[1]
    api = Api(installation, name, tls=version)
    assert api.get("/v1/service").status == 200
    installation.ctl("client", "suspend", "--id", client_id)
    refused = api.get("/v1/service")
    assert (refused.status, refused.code) == (403, "client_suspended")
    refuse(installation, name, version)
    installation.ctl("client", "resume", "--id", client_id)
    assert api.get("/v1/service").status == 200


def test_tls_1_1_is_not_spoken(installation):
    done = subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{installation.host.port}",
                           "-tls1_1", "-cipher", "ALL:@SECLEVEL=0"], input=b"", capture_output=True,
                          check=False)
    assert done.returncode != 0


def test_each_role_has_its_own_errands(installation, terminal, auditor):
    assert terminal.get("/v1/ledger/leaves").code == "role"
    assert auditor.open("T00000001").code == "role"
    assert terminal.post("/v1/municipalities", {}).code == "role"
