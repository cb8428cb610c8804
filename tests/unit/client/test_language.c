/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "client/language.h"

static void environment(const char *all, const char *messages, const char *lang)
{
	(void)(all != NULL ? setenv("LC_ALL", all, 1) : unsetenv("LC_ALL"));
	(void)(messages != NULL ? setenv("LC_MESSAGES", messages, 1) : unsetenv("LC_MESSAGES"));
	(void)(lang != NULL ? setenv("LANG", lang, 1) : unsetenv("LANG"));
}

static void test_setting(void **state)
{
	(void)state;
	environment(NULL, NULL, "ja_JP.UTF-8");
	assert_string_equal(client_language("en"), "en");
	environment(NULL, NULL, "en_GB.UTF-8");
	assert_string_equal(client_language("ja"), "ja");
	assert_string_equal(client_language("fr"), "en");
}

static void test_environment(void **state)
{
	(void)state;
	static const struct {
		const char *all, *messages, *lang, *expected;
	} rows[] = {
		{ NULL, NULL, NULL, "en" },
		{ NULL, NULL, "ja_JP.UTF-8", "ja" },
		{ NULL, "C", "ja_JP.UTF-8", "en" },
		{ "ja_JP", "C", "C", "ja" },
		{ "", "", "ja", "ja" },
		{ "C.UTF-8", NULL, "ja", "en" },
	};
	for (size_t i = 0; i < LENGTH_OF(rows); i++) {
		environment(rows[i].all, rows[i].messages, rows[i].lang);
		assert_string_equal(client_language("auto"), rows[i].expected);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_setting),
		cmocka_unit_test(test_environment),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
