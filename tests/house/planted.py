#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Each house check goes red on a planted violation, and is green without it: planted.py CHECK."""

import importlib
import os
import shutil
import subprocess
import sys
import tempfile
import textwrap
import unittest

C = "/* SPDX-License-Identifier: Apache-2.0 */\n"
HEADER = C + "/*\n * What it is for.\n */\n#pragma once\n\n"


class Planted(unittest.TestCase):
    """A small clean tree, to which a test adds what must be found."""

    name = ""

    def setUp(self):
        self.root = tempfile.mkdtemp(prefix="hakko-house-")
        self.addCleanup(shutil.rmtree, self.root)
        self.check = importlib.import_module(self.name).check
        self.put("LICENSE", "the licence\n")
        self.put("lib/base/fault.h", HEADER + "void fault(void);\n")
        self.put("lib/base/fault.c", C + '#include "base/fault.h"\n\nvoid fault(void)\n{\n}\n')

    def put(self, path, text):
        path = os.path.join(self.root, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(textwrap.dedent(text))

    def assert_clean(self):
        self.assertEqual(list(self.check(self.root)), [])

    def assert_found(self, *expected):
        """One violation for each expected piece of text, in this order, and no other."""
        found = list(self.check(self.root))
        self.assertEqual(len(found), len(expected), found)
        for violation, piece in zip(found, expected):
            self.assertIn(piece, violation)

    def assert_red(self, path, text, *expected):
        """Clean without the file, found with it, clean again when it is gone."""
        self.put(path, text)
        self.assert_found(*expected)
        os.remove(os.path.join(self.root, path))


class Rooms(Planted):
    name = "rooms"

    def setUp(self):
        super().setUp()
        self.put("docs/rooms.txt", """\
            library crypto dep_crypto: openssl/*
            library ssl dep_ssl: openssl/ssl.h
            library systemd dep_systemd: systemd/*
            pure: stddef.h
            room base lib/base:
                uses crypto: digest.c
            room policy lib/policy: base
                pure
            room pki lib/pki: base
                uses crypto: *
            room front daemon/front: base pki
            only base/log.h: base front
            """)
        self.put("lib/base/meson.build", "lib_base = static_library('base', [dep_crypto])\n")
        self.put("lib/base/digest.c", C + "#include <openssl/evp.h>\n")
        self.put("lib/pki/csr.c", C + '#include <openssl/x509.h>\n#include "base/fault.h"\n')
        self.put("lib/policy/decide.c", C + '#include <stddef.h>\n/* #include <stdio.h> */\n')
        self.put("daemon/front/main.c", C + '#include "base/log.h"\n#include "pki/csr.h"\n')

    def test_includes(self):
        self.assert_clean()
        for path, include, wrong in [
            ("lib/base/x.c", '"pki/csr.h"', "lib/base/x.c:2: room base may not include pki/csr.h"),
            ("lib/base/x.h", '"policy/decide.h"', "may not include policy/decide.h"),
            ("lib/pki/x.c", '"base/log.h"', "room pki may not include base/log.h"),
            ("lib/pki/x.c", '"base/fault.c"', "includes code"),
            ("lib/pki/x.c", '"store/x.h"', "names no room"),
            ("lib/pki/x.c", '"csr.h"', "names no room"),
            ("lib/pki/x.c", "<openssl/ssl.h>", "may not include openssl/ssl.h (ssl)"),
            ("lib/base/x.c", "<openssl/evp.h>", "x.c of room base may not include openssl/evp.h"),
            ("lib/base/x.c", "<systemd/sd-daemon.h>", "(systemd)"),
            ("daemon/front/x.c", '"policy/decide.h"', "room front may not include"),
            ("lib/policy/x.c", "<stdio.h>", "pure room policy may not include stdio.h"),
            ("lib/policy/x.c", "<openssl/evp.h>", "openssl/evp.h"),
        ]:
            with self.subTest(path=path, include=include):
                self.assert_red(path, f"{C}#include {include}\n", wrong)
        self.assert_red("lib/base/x.c", C + '#\tinclude  "pki/csr.h"\n', "pki/csr.h")
        self.assert_red("lib/attic/x.c", C, "lib/attic/x.c:1: lies in no room")
        self.assert_clean()

    def test_links(self):
        for path, line, wrong in [
            ("lib/pki/meson.build", "dep_base, dep_policy", "room pki may not link policy"),
            ("lib/pki/meson.build", "link_with: lib_front", "room pki may not link front"),
            ("lib/pki/meson.build", "dep_ssl", "lib/pki/meson.build:1: room pki may not link ssl"),
            ("lib/pki/meson.build", "dep_zlib", "dep_zlib is not known"),
            ("lib/pki/meson.build", "dep_mine = [dep_ssl]\nx = dep_mine", "may not link ssl"),
            ("lib/pki/meson.build", "dependency('zlib')", "first meson.build only"),
            ("lib/pki/meson.build", "cc.find_library('m')", "first meson.build only"),
            ("lib/attic/meson.build", "", "lies in no room"),
        ]:
            with self.subTest(line=line):
                self.assert_red(path, line, wrong)
        self.assert_clean()

    def test_rules_must_be_understood(self):
        self.put("docs/rooms.txt", "romm base lib/base:\n")
        with self.assertRaisesRegex(ValueError, "docs/rooms.txt:1"):
            list(self.check(self.root))


class Purity(Planted):
    name = "purity"

    def build(self, room, text, name=None):
        """An archive of one object; its path."""
        source = os.path.join(self.root, name or f"{room}.c")
        self.put(os.path.basename(source), text)
        subprocess.run(["gcc", "-O2", "-fPIC", "-fstack-protector-strong", "-c", source, "-o",
                        source + ".o"], check=True)
        archive = os.path.join(self.root, f"{room}.a")
        subprocess.run(["ar", "rcs", archive, source + ".o"], check=True)
        return archive

    def found(self, text):
        model = self.build("model", "int model_name(int x) { return x; }")
        base = self.build("base", "int date_of(int x) { return x; }", "calendar.c")
        return list(self.check(self.build("policy", text), model, base))

    def test_what_a_pure_room_may(self):
        self.assertEqual(self.found("""
            #include <assert.h>
            #include <string.h>
            int model_name(int), date_of(int);
            static const char *const words[] = { "a", "b" };
            const char *word(int x, const char *a, char *b)
            {
                assert(x > 1);
                memcpy(b, a, (unsigned)x);
                return strcmp(a, b) == 0 ? a : words[model_name(date_of(x)) & 1];
            }
            """), [])

    def test_what_it_may_not(self):
        for text, wrong in [
            ("#include <time.h>\nlong f(void) { return time(0); }", "refers to time"),
            ("#include <stdlib.h>\nvoid *f(void) { return malloc(9); }", "refers to malloc"),
            ("#include <stdio.h>\nvoid f(void) { puts(\"x\"); }", "refers to puts"),
            ("int f(void) { static int n; return ++n; }", "can be written"),
            ("int count;", "count can be written"),
            ("int count = 7;", "count can be written"),
            ("_Thread_local int count;", "count can be written"),
            ("_Thread_local int count = 1;", "count can be written"),
        ]:
            with self.subTest(text=text):
                found = self.found(text)
                self.assertEqual(len(found), 1, found)
                self.assertIn(wrong, found[0])

    def test_base_is_pure_in_its_calendar_only(self):
        model = self.build("model", "int model_name(int x) { return x; }")
        base = self.build("base", "int file_read(int x) { return x; }", "file.c")
        policy = self.build("policy", "int file_read(int); int f(void) { return file_read(1); }")
        self.assertEqual(list(self.check(policy, model, base)), [f"{policy}: refers to file_read"])


class Headers(Planted):
    name = "headers"

    def test_headers(self):
        compilers = [name for name in ("gcc", "clang") if shutil.which(name)]
        self.assert_clean()
        alone = [f"does not compile alone with {name}" for name in compilers]
        path = "lib/base/x.h"
        for text, wrong in [
            (HEADER + "void f(size_t len);\n", alone),
            (HEADER + "#if FOO\n#endif\n", alone),
            (HEADER + "static inline int f(long x)\n{\n\treturn x;\n}\n", alone),
            (C + "\n/*\n * For.\n */\nstruct x {\n\tint y;\n};\n",
             ["no comment", "no #pragma once", *alone]),
            (C + "#pragma once\n/*\n * For.\n */\n", ["no comment"]),
            (HEADER + "int f(int x,\n\tint y);\n", ["x.h:7: an int without MUST_CHECK"]),
        ]:
            with self.subTest(text=text):
                self.assert_red(path, text, *wrong)
        self.put(path, HEADER + "#define MUST_CHECK __attribute__((warn_unused_result))\n"
                 "int f(int x,\n\tint y)\n\tMUST_CHECK;\n")
        self.assert_clean()


@unittest.skipUnless(shutil.which("clang-format"), "clang-format is not installed")
class Format(Planted):
    name = "format"

    def test_layout(self):
        style = os.path.join(os.path.dirname(__file__), "..", "..", ".clang-format")
        shutil.copy(style, self.root)
        good = C + "\nint f(int x)\n{\n\tif (x > 1)\n\t\treturn 2;\n\treturn 1;\n}\n"
        self.put("tests/unit/base/x.c", good)
        self.assert_clean()
        for bad in (good.replace("\t", "    "), good.replace("\n{", " {"),
                    good.replace("int x", "int  x"), good.replace("return 2", "return " + "2+" * 60)):
            self.put("tests/unit/base/x.c", bad)
            self.assert_found("tests/unit/base/x.c:")


class Size(Planted):
    name = "size"

    @staticmethod
    def function(lines):
        return C + "void f(void)\n{\n" + "\tg();\n" * (lines - 2) + "}\n"

    def test_lengths(self):
        path = "lib/base/x.c"
        self.put(path, C + "int x;\n" * 599)
        self.assert_clean()
        self.assert_red(path, C + "int x;\n" * 600, "x.c:600: 601 lines")
        self.put(path, self.function(60) + self.function(60))
        self.assert_clean()
        self.assert_red(path, self.function(61), "x.c:3: a function of 61 lines")
        self.assert_red("tests/unit/x.c", self.function(61), "a function of 61 lines")
        self.put(path, C + "static const int x[] = {\n" + "\t1,\n" * 100 + "};\n")
        self.assert_clean()

    def test_three_levels(self):
        body = """\
            {C}int f(int x)
            {{
            \tswitch (x) {{
            \tcase 1:
            \t\tfor (int i = 0; i < 3; i++)
            \t\t\tg((struct s){{ .a = {{ 1 }} }},
            \t\t\t\tx ? 1 : 2);
            \t\tbreak;
            \tdefault:
            \t\tbreak;
            \t}}
            \tif (x) {{
            \t\tg();
            \t}} else if (x > 2) {{
            \t\tdo {{
            \t\t\tg();
            \t\t}} while (x);
            \t}} else if (x > 3) {{
            \t\tint a[] = {{ 1, 2 }};
            \t\tlist_each(a, i) {{
            \t\t\tg();
            \t\t}}
            \t}}
            out:
            \treturn 1;
            }}
            """
        body = textwrap.dedent(body).format(C=C)
        path = "lib/base/x.c"
        self.put(path, body)
        self.assert_clean()
        deep = "if (y)\n\t\t\t\tg();"
        at_three = [place for place in range(len(body)) if body.startswith("\t\t\tg(", place)]
        self.assertEqual(len(at_three), 3)
        for place in at_three:
            cut = body.index(";\n", place)
            with self.subTest(text=body[place:cut]):
                self.assert_red(path, body[:place + 3] + deep + body[cut + 1:], "more than 3 levels")


class Documents(Planted):
    name = "documents"

    def test_names(self):
        self.put("docs/ledger.md", "x")
        self.put("README.md", """\
            `lib/base/fault.h`, `lib/base/`, `lib/base/fault.{c,h}`, `lib/*/fault.c`, `fault.c`,
            `lib/base/fault.h:12`, `lib/<room>/x.c`, `/etc/hakko/x.conf`, `a/b`, `x = lib/y.c`,
            [there](docs/ledger.md#part), [out](https://example.jp/x.md), `README.md`, `./LICENSE`
            """)
        self.assert_clean()
        for word, wrong in [
            ("`lib/base/gone.c`", "no file lib/base/gone.c"),
            ("`./lib/base/gone.c`", "no file lib/base/gone.c"),
            ("`lib/gone/`", "no file lib/gone/"),
            ("`lib/base/gone.h:12`", "no file lib/base/gone.h"),
            ("`lib/base/fault.{c,x}`", "no file lib/base/fault.x"),
            ("`tests/*.case`", "no file tests/*.case"),
            ("`gone.md`", "no file gone.md"),
            ("[there](docs/gone.md#part)", "no file docs/gone.md"),
        ]:
            with self.subTest(word=word):
                self.assert_red("NEWS.md", f"first\n{word}\n", wrong)
                self.assert_red("docs/api.md", f"first\n{word}\n", "docs/api.md:2: " + wrong)
        self.assert_clean()


class Banned(Planted):
    name = "banned"

    def test_calls(self):
        self.put("lib/base/x.c", C + "/* strcpy(a, b) */\nvoid f(void)\n{\n\tg(\"strcpy(a)\");\n"
                 "\tmy_strcpy(a);\n\tx->system(1);\n\tgmtime_r(a, b);\n\tsnprintf(a, 1, b);\n}\n")
        self.put("daemon/front/x.c", C + "void f(void)\n{\n\tprintf(\"x\");\n\texit(1);\n}\n")
        self.assert_clean()
        for call in ("strcpy(a, b)", "sprintf (a, b)", "strtok(a, b)", "gmtime(a)", "localtime(a)",
                     "ctime(a)", "atoi(a)", "system(a)", "popen(a, b)", "gets(a)", "strcat(a, b)",
                     "vsprintf(a, b, c)", "sleep(1)"):
            with self.subTest(call=call):
                for path in ("lib/base/y.c", "clients/ctl/y.c", "tests/unit/y.c"):
                    self.assert_red(path, f"{C}\nint x = {call};\n", f"{path}:3: ")
        self.assert_red("lib/base/y.c", C + "int x = printf(1);\n", "rooms do not log")
        self.assert_red("lib/base/y.c", C + "int x; // y\n", "comments are /* */")


class Spdx(Planted):
    name = "spdx"

    def test_first_lines(self):
        self.put("tests/x.py", "#!/usr/bin/python3\n# SPDX-License-Identifier: Apache-2.0\n")
        self.put("sql/x.sql", "-- SPDX-License-Identifier: Apache-2.0\n")
        self.assert_clean()
        for path, text in [
            ("lib/base/x.c", "int x;\n"),
            ("lib/base/x.h", "\n" + C),
            ("lib/base/x.c", "// SPDX-License-Identifier: Apache-2.0\n"),
            ("lib/base/x.c", C.replace("Apache-2.0", "MIT")),
            ("lib/model/x.def", "X(1)\n"),
            ("lib/base/meson.build", "x = 1\n"),
            ("tests/y.py", "#!/usr/bin/python3\nimport os\n"),
            ("sql/y.sql", "select 1;\n"),
        ]:
            with self.subTest(path=path):
                self.assert_red(path, text, f"{path}:1: ")
        os.remove(os.path.join(self.root, "LICENSE"))
        self.assert_found("LICENSE")


class Manners(Planted):
    name = "manners"

    def test_manners(self):
        self.put("lib/base/x.h", C + "enum colour { RED = 1, BLUE, };\n"
                 "#define OTHER 5\n#define NAME(x) KIND_##x,\nenum kind { LIST(NAME) };\n")
        clean = """\
            int f(int x)
            {
                switch (x) {
                case RED:
                    switch (x) { case OTHER: break; default: break; }
                    return 1;
                case BLUE:
                    return 2;
                }
            }
            """
        self.put("lib/base/y.c", C + clean + "typedef int (*call)(struct x *);\n"
                 "typedef enum colour mix(enum colour a);\n"
                 "#define STEAL(x) ({ x = 0; })\n/* return */\n"
                 "#define MAKE(x) \\\n\tstatic int x(void) \\\n\t{ return 1; }\n")
        self.assert_clean()
        path = "lib/base/z.c"
        for text, wrong in [
            (clean.replace("case BLUE", "default"), "over RED has a default"),
            (clean.replace("OTHER", "BLUE"), "over BLUE has a default"),
            (clean.replace("OTHER", "KIND_A"), "over KIND_A has a default"),
            ("typedef struct x { int y; } x_t;\n", "typedef of a struct"),
            ("typedef enum x x_t;\n", "typedef of a enum"),
            ("typedef struct x *x_t;\n", "typedef of a struct"),
            ("typedef struct {\n\tint y;\n} x_t;\n", "typedef of a struct"),
            ("#define TRY(x) \\\n\tif (x < 0) \\\n\t\treturn x\n", "z.c:2: a macro hides a return"),
            ("#define OUT goto out\n", "a macro hides a goto"),
        ]:
            with self.subTest(text=text):
                self.assert_red(path, C + textwrap.dedent(text), wrong)
        for name in ("lib/base/util.c", "lib/common/x.c", "tests/unit/string_utils.c",
                     "daemon/front/db-helper.h", "docs/misc.md", "lib/base/keymanager_manager.c"):
            self.assert_red(name, C, f"{name}:1: the name says nothing")
        self.put("lib/base/commoner.c", C)
        self.assert_clean()


if __name__ == "__main__":
    chosen = sys.argv.pop(1).capitalize()
    unittest.main(defaultTest=chosen)
