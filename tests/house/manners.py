#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Habits of the code: structs have no typedef, a switch over an enum of ours has no default (so
that the compiler names what a new constant lacks), no macro hides a return, and no file is named
after nothing in particular."""

import re

import tree

VAGUE = re.compile(r"(^|[/_.-])(utils?|common|misc|helpers?|managers?)([/_.-]|$)", re.IGNORECASE)
_BLOCK = re.compile(r"\bswitch\s*\(")


def _constants(root):
    """Names of the constants of our enums, those made from a .def list by their prefix."""
    names, prefixes = set(), set()
    for path in tree.files(root, tree.CODE, ".c", ".h"):
        code = tree.code(tree.read(root, path))
        prefixes |= set(re.findall(r"#define\s+\w+\([^)\n]*\)\s+([A-Z]\w*_)##", code))
        for match in re.finditer(r"\benum\b\s*\w*\s*\{([^}]*)\}", tree.without_directives(code)):
            names |= set(re.findall(r"(?:^|,)\s*([A-Za-z]\w*)", match[1]))
    return names, tuple(sorted(prefixes))


def _closing(code, place):
    """Place of the brace that closes the one at `place`."""
    depth = 0
    for match in re.finditer(r"[{}]", code[place:]):
        depth += 1 if match.group() == "{" else -1
        if depth == 0:
            return place + match.start()
    return len(code)


def _switches(code):
    """The labels of each switch, without those of switches inside it, and where it stands."""
    for match in _BLOCK.finditer(code):
        opening = code.find("{", match.end())
        block = code[opening + 1:_closing(code, opening)]
        while inner := _BLOCK.search(block):
            start = block.find("{", inner.end())
            block = block[:inner.start()] + block[_closing(block, start) + 1:]
        yield match.start(), block


def _default(code, names, prefixes):
    for place, block in _switches(code):
        ours = [label for label in re.findall(r"\bcase\s+(\w+)", block)
                if label in names or (prefixes and label.startswith(prefixes))]
        if ours and re.search(r"\bdefault\s*:", block):
            yield place, f"a switch over {ours[0]} has a default"


def _macros(code):
    for match in re.finditer(r"^[ \t]*#[ \t]*define\b(?:\\\n|[^\n])*", code, re.MULTILINE):
        hidden = re.search(r"\b(return|goto)\b", match.group())
        # A macro that makes whole functions returns from these, not from its user.
        whole = re.match(r"\s*#\s*define\s+\w+\([^)]*\)[\s\\]*static\b", match.group())
        if hidden and not whole:
            yield match.start(), f"a macro hides a {hidden[1]}"


def _typedefs(code):
    # A type of functions that give or take one is none of a struct.
    for match in re.finditer(r"\btypedef\s+(struct|union|enum)\b\s*\w*\s*(\{|\*?\s*\w+\s*;)", code):
        yield match.start(), f"typedef of a {match[1]}"


def check(root):
    names, prefixes = _constants(root)
    for path in tree.files(root, tree.CODE_AND_TESTS, ".c", ".h"):
        code = tree.code(tree.read(root, path))
        for place, wrong in [*_default(code, names, prefixes), *_macros(code), *_typedefs(code)]:
            yield f"{path}:{tree.line_of(code, place)}: {wrong}"
    for path in tree.files(root, tree.CODE_AND_TESTS + ("sql", "docs", "scripts"), ""):
        if VAGUE.search(path):
            yield f"{path}:1: the name says nothing"


if __name__ == "__main__":
    tree.main(check)
