# SPDX-License-Identifier: Apache-2.0
"""The tables of hakkoctl and hakko-terminal, held against their manual pages and settings files."""
import os
import pathlib
import re
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[3]
PROGRAMS = {
    "hakkoctl": (os.environ["HAKKOCTL"], "hakkoctl.conf"),
    "hakko-terminal": (os.environ["HAKKO_TERMINAL"], "terminal.conf"),
}


def run(name, *words, status=0):
    done = subprocess.run([PROGRAMS[name][0], *words], capture_output=True, text=True)
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout


def commands(name):
    listed = run(name, "help").split("commands:\n")[1].split("\n\n")[0]
    return [re.split(r"  +", line.strip())[0] for line in listed.splitlines()][:-1]


def entries(name):
    """What the manual says of each command: from its line to the next one's."""
    text = (ROOT / "docs" / "man" / f"{name}.1.md").read_text(encoding="utf-8")
    found = {}
    for entry in re.split(r"\n\n", text):
        match = re.match(r"`([a-z][a-z ]*)`", entry)
        if match and "\n: " in entry:
            found[match.group(1)] = entry
    return found


@pytest.mark.parametrize("name", PROGRAMS)
def test_manual_has_every_command(name):
    assert sorted(entries(name)) == sorted(commands(name))


@pytest.mark.parametrize("name", PROGRAMS)
def test_manual_has_every_option(name):
    for command, entry in entries(name).items():
        table = re.findall(r"^  (--[a-z-]+)", run(name, "help", *command.split()), re.MULTILINE)
        named = set(re.findall(r"`(--[a-z-]+)`", entry))
        assert named == set(table), command


@pytest.mark.parametrize("name", PROGRAMS)
def test_manual_has_every_program_option(name):
    text = (ROOT / "docs" / "man" / f"{name}.1.md").read_text(encoding="utf-8")
    options = text.split("## OPTIONS")[1].split("\n## ")[0]
    table = run(name, "help").split("options of every command")[1]
    assert set(re.findall(r"`(--[a-z-]+)`", options)) == set(
        re.findall(r"^  (--[a-z-]+)", table, re.MULTILINE)
    )


@pytest.mark.parametrize("name", PROGRAMS)
def test_settings_file_has_every_key(name):
    path = ROOT / "conf" / PROGRAMS[name][1]
    run(name, "--config", str(path), "--check-config")
    printed = run(name, "--config", str(path), "--print-config")
    keys = [line.split(" = ")[0] for line in printed.splitlines()]
    given = [line.split("=")[0].strip() for line in path.read_text().splitlines()
             if line and not line.startswith("#")]
    assert given == keys


@pytest.mark.parametrize("name", PROGRAMS)
def test_every_command_refuses_what_it_does_not_know(name):
    for command in commands(name):
        run(name, *command.split(), "--nonsense", status=2)
        run(name, *command.split(), "stray", status=2)


@pytest.mark.parametrize("name", PROGRAMS)
def test_version(name):
    assert re.fullmatch(rf"{name} \d+\.\d+\.\d+\n", run(name, "--version"))
