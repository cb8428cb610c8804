/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "base/fault.h"

static void test_equality(void **state)
{
	(void)state;
	const struct bytes none = { NULL, 0 };
	bool (*const equals[])(struct bytes, struct bytes) = { bytes_equal, bytes_equal_secretly };
	for (size_t i = 0; i < LENGTH_OF(equals); i++) {
		assert_true(equals[i](none, bytes_of_text("")));
		assert_true(equals[i](bytes_of_text("abc"), bytes_of_text("abc")));
		assert_false(equals[i](bytes_of_text("abc"), bytes_of_text("abd")));
		assert_false(equals[i](bytes_of_text("abc"), bytes_of_text("ab")));
		assert_false(equals[i](bytes_of_text("a"), none));
		assert_false(equals[i](bytes_of_text("a"), bytes_of_text("b")));
	}
	const uint8_t array[] = { 1, 0, 2 };
	assert_int_equal(BYTES(array).len, 3);
}

static void test_a_buffer_grows_to_its_maximum(void **state)
{
	(void)state;
	BUFFER_CLEANUP struct buffer buffer = BUFFER(1000);
	for (int i = 0; i < 1000; i++) {
		uint8_t octet = (uint8_t)i;
		assert_int_equal(buffer_append(&buffer, (struct bytes){ &octet, 1 }), 0);
	}
	assert_int_equal(buffer_append_text(&buffer, "x"), -FAULT_LIMIT);
	assert_int_equal(buffer_printf(&buffer, "%d", 1), -FAULT_LIMIT);
	assert_int_equal(buffer.len, 1000);
	assert_true(buffer.capacity <= 1000);
	for (int i = 0; i < 1000; i++)
		assert_int_equal(buffer_bytes(&buffer).data[i], (uint8_t)i);

	buffer_clear(&buffer);
	assert_int_equal(buffer_bytes(&buffer).len, 0);
	assert_int_equal(buffer_append_text(&buffer, "again"), 0);
	buffer_done(&buffer);
	assert_null(buffer.data);
	assert_int_equal(buffer.max, 1000);
	assert_int_equal(buffer_append_text(&buffer, "again"), 0);
}

static void test_no_length_overflows(void **state)
{
	(void)state;
	BUFFER_CLEANUP struct buffer buffer = BUFFER(100);
	uint8_t *place = NULL;
	assert_int_equal(buffer_append_text(&buffer, "ab"), 0);
	assert_int_equal(buffer_extend(&buffer, SIZE_MAX, &place), -FAULT_LIMIT);
	assert_int_equal(buffer_extend(&buffer, SIZE_MAX - 1, &place), -FAULT_LIMIT);
	assert_int_equal(buffer_extend(&buffer, 99, &place), -FAULT_LIMIT);
	assert_null(place);
	assert_int_equal(buffer_extend(&buffer, 98, &place), 0);
	assert_ptr_equal(place, buffer.data + 2);
	memset(place, 0, 98);

	BUFFER_CLEANUP struct buffer huge = BUFFER(SIZE_MAX);
	assert_int_equal(buffer_extend(&huge, SIZE_MAX / 4, &place), -FAULT_MEMORY);
	assert_int_equal(huge.len, 0);
}

static void test_printing_adds_no_terminator(void **state)
{
	(void)state;
	BUFFER_CLEANUP struct buffer buffer = BUFFER(8);
	assert_int_equal(buffer_printf(&buffer, "%s", "four"), 0);
	assert_int_equal(buffer_printf(&buffer, "%04d", 7), 0);
	assert_true(bytes_equal(buffer_bytes(&buffer), bytes_of_text("four0007")));
	assert_int_equal(buffer_append(&buffer, (struct bytes){ NULL, 0 }), 0);
}

static void test_hexadecimal_there_and_back(void **state)
{
	(void)state;
	uint8_t octets[256], back[256];
	char text[513];
	for (int i = 0; i < 256; i++)
		octets[i] = (uint8_t)i;
	hex_encode(BYTES(octets), text);
	assert_int_equal(strlen(text), 512);
	assert_memory_equal(text, "000102", 6);
	assert_string_equal(text + 506, "fdfeff");
	size_t len = 0;
	assert_int_equal(hex_decode(text, back, sizeof(back), &len), 0);
	assert_int_equal(len, 256);
	assert_memory_equal(back, octets, 256);
	assert_int_equal(hex_decode("AFaf09", back, sizeof(back), &len), 0);
	assert_memory_equal(back, "\xaf\xaf\x09", 3);
	assert_int_equal(hex_decode("AbCd", back, sizeof(back), &len), 0);
	assert_int_equal(len, 2);
	assert_int_equal(back[0], 0xab);
}

static void test_bad_hexadecimal(void **state)
{
	(void)state;
	static const char *const bad[] = { "a", "0g", "g0", " 00", "00 ", "0x00", "00:0", "aabbcc",
		"\xc3\xa9", "/0", ":0", "@0", "`0" };
	uint8_t out[2] = { 9, 9 };
	size_t len = 77;
	for (size_t i = 0; i < LENGTH_OF(bad); i++)
		assert_int_equal(hex_decode(bad[i], out, sizeof(out), &len), HEX_BAD);
	assert_int_equal(len, 77);
	assert_int_equal(out[0], 9);
	assert_int_equal(hex_decode("", out, 0, &len), 0);
	assert_int_equal(len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_equality),
		cmocka_unit_test(test_a_buffer_grows_to_its_maximum),
		cmocka_unit_test(test_no_length_overflows),
		cmocka_unit_test(test_printing_adds_no_terminator),
		cmocka_unit_test(test_hexadecimal_there_and_back),
		cmocka_unit_test(test_bad_hexadecimal),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
