#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""states.py PROGRAM GOLDEN DOCUMENT: the life cycle drawn by PROGRAM is the golden file, and the
document shows the same drawing. `PROGRAM > GOLDEN` accepts a change."""

import difflib
import pathlib
import subprocess
import sys


def main():
    program, golden, document = sys.argv[1:4]
    drawn = subprocess.run([program], check=True, capture_output=True, text=True).stdout
    accepted = pathlib.Path(golden).read_text()
    if drawn != accepted:
        sys.stdout.writelines(difflib.unified_diff(
            accepted.splitlines(True), drawn.splitlines(True), "golden", "drawn"))
        return 1
    if f"```mermaid\n{drawn}```\n" not in pathlib.Path(document).read_text():
        print(f"{document} does not show this drawing:\n{drawn}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
