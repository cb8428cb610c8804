#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Adds up the results of tests/run: count.py FOLDER, with meson's NAME.json, pytest's NAME.xml,
NAME.broken for what did not come to run, and NAME.ended for a runner that ended badly. Prints one
line; ends with 0 only when none failed and some ran."""

import collections
import json
import pathlib
import sys
import xml.etree.ElementTree

# meson's words; whatever else it says is a failure, timeouts among it.
MESON = {"OK": "passed", "EXPECTEDFAIL": "passed", "SKIP": "skipped"}


def of_meson(path):
    with open(path, encoding="utf-8") as lines:
        return [MESON.get(json.loads(line)["result"], "failed") for line in lines]


def of_pytest(path):
    for case in xml.etree.ElementTree.parse(path).iter("testcase"):
        words = {child.tag for child in case}
        if words & {"failure", "error"}:
            yield "failed"
        else:
            yield "skipped" if "skipped" in words else "passed"


def count(folder):
    total = collections.Counter()
    for path in sorted(pathlib.Path(folder).iterdir()):
        readers = {".json": of_meson, ".xml": of_pytest}
        if path.suffix in readers:
            total.update(readers[path.suffix](path))
        elif path.suffix == ".broken":
            total["failed"] += 1
        elif path.suffix == ".ended" and not _explained(path):
            total["failed"] += 1
    return total


def _explained(path):
    """A runner that ended badly because of tests that failed is not counted twice."""
    words = []
    if path.with_suffix(".json").exists():
        words += of_meson(path.with_suffix(".json"))
    if path.with_suffix(".xml").exists():
        words += of_pytest(path.with_suffix(".xml"))
    return "failed" in words


def main():
    total = count(sys.argv[1])
    line = f"{total['passed']} passed, {total['failed']} failed"
    if total["skipped"]:
        line += f", {total['skipped']} skipped"
    print(line, flush=True)
    sys.exit(1 if total["failed"] or not total["passed"] else 0)


if __name__ == "__main__":
    main()
