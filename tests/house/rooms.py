#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""docs/rooms.txt holds: every include and every dependency in a meson.build stays inside it."""

import fnmatch
import os
import re

import tree

RULES = "docs/rooms.txt"


class Room:
    def __init__(self, name, folder, rooms):
        self.name, self.folder, self.rooms = name, folder, {name, *rooms}
        self.uses = {}  # library to the patterns of files that may include it
        self.pure = False


class Rules:
    def __init__(self, text):
        self.libraries = {}  # name to (dependency, patterns of headers)
        self.rooms = {}
        self.only = {}
        self.pure_headers = []
        room = None
        for number, line in enumerate(text.splitlines(), 1):
            head, _, tail = line.partition("#")[0].partition(":")
            words, values = head.split(), tail.split()
            match words:
                case []:
                    continue
                case ["library", name, dependency]:
                    self.libraries[name] = (dependency, values)
                case ["room", name, folder]:
                    room = self.rooms[name] = Room(name, folder, values)
                case ["uses", library] if room and library in self.libraries:
                    room.uses[library] = values
                case ["pure"] if not values and room:
                    room.pure = True
                case ["pure"]:
                    self.pure_headers = values
                case ["only", header]:
                    self.only[header] = values
                case _:
                    raise ValueError(f"{RULES}:{number}: not understood")

    def room_of(self, path):
        for room in self.rooms.values():
            if path.startswith(room.folder + "/"):
                return room
        return None

    def library_of(self, header):
        """The library with the narrowest pattern for a header, or None."""
        best = None
        for name, (_, patterns) in self.libraries.items():
            for pattern in patterns:
                if fnmatch.fnmatch(header, pattern) and (not best or len(pattern) > len(best[1])):
                    best = (name, pattern)
        return best[0] if best else None


def _include(rules, room, path, quote, header):
    """What is wrong with an include, or None."""
    if quote == '"':
        other = header.split("/")[0]
        if other not in rules.rooms:
            return f"{header} names no room"
        if other not in room.rooms:
            return f"room {room.name} may not include {header}"
        if room.name not in rules.only.get(header, [room.name]):
            return f"room {room.name} may not include {header}"
        return "includes code" if header.endswith(".c") else None
    library = rules.library_of(header)
    if library is None:
        pure = not room.pure or header in rules.pure_headers
        return None if pure else f"pure room {room.name} may not include {header}"
    inside = os.path.relpath(path, room.folder)
    if any(fnmatch.fnmatch(inside, pattern) for pattern in room.uses.get(library, [])):
        return None
    return f"{inside} of room {room.name} may not include {header} ({library})"


def _includes(rules, root):
    for path in tree.files(root, tree.CODE, ".c", ".h"):
        room = rules.room_of(path)
        if room is None:
            yield f"{path}:1: lies in no room"
            continue
        text = tree.code(tree.read(root, path), keep_strings=True)
        for match in re.finditer(r'^\s*#\s*include\s*(["<])([^">]+)[">]', text, re.MULTILINE):
            wrong = _include(rules, room, path, *match.groups())
            if wrong:
                yield f"{path}:{tree.line_of(text, match.start(1))}: {wrong}"


def _links(rules, root):
    dependencies = {dependency: name for name, (dependency, _) in rules.libraries.items()}
    for path in tree.files(root, tree.CODE, "meson.build"):
        room = rules.room_of(path)
        if room is None:
            yield f"{path}:1: lies in no room"
            continue
        text = tree.read(root, path)
        own = set(re.findall(r"^\s*((?:dep|lib)_\w+)\s*=", text, re.MULTILINE))
        for number, line in enumerate(text.splitlines(), 1):
            line = line.partition("#")[0]
            if re.search(r"\bdependency\s*\(|find_library", line):
                yield f"{path}:{number}: dependencies are found in the first meson.build only"
            for kind, name in re.findall(r"\b(dep|lib)_(\w+)", line):
                library = dependencies.get(f"{kind}_{name}")
                if name in rules.rooms and not library:
                    if name not in room.rooms:
                        yield f"{path}:{number}: room {room.name} may not link {name}"
                elif library is None and f"{kind}_{name}" not in own:
                    yield f"{path}:{number}: {kind}_{name} is not known to {RULES}"
                elif library and library not in room.uses:
                    yield f"{path}:{number}: room {room.name} may not link {library}"


def check(root):
    rules = Rules(tree.read(root, RULES))
    yield from _includes(rules, root)
    yield from _links(rules, root)


if __name__ == "__main__":
    tree.main(check)
