/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "terminal/password.h"

/* K1: 4 to 16 characters, upper-case A to Z and digits; one kind alone is allowed. */
static void test_good(void **state)
{
	(void)state;
	static const char *const good[] = { "ABCD", "0000", "AZ09", "ABCDEFGHIJKLMNOP",
		"0123456789012345", "A1B2" };
	for (size_t i = 0; i < LENGTH_OF(good); i++)
		assert_true(terminal_password_check(bytes_of_text(good[i])));
}

static void test_bad(void **state)
{
	(void)state;
	static const char *const bad[] = { "", "A", "ABC", "ABCDEFGHIJKLMNOPQ", "ABCd", "AB D",
		"AB-D", "ABCD\n", "ABC@", "ABC[", "ABC/", "ABC:", "ÀBCD" };
	for (size_t i = 0; i < LENGTH_OF(bad); i++)
		assert_false(terminal_password_check(bytes_of_text(bad[i])));
}

static void test_octets(void **state)
{
	(void)state;
	for (unsigned int octet = 0; octet < 256; octet++) {
		uint8_t text[] = { 'A', 'B', 'C', (uint8_t)octet };
		bool allowed = (octet >= 'A' && octet <= 'Z') || (octet >= '0' && octet <= '9');
		assert_int_equal(terminal_password_check(BYTES(text)), allowed);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_octets),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
