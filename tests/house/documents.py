#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Every file that a document names exists: links, and what stands in backticks and looks like a
path of this tree. A star matches, a brace {a,b} stands for both, <name> is a placeholder."""

import glob
import os
import re

import tree

DOCUMENTS = ("README.md", "NEWS.md", "CONTRIBUTING.md", "SECURITY.md")
TOPS = {"lib", "daemon", "clients", "tests", "docs", "sql", "conf", "systemd", "debian", "scripts",
        ".ci", "tools"}
_BARE = re.compile(r"[A-Za-z0-9][\w.-]*\.(md|txt|py|c|h|def|sql|yaml|case)")
_PATH = re.compile(r"[\w.*{},/-]+")


def _expand(path):
    match = re.search(r"\{([^{}]*,[^{}]*)\}", path)
    if not match:
        return [path]
    return [expanded for piece in match[1].split(",")
            for expanded in _expand(path[:match.start()] + piece + path[match.end():])]


def _exists(root, document, path):
    """From the root or from the document's folder; a bare name anywhere in the tree."""
    for start in (root, os.path.join(root, os.path.dirname(document))):
        if glob.glob(os.path.join(start, path)):
            return True
    if "/" in path:
        return False
    return bool(tree.files(root, [top for top in TOPS], "/" + path)) or any(
        os.path.basename(found) == path for found in tree.files(root, sorted(TOPS), path))


def _named(text):
    """Place and path of everything that looks like a file of the tree."""
    for match in re.finditer(r"\]\(([^)\s]+)\)", text):
        target = match[1].partition("#")[0]
        if target and not re.match(r"[a-z]+:", target):
            yield match.start(), target
    for match in re.finditer(r"`([^`\n]+)`", text):
        word = match[1].split(":")[0] if re.search(r":\d+$", match[1]) else match[1]
        word = word.removeprefix("./")
        if not _PATH.fullmatch(word):
            continue
        if word.split("/")[0] in TOPS and "/" in word or _BARE.fullmatch(word):
            yield match.start(), word


def check(root):
    documents = [name for name in DOCUMENTS if os.path.exists(os.path.join(root, name))]
    for document in documents + tree.files(root, ["docs"], ".md"):
        text = tree.read(root, document)
        for place, named in _named(text):
            for path in _expand(named):
                if not _exists(root, document, path.rstrip("/")):
                    yield f"{document}:{tree.line_of(text, place)}: no file {path}"


if __name__ == "__main__":
    tree.main(check)
