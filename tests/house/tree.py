# SPDX-License-Identifier: Apache-2.0
"""The tree as the house checks read it. A check is a module with check(root), which gives
"path:line: what is wrong" for everything it finds; run as a program it prints them."""

import os
import re
import sys

CODE = ("lib", "daemon", "clients")
CODE_AND_TESTS = CODE + ("tests",)

_SKIPPED = re.compile(r"^(\.git|build.*|__pycache__|\.pytest_cache)$")
_COMMENT_OR_LITERAL = re.compile(
    r"""/\*.*?\*/ | "(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\\n])*'""", re.VERBOSE | re.DOTALL)


def files(root, folders, *endings):
    """Paths below root, sorted, of the files in these folders that end so."""
    found = []
    for folder in folders:
        for place, inner, names in os.walk(os.path.join(root, folder)):
            inner[:] = [name for name in inner if not _SKIPPED.match(name)]
            found += [os.path.relpath(os.path.join(place, name), root)
                      for name in names if name.endswith(endings)]
    return sorted(found)


def read(root, path):
    with open(os.path.join(root, path), encoding="utf-8") as file:
        return file.read()


def code(text, keep_strings=False):
    """C text with comments and the insides of literals blanked, places unchanged."""
    def blank(match):
        piece = match.group()
        if keep_strings and not piece.startswith("/*"):
            return piece
        inside = re.sub(r"[^\n]", " ", piece[1:-1])
        return piece[0] + inside + piece[-1] if piece[0] in "\"'" else " " + inside + " "
    return _COMMENT_OR_LITERAL.sub(blank, text)


def without_directives(text):
    """Code with preprocessor lines and their continuations blanked, places unchanged."""
    return re.sub(r"^[ \t]*#(?:\\\n|[^\n])*",
                  lambda match: re.sub(r"[^\n]", " ", match.group()), text, flags=re.MULTILINE)


def line_of(text, place):
    return text.count("\n", 0, place) + 1


def main(check):
    violations = list(check(sys.argv[1] if len(sys.argv) > 1 else "."))
    for violation in violations:
        print(violation)
    sys.exit(1 if violations else 0)
