# SPDX-License-Identifier: Apache-2.0
"""Installed into a bookworm tree that real systemd has booted, by the steps of docs/operations.md."""

import re
import subprocess
import time

import pytest

from conftest import BUILD, TOP
from container import CannotRun, Container, base_tree
from installation import Failure

SERVICES = {"hakkod-signer": "hakko-signer", "hakkod": "hakko-front",
            "hakkod-publish": "hakko-publish"}
IDENTITY = "--identity passport --identity-valid-to 2018-01-01"


def documented_steps():
    """The shell blocks of docs/operations.md between its two marks, in order."""
    text = (TOP / "docs" / "operations.md").read_text(encoding="utf-8")
    part = text.split("<!-- steps begin -->")[1].split("<!-- steps end -->")[0]
    steps = re.findall(r"```sh\n(.*?)```", part, re.S)
    assert len(steps) == part.count("```") / 2 and len(steps) > 5
    return steps


def follow(container, step):
    try:
        container.shell(step)
    except Failure as failure:
        raise Failure(f"{failure}\n{container.journal()}") from failure


@pytest.fixture(scope="module")
def container():
    own = None
    try:
        own = Container(base_tree(BUILD), TOP, BUILD / "installed")
        own.install()
        own.boot()
        for step in documented_steps():
            follow(own, step)
        yield own
    except CannotRun as why:
        pytest.skip(str(why))
    finally:
        if own is not None:
            own.end()


def visit(container, card, receipt):
    container.shell(f"""
        umask 077
        mkdir -p /root/{card}
        cd /root/{card}
        echo ABC123 >password
        hakko-terminal visit --config /root/terminal.conf --card {card} {IDENTITY} \\
            --receipt {receipt} --password-file password --key-file key --out .
        """)


def psql(container, statement):
    return container.run("runuser", "-u", "postgres", "--", "psql", "-XqAt", "-d", "hakko", "-c",
                         statement).strip()


def test_verify_is_silent(container):
    done = container.try_run("sh", "-c", "systemd-analyze verify --man=no"
                             " /usr/lib/systemd/system/hakkod*")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_each_service_is_its_own_user(container):
    for unit, user in SERVICES.items():
        assert container.show(unit, "ActiveState") == "active"
        main = container.show(unit, "MainPID")
        assert container.run("stat", "-c", "%U", f"/proc/{main}").strip() == user


def test_a_visit_and_a_crl(container):
    container.wait_for("hakkod", "StatusText", "serving")
    container.wait_for("hakkod-publish", "StatusText", "publishing")
    visit(container, "SHIROI000001", "R-1")
    container.shell("""
        cd /root/SHIROI000001
        crl=$(openssl x509 -in certificate.pem -noout -ext crlDistributionPoints |
            sed -n 's/.*URI://p')
        hakkoctl publish --wait 30 --crl-url "$crl"
        openssl crl -inform DER -in /var/lib/hakko-publish/crl/*.crl -out crl.pem
        openssl verify -attime $(date -d 2015-12-22T07:30:00Z +%s) -CAfile /etc/hakko/ca.pem \\
            -CRLfile crl.pem -crl_check certificate.pem
        """)


def test_nothing_was_restarted(container):
    for unit in SERVICES:
        assert container.show(unit, "NRestarts") == "0", container.journal(unit)


@pytest.mark.parametrize("sample,program", [
    ("hakkod.conf", "hakkod"), ("signer.conf", "hakkod-signer"), ("publish.conf", "hakkod-publish"),
    ("hakkoctl.conf", "hakkoctl"), ("terminal.conf", "hakko-terminal")])
def test_samples(container, sample, program):
    """Every key in a sample exists, also where it is commented out, and its value is possible."""
    text = (TOP / "conf" / sample).read_text(encoding="utf-8")
    (container.root / "root" / f"sample-{sample}").write_text(re.sub(r"(?m)^#(?=[a-z_.]+ =)", "", text))
    container.run(program, "--config", f"/root/sample-{sample}", "--print-config")


def test_stop_answers_what_was_accepted(container):
    """A request that waits on a row's lock while the service is told to stop is still answered."""
    card = "SHIROI000003"
    lock = container.start("runuser", "-u", "postgres", "--", "psql", "-XqAt", "-d", "hakko",
                           stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    lock.stdin.write("BEGIN; SELECT 1 FROM hakko.resident"
                     f" WHERE card_number = '{card}' FOR UPDATE;\n")
    lock.stdin.flush()
    assert lock.stdout.readline().strip() == "1"
    request = container.start("hakko-terminal", "open", "--config", "/root/terminal.conf",
                              "--card", card, *IDENTITY.split(),
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    limit = time.monotonic() + 30
    while psql(container, "SELECT count(*) FROM pg_stat_activity"
               " WHERE wait_event_type = 'Lock'") == "0":
        assert time.monotonic() < limit and request.poll() is None, request.stdout.read()
        time.sleep(0.05)
    stop = container.start("systemctl", "stop", "hakkod.socket", "hakkod.service")
    container.wait_for("hakkod", "ActiveState", "deactivating")
    lock.stdin.write("COMMIT;\n")
    lock.stdin.close()
    assert request.wait(60) == 0, request.stdout.read()
    assert stop.wait(60) == 0 and lock.wait(60) == 0
    assert container.show("hakkod", "Result") == "success"
    container.run("systemctl", "start", "hakkod.socket", "hakkod.service")


def test_without_database_it_waits_and_says_so(container):
    container.run("systemctl", "stop", "hakkod.service", "hakkod-publish.service",
                  "postgresql@15-main")
    container.run("systemctl", "start", "hakkod.service", "hakkod-publish.service")
    container.wait_for("hakkod", "StatusText", "waiting for the database")
    container.wait_for("hakkod-publish", "StatusText", "waiting for the database")
    done = container.try_run("hakko-terminal", "show", "--config", "/root/terminal.conf",
                             "--application", "ap_" + "a" * 23, "--patience", "1")
    assert done.returncode != 0
    container.run("systemctl", "start", "postgresql@15-main")
    container.wait_for("hakkod", "StatusText", "serving")
    visit(container, "SHIROI000002", "R-2")


@pytest.mark.parametrize("unit,limit", [("hakkod-signer", 1.5), ("hakkod", 3), ("hakkod-publish", 3)])
def test_sandbox(container, unit, limit):
    told = container.run("systemd-analyze", "security", "--no-pager", unit)
    level = re.search(r"exposure level for \S+: ([0-9.]+)", told)
    assert float(level[1]) < limit, told
