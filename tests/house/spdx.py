#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The licence stands first in every file of code, behind #! where there is one."""

import os

import tree

LICENCE = "SPDX-License-Identifier: Apache-2.0"
FORMS = {
    (".c", ".h", ".def"): f"/* {LICENCE} */",
    (".py", ".sh", "meson.build"): f"# {LICENCE}",
    (".sql",): f"-- {LICENCE}",
}
PLACES = tree.CODE_AND_TESTS + ("sql", "scripts")


def _first(text):
    lines = text.split("\n", 2)
    return lines[1] if lines[0].startswith("#!") and len(lines) > 1 else lines[0]


def check(root):
    for endings, form in FORMS.items():
        for path in tree.files(root, PLACES, *endings):
            text = tree.read(root, path)
            if text and _first(text) != form:
                yield f"{path}:1: does not begin with {form}"
    if not os.path.exists(os.path.join(root, "LICENSE")):
        yield "LICENSE:1: missing"


if __name__ == "__main__":
    tree.main(check)
