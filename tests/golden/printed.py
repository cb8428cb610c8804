#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""printed.py PROGRAM ACCEPTED: what PROGRAM prints is the accepted file, to the last character.
`PROGRAM > ACCEPTED` accepts a change."""

import difflib
import pathlib
import subprocess
import sys


def main():
    program, accepted = sys.argv[1:3]
    printed = subprocess.run([program], check=True, capture_output=True, text=True).stdout
    expected = pathlib.Path(accepted).read_text(encoding="utf-8")
    sys.stdout.writelines(difflib.unified_diff(
        expected.splitlines(True), printed.splitlines(True), accepted, "printed"))
    return 0 if printed == expected else 1


if __name__ == "__main__":
    sys.exit(main())
