/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "http/media.h"

static void test_languages(void **state)
{
	static const struct {
		const char *accept;
		enum http_language language;
	} table[] = {
		{ "", HTTP_JAPANESE },
		{ "*", HTTP_JAPANESE },
		{ "fr", HTTP_JAPANESE },
		{ "ja", HTTP_JAPANESE },
		{ "en", HTTP_ENGLISH },
		{ "EN-us", HTTP_ENGLISH },
		{ "en, ja", HTTP_JAPANESE },
		{ "en;q=0.9, ja;q=0.8", HTTP_ENGLISH },
		{ "en;q=0.8,ja-JP;q=0.9", HTTP_JAPANESE },
		{ "en;q=0.100,ja;q=0.099", HTTP_ENGLISH },
		{ "en;q=0.1,*;q=0.5", HTTP_JAPANESE },
		{ "ja;q=0.1,*;q=0.5", HTTP_ENGLISH },
		{ "en;q=0", HTTP_JAPANESE },
		{ "ja;q=0,en;q=0.001", HTTP_ENGLISH },
		{ "fr;q=1.0, en ; q=0.4 , ja;q=0.3", HTTP_ENGLISH },
		{ "english", HTTP_JAPANESE },
		{ "en;q=", HTTP_JAPANESE },
		{ "en;q=x, ja;q=0.1", HTTP_JAPANESE },
		{ ",,,;;;q=,", HTTP_JAPANESE },
		{ "en;", HTTP_ENGLISH },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH_OF(table); i++)
		assert_int_equal(http_media_language(table[i].accept), table[i].language);
}

static void test_media(void **state)
{
	static const struct {
		const char *content_type;
		bool is;
	} table[] = {
		{ "application/json", true },
		{ " APPLICATION/json ", true },
		{ "application/json;charset=utf-8", true },
		{ "application/json ; Charset=\"UTF-8\"", true },
		{ "application/json; charset=euc-jp", false },
		{ "application/json; version=2", false },
		{ "application/json; charset=utf-8; x=1", false },
		{ "application/jso", false },
		{ "application/json2", false },
		{ "text/html", false },
		{ "", false },
		{ ";", false },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH_OF(table); i++)
		assert_int_equal(
			http_media_is(table[i].content_type, "application/json"), table[i].is);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_languages),
		cmocka_unit_test(test_media),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
