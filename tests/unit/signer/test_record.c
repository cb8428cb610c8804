/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/fault.h"
#include "signer/record.h"

static struct signer_record sample(void)
{
	struct signer_record record = { .position = 0x0102,
		.kind = JOURNAL_INTENT,
		.stamped_at = INT64_C(0x52777e6ab3101),
		.reservation = 7,
		.reserved_at = 8,
		.refers = 9,
		.signed_at = 16,
		.id = { 0xaa },
		.key_tag = { 0xbb },
		.segment = 201512,
		.body_offset = 10,
		.body_len = 11,
		.durable = 12,
		.acknowledged = 13,
		.crl_number = 14,
		.crl_this_update_at = 15 };
	record.body.octets[0] = 0xcc;
	record.previous.octets[0] = 0xdd;
	return record;
}

/* The places of docs/journal.md: whoever changes one changes the format. */
static void test_each_field_stands_in_its_place(void **state)
{
	(void)state;
	static const struct {
		size_t place;
		uint8_t octet;
	} expected[] = {
		{ 14, 0x01 },
		{ 15, 0x02 },
		{ 23, 0x01 },
		{ 27, JOURNAL_INTENT },
		{ 31, 201512 & 0xff },
		{ 39, 10 },
		{ 43, 11 },
		{ 55, 7 },
		{ 63, 8 },
		{ 71, 9 },
		{ 79, 12 },
		{ 87, 13 },
		{ 95, 14 },
		{ 103, 15 },
		{ 104, 0xaa },
		{ 120, 0xbb },
		{ 143, 16 },
		{ 160, 0xcc },
		{ 192, 0xdd },
	};
	struct signer_record record = sample();
	uint8_t octets[SIGNER_RECORD_LEN];
	struct digest hash;
	assert_int_equal(signer_record_encode(&record, octets), 0);
	assert_memory_equal(octets, "hakkojr1", 8);
	for (size_t i = 0; i < LENGTH_OF(expected); i++)
		assert_int_equal(octets[expected[i].place], expected[i].octet);
	assert_int_equal(digest_of((struct bytes){ octets, 224 }, &hash), 0);
	assert_memory_equal(octets + 224, hash.octets, DIGEST_LEN);
	assert_true(digest_equal(&record.hash, &hash));
}

static void test_what_was_encoded_is_decoded(void **state)
{
	(void)state;
	struct signer_record record = sample(), got;
	uint8_t octets[SIGNER_RECORD_LEN], again[SIGNER_RECORD_LEN];
	assert_int_equal(signer_record_encode(&record, octets), 0);
	assert_int_equal(signer_record_decode(octets, &got), 0);
	assert_int_equal(got.position, record.position);
	assert_int_equal(got.crl_this_update_at, 15);
	assert_int_equal(signer_record_encode(&got, again), 0);
	assert_memory_equal(octets, again, sizeof(octets));
}

static void test_a_changed_octet_is_seen(void **state)
{
	(void)state;
	struct signer_record record = sample(), got;
	uint8_t octets[SIGNER_RECORD_LEN];
	assert_int_equal(signer_record_encode(&record, octets), 0);
	for (size_t i = 0; i < sizeof(octets); i++) {
		octets[i] ^= 1;
		assert_int_equal(signer_record_decode(octets, &got), SIGNER_RECORD_BAD);
		octets[i] ^= 1;
	}
	memset(octets, 0, sizeof(octets));
	assert_int_equal(signer_record_decode(octets, &got), SIGNER_RECORD_BAD);
}

static void test_impossible_values_are_no_record(void **state)
{
	(void)state;
	struct signer_record bad[4] = { sample(), sample(), sample(), sample() }, got;
	bad[0].kind = (enum journal_kind)6;
	bad[1].position = 0;
	bad[2].durable = bad[2].position;
	bad[3].body_len = SIGNER_BODY_MAX + 1;
	for (size_t i = 0; i < LENGTH_OF(bad); i++) {
		uint8_t octets[SIGNER_RECORD_LEN];
		assert_int_equal(signer_record_encode(&bad[i], octets), 0);
		assert_int_equal(signer_record_decode(octets, &got), SIGNER_RECORD_BAD);
	}
}

static void test_a_key_tag_is_of_signer_and_key(void **state)
{
	(void)state;
	const uint8_t one[SIGNER_ID_LEN] = { 1 }, two[SIGNER_ID_LEN] = { 2 };
	uint8_t tag[SIGNER_KEY_TAG_LEN], same[SIGNER_KEY_TAG_LEN], other[SIGNER_KEY_TAG_LEN];
	assert_int_equal(signer_record_key_tag(one, BYTES("key"), tag), 0);
	assert_int_equal(signer_record_key_tag(one, BYTES("key"), same), 0);
	assert_memory_equal(tag, same, sizeof(tag));
	assert_int_equal(signer_record_key_tag(two, BYTES("key"), other), 0);
	assert_memory_not_equal(tag, other, sizeof(tag));
	assert_int_equal(signer_record_key_tag(one, BYTES("kez"), other), 0);
	assert_memory_not_equal(tag, other, sizeof(tag));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_field_stands_in_its_place),
		cmocka_unit_test(test_what_was_encoded_is_decoded),
		cmocka_unit_test(test_a_changed_octet_is_seen),
		cmocka_unit_test(test_impossible_values_are_no_record),
		cmocka_unit_test(test_a_key_tag_is_of_signer_and_key),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
