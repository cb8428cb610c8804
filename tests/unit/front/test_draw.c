/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <string.h>

#include "base/calendar.h"
#include "front/draw.h"

static void test_cn_is_of_the_jst_second(void **state)
{
	(void)state;
	int64_t closing_at;
	assert_int_equal(instant_from_text("2015-12-22T07:59:59.999999Z", &closing_at), 0);
	char cn[CN_LEN + 1];
	for (int i = 0; i < 1000; i++) {
		assert_int_equal(front_draw_cn(closing_at, "12232", cn), 0);
		assert_int_equal(strlen(cn), CN_LEN);
		assert_memory_equal(cn, "2015122216595912232", 19);
		assert_int_equal(strspn(cn + 19, "0123456789"), 3);
		assert_in_range(cn[22], 'A', 'Z');
	}
}

/* Over a few thousand drawings every digit and letter is seen, or something is not drawn. */
static void test_cn_uses_its_whole_range(void **state)
{
	(void)state;
	bool letters[26] = { 0 }, digits[3][10] = { 0 };
	char cn[CN_LEN + 1];
	for (int i = 0; i < 5000; i++) {
		assert_int_equal(front_draw_cn(0, "12232", cn), 0);
		letters[cn[22] - 'A'] = true;
		for (int j = 0; j < 3; j++)
			digits[j][cn[19 + j] - '0'] = true;
	}
	for (int i = 0; i < 26; i++)
		assert_true(letters[i]);
	for (int i = 0; i < 30; i++)
		assert_true(digits[i / 10][i % 10]);
}

static void test_serial_has_no_top_bit(void **state)
{
	(void)state;
	uint8_t any = 0, serial[SERIAL_LEN], before[SERIAL_LEN] = { 0 };
	for (int i = 0; i < 200; i++) {
		assert_int_equal(front_draw_serial(serial), 0);
		assert_int_equal(serial[0] & 0x80, 0);
		assert_memory_not_equal(serial, before, SERIAL_LEN);
		memcpy(before, serial, SERIAL_LEN);
		any |= serial[0];
	}
	assert_int_equal(any, 0x7f);
}

static void test_application_id(void **state)
{
	(void)state;
	char id[APPLICATION_ID_LEN + 1], other[APPLICATION_ID_LEN + 1];
	assert_int_equal(front_draw_application_id(id), 0);
	assert_int_equal(front_draw_application_id(other), 0);
	assert_true(front_draw_is_application_id(id));
	assert_string_not_equal(id, other);
}

static void test_what_is_no_application_id(void **state)
{
	(void)state;
	static const char *const texts[] = { "", "ap_", "ap_abcdefghijklmnopqrstuv",
		"ap_abcdefghijklmnopqrstuvwx", "aq_abcdefghijklmnopqrstuvw",
		"ap_abcdefghijklmnopqrstuv1", "ap_ABCDEFGHIJKLMNOPQRSTUVW" };
	assert_true(front_draw_is_application_id("ap_abcdefghijklmnopqrstuvw"));
	for (size_t i = 0; i < LENGTH_OF(texts); i++)
		assert_false(front_draw_is_application_id(texts[i]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cn_is_of_the_jst_second),
		cmocka_unit_test(test_cn_uses_its_whole_range),
		cmocka_unit_test(test_serial_has_no_top_bit),
		cmocka_unit_test(test_application_id),
		cmocka_unit_test(test_what_is_no_application_id),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
