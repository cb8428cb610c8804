# SPDX-License-Identifier: Apache-2.0
"""Installed into a bookworm tree that real systemd has booted, by the steps of docs/operations.md."""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

import pytest

from conftest import TOP
from container import Container, base_tree
from installation import run

UNITS = ["hakkod-signer", "hakkod", "hakkod-publish"]

pytestmark = pytest.mark.skipif(os.geteuid() != 0 or shutil.which("systemd-nspawn") is None,
                                reason="needs root and systemd-nspawn")


def documented_steps():
    """The shell blocks of docs/operations.md between its two markers, in order."""
    text = (TOP / "docs" / "operations.md").read_text(encoding="utf-8")
    part = text.split("<!-- steps begin -->")[1].split("<!-- steps end -->")[0]
    return re.findall(r"```sh\n(.*?)```", part, re.S)


@pytest.fixture(scope="module")
def container():
    build = TOP / "build"
    build.mkdir(exist_ok=True)
    own = Container(base_tree(build), TOP, build / "installed")
    try:
        own.boot()
        own.run("systemctl", "start", "postgresql@15-main")
        shutil.copy(TOP / "conf" / "sample-residents.csv", own.root / "root" / "residents.csv")
        for step in documented_steps():
            own.shell(step)
        yield own
    finally:
        own.end()


def visit(container, card, receipt):
    container.shell(f"""
        cd /root
        printf 'ABC123\\n' >password
        hakko-terminal visit --config /root/terminal.conf --card {card} --identity passport \\
            --identity-valid-to 2018-01-01 --receipt {receipt} --password-file password \\
            --key-file {card}.key --out /root
        """)


def test_verify_is_silent(container):
    done = container.try_run("sh", "-c", "systemd-analyze verify /usr/lib/systemd/system/hakko*.s*")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_units_are_active_and_a_visit_works(container):
    for unit in UNITS:
        assert container.run("systemctl", "is-active", unit).strip() == "active"
    container.wait_for_status("hakkod", "serving")
    visit(container, "SHIROI000001", "R-1")
    assert (container.root / "root" / "certificate.pem").read_text().startswith("-----BEGIN")
    users = container.run("ps", "-o", "user:20=,args=", "-C", "hakkod,hakkod-signer,hakkod-publish")
    assert {line.split()[0] for line in users.splitlines()} == {
        "hakko-front", "hakko-signer", "hakko-publish"}


def test_stop_answers_what_was_accepted(container):
    """A request that waits on a row's lock while the service is told to stop is still answered."""
    card = "SHIROI000003"
    lock = subprocess.Popen(
        container.command("runuser", "-u", "postgres", "--", "psql", "-XqAt", "-d", "hakko"),
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    lock.stdin.write(f"BEGIN; SELECT 1 FROM hakko.resident WHERE card_number = '{card}' FOR UPDATE;\n")
    lock.stdin.flush()
    assert lock.stdout.readline().strip() == "1"
    request = subprocess.Popen(
        container.command("hakko-terminal", "open", "--config", "/root/terminal.conf", "--card",
                          card, "--identity", "passport", "--identity-valid-to", "2018-01-01"),
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    limit = time.monotonic() + 30
    while container.run("runuser", "-u", "postgres", "--", "psql", "-XqAt", "-d", "hakko", "-c",
                        waiting).strip() == "0":
        assert time.monotonic() < limit, request.communicate(timeout=10)
        time.sleep(0.05)
    stop = subprocess.Popen(container.command("systemctl", "stop", "hakkod.service"))
    while container.run("systemctl", "show", "-P", "ActiveState", "hakkod").strip() == "active":
        assert time.monotonic() < limit
        time.sleep(0.05)
    lock.stdin.write("COMMIT;\n")
    lock.stdin.close()
    assert request.wait(60) == 0, request.stdout.read()
    assert stop.wait(60) == 0
    assert container.run("systemctl", "show", "-P", "Result", "hakkod").strip() == "success"
    container.run("systemctl", "start", "hakkod.service")


def test_without_database_it_waits_and_says_so(container):
    container.run("systemctl", "stop", "hakkod.service", "hakkod-publish.service",
                  "postgresql@15-main")
    container.run("systemctl", "start", "hakkod.service", "hakkod-publish.service")
    container.wait_for_status("hakkod", "waiting for the database")
    container.wait_for_status("hakkod-publish", "waiting for the database")
    done = container.try_run("hakko-terminal", "show", "--config", "/root/terminal.conf",
                             "--application", "ap_" + "a" * 23)
    assert done.returncode != 0
    container.run("systemctl", "start", "postgresql@15-main")
    container.wait_for_status("hakkod", "serving")
    visit(container, "SHIROI000002", "R-2")


def test_the_signer_is_sandboxed(container):
    exposure = container.run("systemd-analyze", "security", "--no-pager", "hakkod-signer").strip()
    level = float(re.search(r"([0-9.]+) (OK|MEDIUM|SAFE|EXPOSED|UNSAFE)", exposure.splitlines()[-1])[1])
    assert level < 3.0, exposure
