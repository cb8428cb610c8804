/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/setting_value.h"

struct sample {
	enum setting_type type;
	const char *text;
	int r;
};

static const struct setting rows[] = {
	[SETTING_TEXT] = { "text", SETTING_TEXT, 0, NULL, 0, 12, "" },
	[SETTING_PATH] = { "path", SETTING_PATH, 0, NULL, 0, 12, "" },
	[SETTING_NUMBER] = { "number", SETTING_NUMBER, 0, NULL, -5, 100, "" },
	[SETTING_BOOLEAN] = { "boolean", SETTING_BOOLEAN, 0, NULL, 0, 0, "" },
	[SETTING_INSTANT] = { "instant", SETTING_INSTANT, 0, NULL, 0, 0, "" },
	[SETTING_ADDRESS] = { "address", SETTING_ADDRESS, 0, NULL, 0, 0, "" },
};

static const struct sample samples[] = {
	{ SETTING_TEXT, "twelve octet", 0 },
	{ SETTING_TEXT, "thirteen octs", SETTING_BAD },
	{ SETTING_TEXT, "\xe6\x9d\xb1\xe4\xba\xac = #", 0 },
	{ SETTING_TEXT, "\xf0\xa0\xae\xb7", 0 },
	{ SETTING_TEXT, "\xf4\x8f\xbf\xbf", 0 },
	{ SETTING_TEXT, "", SETTING_BAD },
	{ SETTING_TEXT, "a\tb", SETTING_BAD },
	{ SETTING_TEXT, "a\r", SETTING_BAD },
	{ SETTING_TEXT, "\x7f", SETTING_BAD },
	{ SETTING_TEXT, "\xc2\x85", SETTING_BAD },
	{ SETTING_TEXT, "\xc0\xaf", SETTING_BAD },
	{ SETTING_TEXT, "\xe0\x80\xaf", SETTING_BAD },
	{ SETTING_TEXT, "\xed\xa0\x80", SETTING_BAD },
	{ SETTING_TEXT, "\xf4\x90\x80\x80", SETTING_BAD },
	{ SETTING_TEXT, "\xf8\x88\x80\x80\x80", SETTING_BAD },
	{ SETTING_TEXT, "\xe6\x9d", SETTING_BAD },
	{ SETTING_TEXT, "\x9d", SETTING_BAD },
	{ SETTING_PATH, "/etc/hakko", 0 },
	{ SETTING_PATH, "etc/hakko", SETTING_BAD },
	{ SETTING_PATH, "/etc/hakko/ab", SETTING_BAD },
	{ SETTING_PATH, "", SETTING_BAD },
	{ SETTING_NUMBER, "0", 0 },
	{ SETTING_NUMBER, "100", 0 },
	{ SETTING_NUMBER, "-5", 0 },
	{ SETTING_NUMBER, "101", SETTING_BAD },
	{ SETTING_NUMBER, "-6", SETTING_BAD },
	{ SETTING_NUMBER, "+5", SETTING_BAD },
	{ SETTING_NUMBER, "05", SETTING_BAD },
	{ SETTING_NUMBER, "-0", SETTING_BAD },
	{ SETTING_NUMBER, "5 ", SETTING_BAD },
	{ SETTING_NUMBER, " 5", SETTING_BAD },
	{ SETTING_NUMBER, "5s", SETTING_BAD },
	{ SETTING_NUMBER, "0x5", SETTING_BAD },
	{ SETTING_NUMBER, "1e1", SETTING_BAD },
	{ SETTING_NUMBER, "-", SETTING_BAD },
	{ SETTING_NUMBER, "", SETTING_BAD },
	{ SETTING_NUMBER, "18446744073709551617", SETTING_BAD },
	{ SETTING_NUMBER, "-9223372036854775809", SETTING_BAD },
	{ SETTING_BOOLEAN, "yes", 0 },
	{ SETTING_BOOLEAN, "no", 0 },
	{ SETTING_BOOLEAN, "Yes", SETTING_BAD },
	{ SETTING_BOOLEAN, "true", SETTING_BAD },
	{ SETTING_BOOLEAN, "1", SETTING_BAD },
	{ SETTING_INSTANT, "2015-12-22T17:00:00+09:00", 0 },
	{ SETTING_INSTANT, "2015-12-22", SETTING_BAD },
	{ SETTING_ADDRESS, "127.0.0.1:8443", 0 },
	{ SETTING_ADDRESS, "0.0.0.0:0", 0 },
	{ SETTING_ADDRESS, "[::1]:65535", 0 },
	{ SETTING_ADDRESS, "[::ffff:127.0.0.1]:1", 0 },
	{ SETTING_ADDRESS, "::1:80", SETTING_BAD },
	{ SETTING_ADDRESS, "[::1]", SETTING_BAD },
	{ SETTING_ADDRESS, "[::1:80", SETTING_BAD },
	{ SETTING_ADDRESS, "[127.0.0.1]:80", SETTING_BAD },
	{ SETTING_ADDRESS, "127.0.0.1", SETTING_BAD },
	{ SETTING_ADDRESS, "127.0.0.1:", SETTING_BAD },
	{ SETTING_ADDRESS, "127.0.0.1:65536", SETTING_BAD },
	{ SETTING_ADDRESS, "127.0.0.1:-1", SETTING_BAD },
	{ SETTING_ADDRESS, "127.0.0.1:080", SETTING_BAD },
	{ SETTING_ADDRESS, "127.1:80", SETTING_BAD },
	{ SETTING_ADDRESS, "localhost:80", SETTING_BAD },
	{ SETTING_ADDRESS, ":80", SETTING_BAD },
	{ SETTING_ADDRESS, "11111111112222222222333333333344444444445555555555:80", SETTING_BAD },
	{ SETTING_ADDRESS, "127.0.0.111111111111111111111111111111111111111:80", SETTING_BAD },
	{ SETTING_ADDRESS, "", SETTING_BAD },
};

static void test_samples_of_every_type(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH_OF(samples); i++) {
		const struct setting *row = &rows[samples[i].type];
		union setting_value value = { .text = NULL };
		const char *why = NULL;
		int r = setting_value_from_text(row, samples[i].text, &value, &why);
		if (r != samples[i].r)
			fail_msg("%s: %s: %d", row->key, samples[i].text, r);
		assert_int_equal(r == SETTING_BAD, why != NULL);
		if (r == 0 && setting_type_is_text(row->type)) {
			assert_string_equal(value.text, samples[i].text);
			free(value.text);
		}
	}
}

static void test_values_and_their_texts(void **state)
{
	(void)state;
	static const struct {
		enum setting_type type;
		const char *text;
		int64_t number;
	} same[] = {
		{ SETTING_NUMBER, "-5", -5 },
		{ SETTING_NUMBER, "99", 99 },
		{ SETTING_BOOLEAN, "yes", true },
		{ SETTING_BOOLEAN, "no", false },
		{ SETTING_INSTANT, "2015-12-22T08:00:00Z", INT64_C(1450771200000000) },
	};
	for (size_t i = 0; i < LENGTH_OF(same); i++) {
		union setting_value value;
		const char *why;
		char room[SETTING_NUMBER_SIZE];
		assert_int_equal(
			setting_value_from_text(&rows[same[i].type], same[i].text, &value, &why),
			0);
		assert_int_equal(same[i].type == SETTING_BOOLEAN ? value.boolean : value.number,
			same[i].number);
		assert_string_equal(
			setting_value_to_text(&rows[same[i].type], &value, room), same[i].text);
	}
}

static void test_none_is_for_texts_that_may_be_none(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH_OF(rows); i++) {
		struct setting row = rows[i];
		union setting_value value = { .text = NULL };
		const char *why;
		row.fallback = "";
		int expected = setting_type_is_text(row.type) ? 0 : SETTING_BAD;
		assert_int_equal(setting_value_from_text(&row, "", &value, &why), expected);
		if (expected == 0)
			free(value.text);
		row.fallback = "/some";
		assert_int_equal(setting_value_from_text(&row, "", &value, &why), SETTING_BAD);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_samples_of_every_type),
		cmocka_unit_test(test_values_and_their_texts),
		cmocka_unit_test(test_none_is_for_texts_that_may_be_none),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
