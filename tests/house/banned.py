#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Functions that nobody calls here: they overflow, share hidden memory between threads, follow
the locale, or swallow errors. // comments are not written either."""

import re

import tree

BANNED = {
    "no limit": "strcpy strcat sprintf vsprintf gets stpcpy wcscpy alloca scanf",
    "no terminator, or a silent cut": "strncpy strncat",
    "hidden memory shared by threads": "strtok gmtime localtime asctime ctime rand srand"
        " getpwnam getpwuid gethostbyname inet_ntoa readdir_r tmpnam basename dirname",
    "follows the local time zone": "mktime localtime_r strptime",
    "errors are lost": "atoi atol atoll atof",
    "runs a shell": "system popen",
    "races with others": "mktemp tempnam",
    "use deadlines and conditions": "sleep usleep",
}
IN_ROOMS = {
    "rooms do not end the process": "exit _exit quick_exit",
    "rooms do not log": "printf puts putchar perror syslog",
}


def _pattern(names):
    return re.compile(r"(?<![\w.>])(" + "|".join(names.split()) + r")\s*\(")


def _calls(code, rules):
    for why, names in rules.items():
        for match in _pattern(names).finditer(code):
            yield match, why


def check(root):
    for path in tree.files(root, tree.CODE_AND_TESTS, ".c", ".h"):
        code = tree.code(tree.read(root, path))
        rules = BANNED | IN_ROOMS if path.startswith("lib/") else BANNED
        for match, why in _calls(code, rules):
            yield f"{path}:{tree.line_of(code, match.start(1))}: {match[1]}(): {why}"
        for match in re.finditer(r"//", code):
            yield f"{path}:{tree.line_of(code, match.start())}: comments are /* */"


if __name__ == "__main__":
    tree.main(check)
