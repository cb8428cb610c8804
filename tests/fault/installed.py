#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The installed programs hold nothing of the crash points; those of this folder do:
installed.py PROGRAM... -- CRASH_PROGRAM..."""

import re
import subprocess
import sys

SYMBOL = re.compile(r"crash_point|__wrap_|__real_")
TEXT = b"HAKKO_CRASH_CONTROL"


def traces(program):
    """What of the crash points is in a program: symbols, and their variable's name."""
    symbols = subprocess.run(["nm", program], check=True, capture_output=True, text=True).stdout
    found = sorted(set(line.split()[-1] for line in symbols.splitlines() if SYMBOL.search(line)))
    with open(program, "rb") as file:
        return found + [TEXT.decode()] * (TEXT in file.read())


def main(arguments):
    installed, crashing = (list(part) for part in (
        arguments[:arguments.index("--")], arguments[arguments.index("--") + 1:]))
    wrong = [f"{program}: {trace}" for program in installed for trace in traces(program)]
    wrong += [f"{program}: no crash points in it" for program in crashing if not traces(program)]
    print("\n".join(wrong))
    return 1 if wrong or not installed or not crashing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
