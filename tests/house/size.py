#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Files of at most 600 lines, functions of at most 60, statements at most three levels deep. The
medians are printed for whoever cares to look."""

import re
import statistics
import sys

import tree

FILE_MAX = 600
FUNCTION_MAX = 60
LEVEL_MAX = 3

_TOKEN = re.compile(r"[A-Za-z_]\w*|[{}()\[\];?:]|\S")


def functions(text):
    """First line, number of lines and body of each function: a brace in the first column to the
    next closing one there."""
    for match in re.finditer(r"^\{\n.*?^\}$", text, re.MULTILINE | re.DOTALL):
        yield tree.line_of(text, match.start()), match.group().count("\n") + 1, match


class Levels:
    """Walks the statements of a function and gives the line and level of those too deep."""

    def __init__(self, text, start, end):
        self.text = text
        self.tokens = [(match.group(), match.start())
                       for match in _TOKEN.finditer(text, start, end)]
        self.at = 0
        self.deep = []

    def peek(self):
        return self.tokens[self.at][0] if self.at < len(self.tokens) else ""

    def brackets(self):
        """Passes over a bracketed run, from its opening to its closing."""
        depth = 0
        while self.peek():
            depth += (self.peek() in ("(", "[", "{")) - (self.peek() in (")", "]", "}"))
            self.at += 1
            if depth <= 0:
                return

    def block(self, level):
        self.at += 1
        while self.peek() not in ("}", ""):
            self.statement(level)
        self.at += 1

    def body(self, level):
        """What belongs to a head such as if (…): a block or a single statement, one deeper."""
        if self.peek() == "{":
            self.block(level + 1)
        else:
            self.statement(level + 1)

    def label(self):
        """Passes over `case …:`, `default:` and `name:`."""
        while self.peek() not in (":", ""):
            self.at += 1
        self.at += 1

    def expression(self, level):
        """Passes to the semicolon; a brace behind a closing bracket is a macro's loop."""
        before = ""
        while self.peek() not in (";", ""):
            if self.peek() == "{" and before == ")" and self.loops:
                return self.block(level + 1)
            self.loops = self.loops and self.peek() not in ("=", "return")
            if self.peek() in ("(", "[", "{"):
                before = {"(": ")", "[": "]", "{": "}"}[self.peek()]
                self.brackets()
            else:
                before = self.peek()
                self.at += 1
        self.at += 1
        return None

    def statement(self, level):
        word = self.peek()
        following = self.tokens[self.at + 1][0] if self.at + 1 < len(self.tokens) else ""
        if word in ("case", "default") or (following == ":" and word.isidentifier()):
            return self.label()
        if word == "{":
            return self.block(level + 1)
        if level > LEVEL_MAX:
            self.deep.append(tree.line_of(self.text, self.tokens[self.at][1]))
        if word in ("if", "for", "while", "switch"):
            self.at += 1
            self.brackets()
            self.body(level)
            if self.peek() == "else":
                self.at += 1
                # `else if` stands where the `if` stood.
                return self.statement(level) if self.peek() == "if" else self.body(level)
            return None
        if word == "do":
            self.at += 1
            self.body(level)
        self.loops = True
        return self.expression(level)


def _file(root, path, file_lines, function_lines):
    text = tree.read(root, path)
    lines = text.count("\n")
    file_lines.append(lines)
    if lines > FILE_MAX:
        yield f"{path}:{FILE_MAX}: {lines} lines, {FILE_MAX} is the limit"
    code = tree.without_directives(tree.code(text))
    for first, length, match in functions(code):
        function_lines.append(length)
        if length > FUNCTION_MAX:
            yield f"{path}:{first}: a function of {length} lines, {FUNCTION_MAX} is the limit"
        levels = Levels(code, match.start(), match.end())
        levels.block(1)
        for line in levels.deep[:1]:
            yield f"{path}:{line}: more than {LEVEL_MAX} levels of indentation"


def check(root):
    for folders in (tree.CODE, ("tests",)):
        file_lines, function_lines = [], []
        for path in tree.files(root, folders, ".c", ".h"):
            yield from _file(root, path, file_lines, function_lines)
        if function_lines:
            print(f"{' '.join(folders)}: {len(file_lines)} files, median "
                  f"{statistics.median(file_lines):g} lines, longest {max(file_lines)}; "
                  f"{len(function_lines)} functions, median "
                  f"{statistics.median(function_lines):g} lines, longest {max(function_lines)}",
                  file=sys.stderr)


if __name__ == "__main__":
    tree.main(check)
