/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "model/application.h"

static const char text[] = "7f00ff0123456789abcdef1032547698";
static const uint8_t octets[SERIAL_LEN] = { 0x7f, 0x00, 0xff, 0x01, 0x23, 0x45, 0x67, 0x89, 0xab,
	0xcd, 0xef, 0x10, 0x32, 0x54, 0x76, 0x98 };

static void test_hexadecimal_there_and_back(void **state)
{
	uint8_t back[SERIAL_LEN];
	char hex[SERIAL_HEX_SIZE];

	(void)state;
	serial_to_hex(octets, hex);
	assert_string_equal(hex, text);
	assert_int_equal(serial_from_hex(hex, back), 0);
	assert_memory_equal(back, octets, SERIAL_LEN);
}

static void test_what_is_no_serial(void **state)
{
	static const char *const bad[] = {
		"",
		"7f00ff0123456789abcdef103254769",
		"7f00ff0123456789abcdef10325476980",
		"7F00ff0123456789abcdef1032547698",
		"7f00ff0123456789abcdef103254769g",
		"7f00ff0123456789abcdef10325476g8",
		" f00ff0123456789abcdef1032547698",
		"8000ff0123456789abcdef1032547698",
		"ffffffffffffffffffffffffffffffff",
	};
	uint8_t back[SERIAL_LEN];

	(void)state;
	memset(back, 0x55, sizeof(back));
	for (size_t i = 0; i < LENGTH_OF(bad); i++)
		assert_int_equal(serial_from_hex(bad[i], back), SERIAL_BAD);
	for (size_t i = 0; i < sizeof(back); i++)
		assert_int_equal(back[i], 0x55);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hexadecimal_there_and_back),
		cmocka_unit_test(test_what_is_no_serial),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
