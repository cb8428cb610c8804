/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/fault.h"
#include "wire/frame.h"

/* A frame of one field of each kind; its octets are the protocol, byte for byte. */
static const uint8_t frame_octets[] = {
	0, 0, 0, 36, 1, 0, 6,                           /* length, version, verb */
	0xfe,                                           /* u8 */
	0x01, 0x02, 0x03, 0x04,                         /* u32 */
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe, /* i64: -2 */
	0xaa, 0xbb,                                     /* fixed */
	0, 0, 0, 3, 'a', 'b', 0,                        /* bytes */
	0, 0, 0, 7, 's', 'e', 'c', 'o', 'n', 'd', 's',  /* text */
};

static void make_frame(struct buffer *frame)
{
	assert_int_equal(wire_frame_begin(frame, WIRE_STATUS), 0);
	assert_int_equal(wire_put_u8(frame, 0xfe), 0);
	assert_int_equal(wire_put_u32(frame, 0x01020304), 0);
	assert_int_equal(wire_put_i64(frame, -2), 0);
	assert_int_equal(wire_put_fixed(frame, BYTES(((uint8_t[]){ 0xaa, 0xbb }))), 0);
	assert_int_equal(wire_put_bytes(frame, BYTES(((uint8_t[]){ 'a', 'b', 0 }))), 0);
	assert_int_equal(wire_put_text(frame, "seconds"), 0);
	assert_int_equal(wire_frame_end(frame), 0);
}

static void test_a_frame_is_the_octets_of_the_protocol(void **state)
{
	(void)state;
	BUFFER_CLEANUP struct buffer frame = WIRE_BUFFER;
	make_frame(&frame);
	assert_int_equal(frame.len, sizeof(frame_octets));
	assert_memory_equal(frame.data, frame_octets, sizeof(frame_octets));
	make_frame(&frame); /* a buffer is used again without clearing it */
	assert_int_equal(frame.len, sizeof(frame_octets));
}

/* Reads all fields of the frame above from its first `len` octets after the length word. */
static int read_frame(size_t len, struct wire_reader *reader)
{
	enum wire_verb verb;
	uint8_t fixed[2];
	char text[8];
	if (wire_frame_open((struct bytes){ frame_octets + 4, len }, &verb, reader) != 0)
		return WIRE_BAD;
	assert_int_equal(verb, WIRE_STATUS);
	(void)wire_get_u8(reader);
	(void)wire_get_u32(reader);
	(void)wire_get_i64(reader);
	wire_get_fixed(reader, fixed, sizeof(fixed));
	(void)wire_get_bytes(reader, 3);
	wire_get_text(reader, text, sizeof(text));
	return wire_reader_end(reader);
}

static void test_what_was_put_is_got(void **state)
{
	(void)state;
	enum wire_verb verb;
	struct wire_reader reader;
	uint8_t fixed[2];
	char text[8];
	struct bytes frame = { frame_octets + 4, sizeof(frame_octets) - 4 };
	assert_int_equal(wire_frame_open(frame, &verb, &reader), 0);
	assert_int_equal(verb, WIRE_STATUS);
	assert_int_equal(wire_get_u8(&reader), 0xfe);
	assert_int_equal(wire_get_u32(&reader), 0x01020304);
	assert_int_equal(wire_get_i64(&reader), -2);
	wire_get_fixed(&reader, fixed, sizeof(fixed));
	assert_memory_equal(fixed, "\xaa\xbb", 2);
	struct bytes octets = wire_get_bytes(&reader, 3);
	assert_int_equal(octets.len, 3);
	assert_memory_equal(octets.data, "ab\0", 3);
	wire_get_text(&reader, text, sizeof(text));
	assert_string_equal(text, "seconds");
	assert_int_equal(wire_reader_end(&reader), 0);
}

static void test_a_frame_cut_anywhere_is_bad(void **state)
{
	(void)state;
	struct wire_reader reader;
	for (size_t len = 0; len < sizeof(frame_octets) - 4; len++)
		assert_int_equal(read_frame(len, &reader), WIRE_BAD);
	assert_int_equal(read_frame(sizeof(frame_octets) - 4, &reader), 0);
}

static void test_octets_left_over_are_bad(void **state)
{
	(void)state;
	enum wire_verb verb;
	struct wire_reader reader;
	const uint8_t frame[] = { 1, 0, 6, 7 };
	assert_int_equal(wire_frame_open(BYTES(frame), &verb, &reader), 0);
	assert_int_equal(wire_reader_end(&reader), WIRE_BAD);
}

static void test_another_version_is_bad(void **state)
{
	(void)state;
	enum wire_verb verb = WIRE_ANSWER;
	struct wire_reader reader;
	const uint8_t frame[] = { 2, 0, 6 };
	assert_int_equal(wire_frame_open(BYTES(frame), &verb, &reader), WIRE_BAD);
	assert_int_equal(verb, WIRE_ANSWER);
}

static void test_a_text_too_long_or_with_a_nul_fails_for_good(void **state)
{
	(void)state;
	const uint8_t texts[] = { 0, 0, 0, 2, 'a', 'b', 0, 0, 0, 2, 'a', 0, 0, 0, 0, 1, 'c' };
	char text[8];
	struct wire_reader reader = { .rest = BYTES(texts) };
	wire_get_text(&reader, text, 2);
	assert_true(reader.failed);
	assert_string_equal(text, "");

	reader = (struct wire_reader){ .rest = { texts + 6, sizeof(texts) - 6 } };
	wire_get_text(&reader, text, sizeof(text));
	assert_true(reader.failed);
	assert_string_equal(text, "");
	assert_int_equal(wire_get_u32(&reader), 0);
	assert_int_equal(wire_reader_end(&reader), WIRE_BAD);
}

static void test_octets_beyond_their_maximum_fail(void **state)
{
	(void)state;
	const uint8_t octets[] = { 0, 0, 0, 2, 'a', 'b' };
	struct wire_reader reader = { .rest = BYTES(octets) };
	assert_int_equal(wire_get_bytes(&reader, 1).len, 0);
	assert_true(reader.failed);
}

static void test_a_length_beyond_the_frame_fails(void **state)
{
	(void)state;
	const uint8_t octets[] = { 0xff, 0xff, 0xff, 0xff, 'a' };
	struct wire_reader reader = { .rest = BYTES(octets) };
	assert_int_equal(wire_get_bytes(&reader, SIZE_MAX).len, 0);
	assert_true(reader.failed);
}

static void test_a_frame_beyond_the_maximum_is_our_fault(void **state)
{
	(void)state;
	static uint8_t octets[WIRE_FRAME_MAX];
	BUFFER_CLEANUP struct buffer frame = BUFFER(3 * WIRE_FRAME_MAX);
	assert_int_equal(wire_frame_begin(&frame, WIRE_CRL_ENTRIES), 0);
	assert_int_equal(wire_put_fixed(&frame, (struct bytes){ octets, WIRE_FRAME_MAX - 3 }), 0);
	assert_int_equal(wire_frame_end(&frame), 0);
	assert_int_equal(wire_put_u8(&frame, 1), 0);
	assert_int_equal(wire_frame_end(&frame), -FAULT_LIMIT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_frame_is_the_octets_of_the_protocol),
		cmocka_unit_test(test_what_was_put_is_got),
		cmocka_unit_test(test_a_frame_cut_anywhere_is_bad),
		cmocka_unit_test(test_octets_left_over_are_bad),
		cmocka_unit_test(test_another_version_is_bad),
		cmocka_unit_test(test_a_text_too_long_or_with_a_nul_fails_for_good),
		cmocka_unit_test(test_octets_beyond_their_maximum_fail),
		cmocka_unit_test(test_a_length_beyond_the_frame_fails),
		cmocka_unit_test(test_a_frame_beyond_the_maximum_is_our_fault),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
