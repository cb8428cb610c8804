# SPDX-License-Identifier: Apache-2.0
"""Issuing under load: every CSR of 16 connections ends in a certificate (docs/performance.md)."""

import os
import sys
import types

import pytest

from conftest import BUILD, TOP

sys.path.insert(0, str(TOP / "tests" / "bench"))

import issuing  # noqa: E402


@pytest.mark.skipif(os.environ.get("HAKKO_LONG") != "1", reason="HAKKO_LONG=1: a measurement")
def test_every_request_of_a_load_is_issued():
    result = issuing.measure(types.SimpleNamespace(
        build=BUILD, count=1000, rounds=1, warm_up=100, connections=16))
    print(issuing.table(result))
    assert issuing.complete(result)
