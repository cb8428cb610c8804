#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Each header compiles alone, with gcc and where it is installed with clang; begins with a
comment on what it is for; and lets nobody ignore an int."""

import concurrent.futures
import os
import re
import shutil
import subprocess

import tree

FLAGS = """-fsyntax-only -std=gnu17 -D_GNU_SOURCE -Wall -Wextra -Wpedantic -Wshadow -Wconversion
    -Wformat=2 -Wvla -Wundef -Wstrict-prototypes -Wmissing-prototypes -Wswitch-enum -Werror
    -Ilib -Idaemon -Iclients""".split()
PACKAGES = "libcrypto libmicrohttpd gnutls libpq jansson libsystemd libcurl".split()


def _package_flags():
    answer = subprocess.run(["pkg-config", "--cflags", *PACKAGES], capture_output=True, text=True,
                            check=False)
    return answer.stdout.split()


def _compile(root, path, compiler, flags):
    """Twice, as a header must also bear being included again."""
    line = f'#include "{path.split("/", 1)[1]}"\n'
    unit = line * 2 + "extern int hakko_no_empty_unit;\n"
    answer = subprocess.run([compiler, "-x", "c", *flags, "-"], cwd=root, input=unit,
                            capture_output=True, text=True, check=False)
    if answer.returncode != 0:
        first = next((l for l in answer.stderr.splitlines() if "error" in l), answer.stderr)
        return f"{path}:1: does not compile alone with {compiler}: {first}"
    return None


def _text(root, path):
    text = tree.read(root, path)
    lines = text.splitlines()
    if len(lines) < 3 or not lines[1].startswith("/*"):
        yield f"{path}:2: no comment on what the header is for"
    if "\n#pragma once\n" not in text:
        yield f"{path}:1: no #pragma once"
    for match in re.finditer(r"^int\s+\w+\([^;{]*;", tree.code(text), re.MULTILINE):
        if "MUST_CHECK" not in match.group():
            yield f"{path}:{tree.line_of(text, match.start())}: an int without MUST_CHECK"


def check(root):
    paths = tree.files(root, tree.CODE, ".h")
    for path in paths:
        yield from _text(root, path)
    flags = FLAGS + _package_flags()
    compilers = [name for name in ("gcc", "clang") if shutil.which(name)]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        jobs = [pool.submit(_compile, root, path, compiler, flags)
                for path in paths for compiler in compilers]
        yield from filter(None, (job.result() for job in jobs))


if __name__ == "__main__":
    tree.main(check)
