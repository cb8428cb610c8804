#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Writes a C file that holds the migrations: embed_migrations.py OUTPUT sql/0001-name.sql ..."""

import hashlib
import pathlib
import re
import sys

HEAD = """/* SPDX-License-Identifier: Apache-2.0 */
/* Made by lib/store/embed_migrations.py from the files in sql/. */
#include "store/system.h"
"""


def octets(data):
    return "\n".join("\t" + " ".join(f"0x{octet:02x}," for octet in data[i:i + 16])
                     for i in range(0, len(data), 16))


def main(output, *files):
    text, rows = HEAD, ""
    for expected, path in enumerate(sorted(map(pathlib.Path, files)), start=1):
        number, name = re.fullmatch(r"([0-9]{4})-([a-z0-9-]+)\.sql", path.name).groups()
        if int(number) != expected:
            raise SystemExit(f"{path}: number {expected:04} was to come next")
        data = path.read_bytes()
        digest = ", ".join(f"0x{octet:02x}" for octet in hashlib.sha256(data).digest())
        text += f"\nstatic const unsigned char sql_{number}[] = {{\n{octets(data + bytes(1))}\n}};\n"
        rows += f'\t{{ {expected}, "{name}", (const char *)sql_{number}, {{ {{ {digest} }} }} }},\n'
    text += f"\nstatic const struct store_migration rows[] = {{\n{rows}}};\n"
    text += ("\nconst struct store_migration *store_migrations(size_t *ret_count_of_rows)\n{\n"
             "\t*ret_count_of_rows = LENGTH_OF(rows);\n\treturn rows;\n}\n")
    pathlib.Path(output).write_text(text, encoding="ascii")


if __name__ == "__main__":
    main(*sys.argv[1:])
