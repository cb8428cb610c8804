/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/fault.h"
#include "http/escape.h"

static struct arena arena;

static int decoded(const char *text, const char **ret_text)
{
	arena_done(&arena);
	arena = ARENA(65536);
	return http_escape_decode(&arena, text, strlen(text), ret_text);
}

static void test_decoded(void **state)
{
	static const char *const table[][2] = {
		{ "", "" },
		{ "a+b", "a+b" },
		{ "%41%2f%2F%7e", "A//~" },
		{ "%25%32%35", "%25" },
		{ "%E5%8D%B0%f0%9f%98%80", "印\xf0\x9f\x98\x80" },
		{ "%c2%a0", "\xc2\xa0" },
		{ "%f4%8f%bf%bf", "\xf4\x8f\xbf\xbf" },
	};
	const char *text;

	(void)state;
	for (size_t i = 0; i < LENGTH_OF(table); i++) {
		assert_int_equal(decoded(table[i][0], &text), 0);
		assert_string_equal(text, table[i][1]);
	}
}

static void test_bad(void **state)
{
	static const char *const table[] = {
		"%",
		"%4",
		"a%",
		"%4g",
		"%g4",
		"%%41",
		"%00",
		"a%00b",
		"%0a",
		"%7f",
		"\x01",
		"\x7f",
		"\xe5\x8d\xb0", /* raw */
		"%c2%80",       /* control of C1 */
		"%c2%9f",
		"%80", /* no lead */
		"%c2", /* cut */
		"%e5%8d",
		"%c0%80", /* overlong */
		"%c1%bf",
		"%e0%9f%bf",
		"%f0%8f%bf%bf",
		"%ed%a0%80",    /* surrogate */
		"%f4%90%80%80", /* beyond Unicode */
		"%f8%88%80%80%80",
		"%ff",
		"%e5%8dx",
	};
	const char *text = "untouched";

	(void)state;
	for (size_t i = 0; i < LENGTH_OF(table); i++)
		assert_int_equal(decoded(table[i], &text), HTTP_ESCAPE_BAD);
	assert_string_equal(text, "untouched");
}

static void test_the_arena_bounds_it(void **state)
{
	ARENA_CLEANUP struct arena small = ARENA(16);
	const char *text;

	(void)state;
	assert_int_equal(http_escape_decode(&small, "aaaaaaaaaaaaaaaa", 16, &text), -FAULT_LIMIT);
}

static int done(void **state)
{
	(void)state;
	arena_done(&arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_decoded),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_the_arena_bounds_it),
	};

	return cmocka_run_group_tests(tests, NULL, done);
}
