#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The code is laid out as .clang-format says. Without clang-format: skipped, and it says so."""

import re
import shutil
import subprocess
import sys

import tree

SKIPPED = 77  # meson's word for it


def check(root):
    paths = tree.files(root, tree.CODE_AND_TESTS, ".c", ".h")
    for start in range(0, len(paths), 50):
        answer = subprocess.run(
            ["clang-format", "--style=file", "--dry-run", "-Werror", *paths[start:start + 50]],
            cwd=root, capture_output=True, text=True, check=False)
        wrong = {}
        for path, line in re.findall(r"^(\S+?):(\d+):\d+: error:", answer.stderr, re.MULTILINE):
            wrong.setdefault(path, line)
        for path, line in wrong.items():
            yield f"{path}:{line}: not as clang-format writes it"
        if answer.returncode != 0 and not wrong:
            yield f"clang-format: {answer.stderr}"


if __name__ == "__main__":
    if not shutil.which("clang-format"):
        print("skipped: clang-format is not installed")
        sys.exit(SKIPPED)
    tree.main(check)
