#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""states.py PROGRAM GOLDEN DOCUMENT SQL: the life cycle drawn by PROGRAM is the golden file, the
document shows the same drawing, and the database's trigger has the same steps. `PROGRAM > GOLDEN`
accepts a change."""

import difflib
import pathlib
import re
import subprocess
import sys


def drawn_steps(drawing):
    return set(re.findall(r"^ +(\w+) --> (\w+):", drawing, re.MULTILINE))


def database_steps(sql):
    """The list in hakko.application_step(): 'from to', separated by commas."""
    trigger = sql[sql.index("FUNCTION hakko.application_step()"):]
    listed = re.search(r"ANY \('\{(.*?)\}'::text\[\]\)", trigger, re.DOTALL)
    return {tuple(step.split()) for step in listed[1].split(",")}


def main():
    program, golden, document, sql = sys.argv[1:5]
    drawn = subprocess.run([program], check=True, capture_output=True, text=True).stdout
    accepted = pathlib.Path(golden).read_text(encoding="utf-8")
    wrong = list(difflib.unified_diff(
        accepted.splitlines(), drawn.splitlines(), "golden", "drawn", lineterm=""))
    if f"```mermaid\n{drawn}```\n" not in pathlib.Path(document).read_text(encoding="utf-8"):
        wrong.append(f"{document} does not show this drawing")
    in_database = database_steps(pathlib.Path(sql).read_text(encoding="utf-8"))
    for step in sorted(drawn_steps(drawn) ^ in_database):
        side = "only the database has" if step in in_database else "the database lacks"
        wrong.append(f"{side} the step {' '.join(step)}")
    print("\n".join(wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
