#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Renders a manual page from the Markdown it is written in: render.py NAME.SECTION.md VERSION.

The subset: `# name(section)` first, `## SECTION`, `### part`, paragraphs, `- ` lists, fenced
blocks, and definitions: a line of terms, then `: text`. Inline: `code`, **strong**, *word*,
[text](target). Anything else that Markdown would take for its own is refused, with its line.
"""

import pathlib
import re
import sys

TITLE = re.compile(r"# ([a-z][a-z0-9-]*)\(([1-8])\)")
REFUSED = re.compile(r"(\d+\.|[*+>]) |\||!\[|#|    |\t|<[!a-z/]|---$")
INLINE = re.compile(r"`([^`]+)`|\*\*([^*]+)\*\*|\*([^*\s][^*]*)\*|\[([^\]]+)\]\([^)\s]+\)")
ESCAPES = {"\\": r"\(rs", "-": r"\-", "'": r"\(aq", "`": r"\(ga", "^": r"\(ha", "~": r"\(ti"}


class Refused(Exception):
    """The page holds what this does not render."""


def escape(text, code=False):
    """Text as roff prints it; in code a hyphen stays what was typed."""
    return "".join(mark if mark == "-" and not code else ESCAPES.get(mark, mark) for mark in text)


def inline(text):
    out, place = "", 0
    for match in INLINE.finditer(text):
        code, strong, word, link = match.groups()
        font = "B" if code or strong else "I" if word else "R"
        out += escape(text[place:match.start()])
        out += rf"\f{font}{escape(code or strong or word or link, bool(code))}\fR"
        place = match.end()
    out += escape(text[place:])
    # Nor is a leading dot a request.
    return r"\&" + out if out[:1] == "." else out


class Page:
    def __init__(self, text, name, version):
        self.lines = text.rstrip("\n").split("\n")
        self.at = 1
        title = TITLE.fullmatch(self.lines[0])
        if title is None or f"{title[1]}.{title[2]}" != name:
            raise Refused(f"1: does not begin with the title of {name}")
        self.out = [".nh", ".ad l"]
        self.head = f'.TH "{title[1].upper()}" "{title[2]}" "" "hakko {version}" "hakko"'

    def line(self):
        return self.lines[self.at] if self.at < len(self.lines) else ""

    def paragraph(self, first=""):
        """The lines up to a blank one or the next thing, `first` cut from the first."""
        taken = [self.line()[len(first):].strip()]
        self.at += 1
        while self.line() and not re.match(r"- |: |#|```", self.line()):
            taken.append(self.line().strip())
            self.at += 1
        return [inline(line) for line in taken]

    def fence(self):
        start = self.at
        self.at += 1
        self.out += [".PP", ".RS 4", ".nf"]
        while self.line() != "```":
            if self.at >= len(self.lines):
                raise Refused(f"{start + 1}: the block is not closed")
            self.out.append(r"\&" + escape(self.line(), code=True))
            self.at += 1
        self.at += 1
        self.out += [".fi", ".RE"]

    def definition(self, terms):
        self.out += [".TP", ", ".join(terms)] + self.paragraph(": ")
        while self.line().startswith(": "):
            self.out += [".IP"] + self.paragraph(": ")

    def block(self):
        line = self.line()
        heading = re.fullmatch(r"(##|###) (.+)", line)
        if heading:
            self.out.append(f'.{"SH" if heading[1] == "##" else "SS"} "{inline(heading[2])}"')
            self.at += 1
        elif line.startswith("```"):
            self.fence()
        elif line.startswith("- "):
            self.out += [r".IP \(bu 2"] + self.paragraph("- ")
        elif REFUSED.match(line) or line.startswith(": "):
            raise Refused(f"{self.at + 1}: not of the subset that is rendered")
        else:
            text = self.paragraph()
            if self.line().startswith(": "):
                self.definition(text)
            else:
                # A heading begins a paragraph by itself.
                self.out += text if self.out[-1].startswith(".S") else [".PP", *text]

    def render(self):
        while self.at < len(self.lines):
            if self.line().strip():
                self.block()
            else:
                self.at += 1
        return "\n".join([self.head, *self.out]) + "\n"


def main():
    path = pathlib.Path(sys.argv[1])
    try:
        sys.stdout.write(Page(path.read_text(encoding="utf-8"), path.stem, sys.argv[2]).render())
    except Refused as refused:
        sys.exit(f"{path}:{refused}")


if __name__ == "__main__":
    main()
