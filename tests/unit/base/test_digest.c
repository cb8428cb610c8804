/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/digest.h"
#include "base/fault.h"

/* FIPS 180-2, appendix B. */
#define ABC "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define NOTHING "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

static void assert_text(const struct digest *digest, const char *expected)
{
	char text[DIGEST_HEX_SIZE];
	digest_to_text(digest, text);
	assert_string_equal(text, expected);
}

static void test_known_digests(void **state)
{
	(void)state;
	struct digest digest;
	assert_int_equal(digest_of(bytes_of_text("abc"), &digest), 0);
	assert_text(&digest, ABC);
	assert_int_equal(digest_of((struct bytes){ NULL, 0 }, &digest), 0);
	assert_text(&digest, NOTHING);
	assert_int_equal(digest_of_pieces(NULL, 0, &digest), 0);
	assert_text(&digest, NOTHING);
}

static void test_pieces_make_the_digest_of_the_whole(void **state)
{
	(void)state;
	const struct bytes pieces[] = { bytes_of_text("a"), { NULL, 0 }, bytes_of_text("bc") };
	struct digest digest, other;
	assert_int_equal(digest_of_pieces(pieces, LENGTH_OF(pieces), &digest), 0);
	assert_text(&digest, ABC);
	assert_int_equal(digest_of(bytes_of_text("abd"), &other), 0);
	assert_false(digest_equal(&digest, &other));
	assert_int_equal(digest_of(bytes_of_text("abc"), &other), 0);
	assert_true(digest_equal(&digest, &other));
	other.octets[DIGEST_LEN - 1] ^= 1;
	assert_false(digest_equal(&digest, &other));
	assert_int_equal(digest_bytes(&digest).len, DIGEST_LEN);
}

static void test_a_stream_makes_the_digest_of_the_whole(void **state)
{
	(void)state;
	DIGEST_STREAM_CLEANUP struct digest_stream *stream = NULL;
	struct digest digest;
	assert_int_equal(digest_stream_new(&stream), 0);
	assert_int_equal(digest_stream_add(stream, bytes_of_text("ab")), 0);
	assert_int_equal(digest_stream_add(stream, (struct bytes){ NULL, 0 }), 0);
	assert_int_equal(digest_stream_add(stream, bytes_of_text("c")), 0);
	assert_int_equal(digest_stream_end(stream, &digest), 0);
	assert_text(&digest, ABC);
	digest_stream_done(&stream);
	assert_null(stream);
}

static void test_random_octets_fill_what_is_asked(void **state)
{
	(void)state;
	uint8_t octets[40], before[40];
	memset(octets, 0, sizeof(octets));
	memset(before, 0, sizeof(before));
	assert_int_equal(random_fill(octets, 32), 0);
	assert_memory_not_equal(octets, before, 32);
	assert_memory_equal(octets + 32, before, 8);
	assert_int_equal(random_fill(octets, SIZE_MAX), -FAULT_LIMIT);
}

static void test_random_numbers_stay_below_their_bound(void **state)
{
	(void)state;
	uint32_t number = 7;
	assert_int_equal(random_below(1, &number), 0);
	assert_int_equal(number, 0);
	unsigned int counts[6] = { 0 };
	for (int i = 0; i < 6000; i++) {
		assert_int_equal(random_below(6, &number), 0);
		assert_true(number < 6);
		counts[number]++;
	}
	/* Each is expected 1000 times, with a deviation of 29: 200 is seven of them. */
	for (size_t i = 0; i < LENGTH_OF(counts); i++)
		assert_in_range(counts[i], 800, 1200);

	unsigned int low = 0;
	for (int i = 0; i < 2000; i++) {
		assert_int_equal(random_below(UINT32_C(1) << 31, &number), 0);
		assert_true(number < UINT32_C(1) << 31);
		low += number < UINT32_C(1) << 30 ? 1 : 0;
	}
	assert_in_range(low, 800, 1200);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known_digests),
		cmocka_unit_test(test_pieces_make_the_digest_of_the_whole),
		cmocka_unit_test(test_a_stream_makes_the_digest_of_the_whole),
		cmocka_unit_test(test_random_octets_fill_what_is_asked),
		cmocka_unit_test(test_random_numbers_stay_below_their_bound),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
