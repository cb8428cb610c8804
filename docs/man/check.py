#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Checks rendered manual pages: check.py PAGE…. groff has no warning, `man` can find the page's
name and purpose, and render.py refuses what it does not render. 77: no groff here."""

import pathlib
import re
import shutil
import subprocess
import sys

from render import Page, Refused

GOOD = "# good(8)\n\n## NAME\n\ngood - a page\n\n"
BAD = {
    "no title": "good(8)\n",
    "title of another page": "# other(8)\n",
    "numbered list": GOOD + "1. one\n",
    "table": GOOD + "| a | b |\n",
    "quotation": GOOD + "> said\n",
    "third heading": GOOD + "#### deep\n",
    "open block": GOOD + "```\ntext\n",
    "definition of nothing": GOOD + ": text\n",
    "HTML": GOOD + "<b>bold</b>\n",
}
RENDERED = {
    ".dot and 'quote\n": "\\&.dot and \\(aqquote",
    "'quote\n": "\\(aqquote",
    "a\\b `--x` -y\n": "a\\(rsb \\fB\\-\\-x\\fR -y",
    "`-a` FILE\n: text\n  more\n": ".TP\n\\fB\\-a\\fR FILE\ntext\nmore",
    "- one\n- two\n": ".IP \\(bu 2\none\n.IP \\(bu 2\ntwo",
    "```sh\n.x 'y'\n```\n": ".nf\n\\&.x \\(aqy\\(aq\n.fi",
    "a **b** *c* [d](e.md)\n": "a \\fBb\\fR \\fIc\\fR \\fRd\\fR",
}


def wrong():
    for what, text in BAD.items():
        try:
            Page(text, "good.8", "0").render()
            yield f"render.py takes a page with {what}"
        except Refused:
            pass
    for text, expected in RENDERED.items():
        out = Page(GOOD + text, "good.8", "0").render()
        if expected not in out:
            yield f"render.py makes of {text!r}:\n{out}"
    for path in map(pathlib.Path, sys.argv[1:]):
        done = subprocess.run(["groff", "-ww", "-K", "utf8", "-T", "utf8", "-man", "-z", path],
                              capture_output=True, text=True, check=False)
        if done.returncode != 0 or done.stderr:
            yield done.stderr or f"{path}: groff ended with {done.returncode}"
        name = path.stem
        if not re.search(rf'^\.SH "NAME"\n{name} - \w', path.read_text(encoding="utf-8"), re.M):
            yield f"{path}: the section NAME does not say \"{name} - what it is for\""


if shutil.which("groff") is None:
    sys.exit(77)
found = list(wrong())
print("\n".join(found))
sys.exit(1 if found else 0)
