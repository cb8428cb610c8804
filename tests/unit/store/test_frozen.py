#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A migration that was released never changes: every line of sql/FROZEN still holds."""

import hashlib
import pathlib
import re
import sys

SQL = pathlib.Path(__file__).resolve().parents[3] / "sql"


def wrong_lines(folder):
    """What of FROZEN does not hold, or is no such line."""
    for line in (folder / "FROZEN").read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        match = re.fullmatch(r"([0-9a-f]{64})  ([0-9]{4}-[a-z0-9-]+\.sql)", line)
        path = folder / match.group(2) if match else None
        if path is None or not path.exists():
            yield f"no such migration: {line}"
        elif hashlib.sha256(path.read_bytes()).hexdigest() != match.group(1):
            yield f"changed after its release: {path.name}"


def missing_from_build(folder):
    """Migrations that lib/store/meson.build does not embed."""
    build = (folder.parent / "lib/store/meson.build").read_text(encoding="utf-8")
    for path in sorted(folder.glob("[0-9]*.sql")):
        if f"/{path.name}'" not in build:
            yield f"not in lib/store/meson.build: {path.name}"


if __name__ == "__main__":
    FOUND = [*wrong_lines(SQL), *missing_from_build(SQL)]
    print("\n".join(FOUND))
    sys.exit(1 if FOUND else 0)
