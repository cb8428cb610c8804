# SPDX-License-Identifier: Apache-2.0
"""What the system tests stand on: real programs, a real PostgreSQL, one installation a module."""

import os
import pathlib
import shutil
import sys
import tempfile

import pytest

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "scripts"))

from api import Api  # noqa: E402
from installation import Installation  # noqa: E402
from residents import Residents  # noqa: E402

BUILD = pathlib.Path(os.environ.get("HAKKO_BUILD", TOP / "build"))
LONG = os.environ.get("HAKKO_LONG") == "1"


def installed(**options):
    """An installation in a folder of its own, prepared and started; the caller stops it."""
    state = pathlib.Path(tempfile.mkdtemp(prefix="hakko-test-", dir="/tmp"))
    state.chmod(0o755)
    own = Installation(state, BUILD, durable=options.pop("durable", False), **options)
    own.residents = Residents()
    own.prepare()
    return own


def removed(own):
    """Stops everything and removes the folder; the logs stay when HAKKO_KEEP is set."""
    try:
        own.stop()
    finally:
        if "HAKKO_KEEP" not in os.environ:
            shutil.rmtree(own.state, ignore_errors=True)


def enrolled(own):
    """Shiroi with a terminal, Narita with another, an auditor, and the sample residents."""
    own.enrol(own.residents.write(own.state / "residents.csv"))
    own.ctl("municipality", "add", "--code", "12211", "--name", "成田市", "--romaji", "Narita-shi")
    own.make_certificate("elsewhere")
    own.register("elsewhere", "terminal", "12211")
    return own


@pytest.fixture(scope="module")
def installation():
    own = installed()
    try:
        own.start()
        yield enrolled(own)
    finally:
        removed(own)


@pytest.fixture
def terminal(installation):
    api = Api(installation)
    yield api
    api.close()


@pytest.fixture
def auditor(installation):
    api = Api(installation, "auditor")
    yield api
    api.close()


@pytest.fixture
def card(installation):
    """A Juki card whose holder has not been at the counter yet."""
    return installation.residents.next_card()
