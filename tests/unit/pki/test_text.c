/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "pki/text.h"

static void test_characters_are_counted(void **state)
{
	(void)state;
	const struct {
		const char *text;
		size_t count;
	} cases[] = { { "", 0 }, { "Shiroi-shi", 10 }, { "白井　花子", 5 }, { "é", 1 },
		{ "\xf0\xa0\xae\xb7\xe9\x87\x8e", 2 }, { "\xf4\x8f\xbf\xbf", 1 } };
	for (size_t i = 0; i < LENGTH_OF(cases); i++) {
		size_t count = 99;
		assert_true(pki_text_characters(cases[i].text, &count));
		assert_int_equal(count, cases[i].count);
	}
}

static void test_what_is_no_text(void **state)
{
	(void)state;
	const char *bad[] = { "a\n", "\x1f", "\x7f", "\xc2\x80", "\xc2\x9f", "\x80", "\xc0\xaf",
		"\xc1\xbf", "\xe0\x80\xaf", "\xe0\x9f\xbf", "\xf0\x8f\xbf\xbf", "\xed\xa0\x80",
		"\xed\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "\xe7\x99", "\xe7",
		"\xe7\x99z", "\xf0\xa0\xae" };
	for (size_t i = 0; i < LENGTH_OF(bad); i++) {
		size_t count = 99;
		assert_false(pki_text_characters(bad[i], &count));
		assert_int_equal(count, 99);
	}
}

static void test_uris(void **state)
{
	(void)state;
	const char *good[] = { "http://www.jpki.go.jp/cps.html", "http://[::1]:8080/a?b=c%20d",
		"http://x" };
	const char *bad[] = { "", "http://", "https://x", "HTTP://x", "ldap://x", "x", "http://a b",
		"http://a\n", "http://白井", "http://a\"b", "http://<a>", "http://a\\b" };
	for (size_t i = 0; i < LENGTH_OF(good); i++)
		assert_true(pki_text_is_uri(good[i]));
	for (size_t i = 0; i < LENGTH_OF(bad); i++)
		assert_false(pki_text_is_uri(bad[i]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_characters_are_counted),
		cmocka_unit_test(test_what_is_no_text),
		cmocka_unit_test(test_uris),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
