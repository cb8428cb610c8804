#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The policy room is pure: purity.py ROOM.a MODEL.a BASE.a. Its objects refer to nothing but
themselves, the model, base's calendar and a few functions of memory and strings, and hold no
memory that can be written."""

import re
import subprocess
import sys

ALLOWED = {
    "memcmp", "memcpy", "memmove", "memset", "strcmp", "strlen", "strncmp",
    "__memcpy_chk", "__memmove_chk", "__memset_chk",
    "__stack_chk_fail", "__assert_fail", "_GLOBAL_OFFSET_TABLE_",
}
CALENDAR = "calendar.c.o"


def _run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def _symbols(archive, *options, member=None):
    """Names of symbols, of one member or of all."""
    found, current = set(), None
    for line in _run("nm", *options, archive).splitlines():
        if line.endswith(":"):
            current = line[:-1]
        elif line.strip() and (member is None or (current or "").endswith(member)):
            found.add(line.split()[-1])
    return found


def _writable(archive):
    """Objects in sections that can be written when the program runs."""
    for line in _run("objdump", "-t", archive).splitlines():
        match = re.match(r"[0-9a-f]+ .{7} (\S+)\t([0-9a-f]+)(?: \.\w+)* +(\S+)$", line)
        if not match or match[1] == match[3] or int(match[2], 16) == 0:
            continue
        section = match[1]
        if section == "*COM*" or (re.match(r"\.(data|bss|tdata|tbss)(\.|$)", section)
                                  and not section.startswith(".data.rel.ro")):
            yield match[3]


def check(room, model, base):
    known = ALLOWED | _symbols(room, "--defined-only") | _symbols(model, "--defined-only")
    known |= _symbols(base, "--defined-only", member=CALENDAR)
    for name in sorted(_symbols(room, "-u") - known):
        yield f"{room}: refers to {name}"
    for name in sorted(_writable(room)):
        yield f"{room}: {name} can be written"


if __name__ == "__main__":
    violations = list(check(*sys.argv[1:4]))
    print("\n".join(violations))
    sys.exit(1 if violations else 0)
