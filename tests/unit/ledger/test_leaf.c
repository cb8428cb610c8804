/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/fault.h"
#include "ledger/leaf.h"

/* A leaf with every line. */
static struct leaf whole_leaf(void)
{
	static const uint8_t serial[SERIAL_LEN] = { 0x00, 0x9f, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11,
		12, 13, 14 };
	static struct digest digests[4];
	for (size_t i = 0; i < LENGTH_OF(digests); i++)
		memset(digests[i].octets, (int)(0x11 * (i + 1)), DIGEST_LEN);
	return (struct leaf){
		.kind = LEAF_ISSUANCE,
		.happened_at = INT64_C(1441070430654321), /* 2015-09-01T01:20:30.654321Z */
		.municipality = "12232",
		.client_id = 42,
		.clerk = "窓口　太郎",
		.application = "ap_abcdefghijklmnopqrstuvw",
		.serial = serial,
		.tbs = &digests[0],
		.certificate = &digests[1],
		.profile = &digests[2],
		.person = &digests[3],
		.subject = "2018-08-31T14:59:59Z",
	};
}

static const char whole_detail[] =
	"municipality=12232\n"
	"client=42\n"
	"clerk=窓口　太郎\n"
	"application=ap_abcdefghijklmnopqrstuvw\n"
	"serial=009f0102030405060708090a0b0c0d0e\n"
	"tbs=1111111111111111111111111111111111111111111111111111111111111111\n"
	"certificate=2222222222222222222222222222222222222222222222222222222222222222\n"
	"profile=3333333333333333333333333333333333333333333333333333333333333333\n"
	"person=4444444444444444444444444444444444444444444444444444444444444444\n"
	"subject=2018-08-31T14:59:59Z\n";

static struct bytes detail_of(const struct leaf_octets *made)
{
	return (struct bytes){ (const uint8_t *)made->detail, made->detail_len };
}

static void test_every_line_in_its_place(void **state)
{
	(void)state;
	const struct leaf leaf = whole_leaf();
	struct leaf_octets made;
	assert_int_equal(ledger_leaf_encode(&leaf, &made), 0);
	assert_true(bytes_equal(detail_of(&made), bytes_of_text(whole_detail)));

	/* version, kind, instant: 0x00051ea55b1d8f71 microseconds */
	char head[2 * 10 + 1];
	hex_encode((struct bytes){ made.octets, 10 }, head);
	assert_string_equal(head, "010100051ea55b1d8f71");
	const struct bytes pieces[] = { BYTES(made.salt), detail_of(&made) };
	struct digest commitment;
	assert_int_equal(digest_of_pieces(pieces, 2, &commitment), 0);
	assert_memory_equal(made.octets + 10, commitment.octets, DIGEST_LEN);
}

static void test_what_is_not_said_has_no_line(void **state)
{
	(void)state;
	struct leaf leaf = { .kind = LEAF_CRL, .happened_at = 1, .clerk = "", .subject = "7" };
	struct leaf_octets made;
	assert_int_equal(ledger_leaf_encode(&leaf, &made), 0);
	assert_true(bytes_equal(detail_of(&made), bytes_of_text("subject=7\n")));
	leaf.subject = NULL;
	assert_int_equal(ledger_leaf_encode(&leaf, &made), 0);
	assert_int_equal(made.detail_len, 0);
	assert_int_equal(
		ledger_leaf_check(BYTES(made.octets), BYTES(made.salt), detail_of(&made)), 0);
}

static void test_salts_differ(void **state)
{
	(void)state;
	const struct leaf leaf = whole_leaf();
	struct leaf_octets first, second;
	assert_int_equal(ledger_leaf_encode(&leaf, &first), 0);
	assert_int_equal(ledger_leaf_encode(&leaf, &second), 0);
	assert_memory_not_equal(first.salt, second.salt, LEAF_SALT_LEN);
	assert_memory_not_equal(first.octets, second.octets, LEAF_LEN);
	assert_memory_equal(first.octets, second.octets, 10);
}

static void test_texts_that_would_be_two_lines(void **state)
{
	(void)state;
	const char *bad[] = { "a\nserial=00", "\t", "\r", "\x1b[0m", "\x7f", "\xc2\x85",
		"\xc2\x9f" };
	for (size_t i = 0; i < LENGTH_OF(bad); i++) {
		struct leaf leaf = whole_leaf();
		struct leaf_octets made = { .detail_len = 7 };
		leaf.clerk = bad[i];
		assert_int_equal(ledger_leaf_encode(&leaf, &made), -FAULT_LIMIT);
		assert_int_equal(made.detail_len, 7);
		leaf.clerk = NULL;
		leaf.subject = bad[i];
		assert_int_equal(ledger_leaf_encode(&leaf, &made), -FAULT_LIMIT);
	}
	struct leaf leaf = whole_leaf();
	struct leaf_octets made;
	leaf.clerk = "\xc2\xa0=é"; /* neighbours of the controls; '=' may stand in a value */
	assert_int_equal(ledger_leaf_encode(&leaf, &made), 0);
}

static void test_the_detail_is_bounded(void **state)
{
	(void)state;
	static char text[LEAF_DETAIL_MAX + 1];
	struct leaf leaf = { .kind = LEAF_CLIENT, .happened_at = 0, .subject = text };
	struct leaf_octets made;
	memset(text, 'a', LEAF_DETAIL_MAX - strlen("subject=\n"));
	assert_int_equal(ledger_leaf_encode(&leaf, &made), 0);
	assert_int_equal(made.detail_len, LEAF_DETAIL_MAX);
	text[strlen(text)] = 'a';
	assert_int_equal(ledger_leaf_encode(&leaf, &made), -FAULT_LIMIT);
}

static void test_numbers_out_of_bounds(void **state)
{
	(void)state;
	const struct leaf good = whole_leaf();
	struct leaf bad[] = { good, good, good, good };
	bad[0].kind = (enum leaf_kind)0;
	bad[1].kind = (enum leaf_kind)256;
	bad[2].happened_at = -1;
	bad[3].client_id = -1;
	struct leaf_octets made;
	for (size_t i = 0; i < LENGTH_OF(bad); i++)
		assert_int_equal(ledger_leaf_encode(&bad[i], &made), -FAULT_LIMIT);
}

/* Any octet changed anywhere, or one more or less, is no leaf of that detail. */
static void test_checks(void **state)
{
	(void)state;
	const struct leaf leaf = whole_leaf();
	struct leaf_octets made;
	assert_int_equal(ledger_leaf_encode(&leaf, &made), 0);
	const struct bytes octets = BYTES(made.octets), salt = BYTES(made.salt);
	assert_int_equal(ledger_leaf_check(octets, salt, detail_of(&made)), 0);
	uint8_t *parts[] = { made.octets + 10, made.salt, (uint8_t *)made.detail, made.octets };
	const size_t lens[] = { DIGEST_LEN, LEAF_SALT_LEN, made.detail_len, 1 };
	for (size_t i = 0; i < LENGTH_OF(parts); i++)
		for (size_t j = 0; j < lens[i]; j++) {
			parts[i][j] ^= 0x40;
			assert_int_equal(
				ledger_leaf_check(octets, salt, detail_of(&made)), LEDGER_LEAF_BAD);
			parts[i][j] ^= 0x40;
		}
	const struct bytes shorter = { octets.data, octets.len - 1 };
	assert_int_equal(ledger_leaf_check(shorter, salt, detail_of(&made)), LEDGER_LEAF_BAD);
	const struct bytes short_salt = { salt.data, salt.len - 1 };
	assert_int_equal(ledger_leaf_check(octets, short_salt, detail_of(&made)), LEDGER_LEAF_BAD);
	made.octets[1] = 0;
	assert_int_equal(ledger_leaf_check(octets, salt, detail_of(&made)), LEDGER_LEAF_BAD);
}

static void test_hash_of_a_leaf(void **state)
{
	(void)state;
	uint8_t octets[LEAF_LEN];
	for (size_t i = 0; i < LEAF_LEN; i++)
		octets[i] = (uint8_t)i;
	struct digest hash;
	char text[DIGEST_HEX_SIZE];
	assert_int_equal(ledger_leaf_hash(octets, &hash), 0);
	digest_to_text(&hash, text);
	assert_string_equal(
		text, "20edd328475d19b4bf16b88ad7d7d0d081954abc1c705b28227dc9e67d1c579c");
}

/* The example of docs/ledger.md, which was computed elsewhere. */
static void test_the_documented_example(void **state)
{
	(void)state;
	static const char leaf_hex[] = "010500051ea55b1d8f71c85e30f801e3c560af81"
				       "a30c6111044fbcb9c76cb47288237c8529a4950b5e3e";
	const struct bytes detail = bytes_of_text(
		"serial=009f0102030405060708090a0b0c0d0e\nsubject=discarded\n");
	uint8_t octets[LEAF_LEN], salt[LEAF_SALT_LEN];
	size_t len = 0;
	assert_int_equal(hex_decode(leaf_hex, octets, sizeof(octets), &len), 0);
	assert_int_equal(len, LEAF_LEN);
	for (size_t i = 0; i < LEAF_SALT_LEN; i++)
		salt[i] = (uint8_t)i;
	assert_int_equal(ledger_leaf_check(BYTES(octets), BYTES(salt), detail), 0);
	struct digest hash;
	char text[DIGEST_HEX_SIZE];
	assert_int_equal(ledger_leaf_hash(octets, &hash), 0);
	digest_to_text(&hash, text);
	assert_string_equal(
		text, "0c9c309b3c1b8fc438326a5b3e9c3da36b609d881bfa32ff09dd041bd96ec22d");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_line_in_its_place),
		cmocka_unit_test(test_what_is_not_said_has_no_line),
		cmocka_unit_test(test_salts_differ),
		cmocka_unit_test(test_texts_that_would_be_two_lines),
		cmocka_unit_test(test_the_detail_is_bounded),
		cmocka_unit_test(test_numbers_out_of_bounds),
		cmocka_unit_test(test_checks),
		cmocka_unit_test(test_hash_of_a_leaf),
		cmocka_unit_test(test_the_documented_example),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
