#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""docs/rules.md names every rule that refusals and cases name, once, and says whether it is enforced."""

import pathlib
import re
import sys

STATUSES = {"enforced", "in part", "recorded", "later"}
ID = re.compile(r"[A-Z]\d+a?")
EXPECTED = (
    ["P0", "P1", "P1a"]
    + [f"P{i}" for i in range(2, 13)]
    + [f"A{i}" for i in range(1, 14)]
    + [f"V{i}" for i in range(1, 8)]
    + [f"K{i}" for i in range(1, 7)]
    + [f"R{i}" for i in range(1, 10)]
    + [f"L{i}" for i in range(1, 6)]
)


def manual_rules(text):
    """Id and status of each row `| id | status | rule |`."""
    return re.findall(r"^\| ([A-Z]\d+a?) \| ([a-z ]+) \|", text, re.MULTILINE)


def refusal_rules(text):
    """The fourth member of each REFUSAL(...)."""
    rows = re.findall(r'^REFUSAL\(\w+, "\w+", \d+, "([^"]*)",', text, re.MULTILINE)
    if len(rows) != len(re.findall(r"^REFUSAL\(", text, re.MULTILINE)):
        sys.exit("refusal.def has a row that this test cannot read")
    return {rule for row in rows for rule in row.split()}


def case_rules(folder):
    found = {}
    for path in sorted(folder.glob("*.case")):
        for line in re.findall(r"^\s*rules:(.*)$", path.read_text(), re.MULTILINE):
            found.update({rule: path.name for rule in line.split()})
    return found


def main():
    root = pathlib.Path(sys.argv[1])
    rows = manual_rules((root / "docs/rules.md").read_text())
    ids = [rule for rule, _ in rows]
    wrong = [f"{rule}: status {status!r}" for rule, status in rows if status not in STATUSES]
    wrong += [f"{rule}: twice in docs/rules.md" for rule in set(ids) if ids.count(rule) > 1]
    wrong += [f"{rule}: missing in docs/rules.md" for rule in EXPECTED if rule not in ids]
    wrong += [f"{rule}: a rule nobody knows" for rule in ids if rule not in EXPECTED]
    for rule in sorted(refusal_rules((root / "lib/model/refusal.def").read_text())):
        if rule not in ids:
            wrong.append(f"{rule}: in refusal.def, not in docs/rules.md")
    for rule, name in sorted(case_rules(root / "tests/cases").items()):
        if rule not in ids:
            wrong.append(f"{rule}: in {name}, not in docs/rules.md")
    for row in wrong:
        print(row)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
