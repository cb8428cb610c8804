/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/fault.h"
#include "wire/message.h"

static const uint8_t csr[] = { 0x30, 0x03, 0x02, 0x01, 0x00 };

static struct wire_issue sample_issue(void)
{
	struct wire_issue issue = {
		.reservation = { .id = INT64_C(0x0102030405060708),
			.application = "ap_aaaaaaaaaaaaaaaaaaaaaaa",
			.record_id = 77,
			.municipality = "12232",
			.romaji = "Shiroi-shi",
			.serial = { 0x7f, 1, 2, 3 },
			.reserved_at = INT64_C(1450771199000001),
			.not_after_at = INT64_C(1545404399000000),
			.cn = "2015122216595912232123A",
			.spki = { 0x30, 0x01 },
			.spki_len = 2 },
		.resident = { .name = "白井　花子",
			.name_flags = "00000",
			.address = "千葉県白井市復１１２３",
			.address_flags = "00000000001",
			.birth = { ERA_SHOWA, 1980, 2, 17 },
			.sex = SEX_FEMALE },
		.csr = BYTES(csr),
	};
	memset(issue.reservation.ca_key_id.octets, 0x11, DIGEST_LEN);
	memset(issue.reservation.profile.octets, 0x22, DIGEST_LEN);
	return issue;
}

/* Opens what an encoder left. */
static struct wire_reader open_frame(const struct buffer *frame, enum wire_verb expected)
{
	enum wire_verb verb;
	struct wire_reader reader;
	struct bytes octets = { frame->data + 4, frame->len - 4 };
	assert_int_equal(wire_frame_open(octets, &verb, &reader), 0);
	assert_int_equal(verb, expected);
	return reader;
}

static void test_an_issue_comes_through(void **state)
{
	(void)state;
	struct wire_issue sent = sample_issue(), got;
	BUFFER_CLEANUP struct buffer frame = WIRE_BUFFER, again = WIRE_BUFFER;
	assert_int_equal(wire_issue_encode(&sent, &frame), 0);
	struct wire_reader reader = open_frame(&frame, WIRE_ISSUE);
	assert_int_equal(wire_issue_decode(&reader, &got), 0);

	assert_int_equal(got.reservation.id, sent.reservation.id);
	assert_string_equal(got.reservation.cn, sent.reservation.cn);
	assert_string_equal(got.resident.name, sent.resident.name);
	assert_int_equal(got.resident.birth.year, 1980);
	assert_true(bytes_equal(got.csr, sent.csr));
	assert_int_equal(wire_issue_encode(&got, &again), 0);
	assert_true(bytes_equal(buffer_bytes(&frame), buffer_bytes(&again)));
}

static void test_nothing_but_what_the_certificate_holds_is_sent(void **state)
{
	(void)state;
	struct wire_issue sent = sample_issue();
	BUFFER_CLEANUP struct buffer plain = WIRE_BUFFER, more = WIRE_BUFFER;
	assert_int_equal(wire_issue_encode(&sent, &plain), 0);
	sent.resident.id = 9;
	sent.resident.ward = true;
	memset(sent.resident.commitment.octets, 0x33, DIGEST_LEN);
	assert_int_equal(wire_issue_encode(&sent, &more), 0);
	assert_true(bytes_equal(buffer_bytes(&plain), buffer_bytes(&more)));
}

static void test_an_issue_cut_anywhere_is_bad(void **state)
{
	(void)state;
	struct wire_issue sent = sample_issue(), got;
	BUFFER_CLEANUP struct buffer frame = WIRE_BUFFER;
	assert_int_equal(wire_issue_encode(&sent, &frame), 0);
	for (size_t len = WIRE_HEAD_LEN; len < frame.len; len++) {
		struct wire_reader reader = { .rest = { frame.data + WIRE_HEAD_LEN,
						      len - WIRE_HEAD_LEN } };
		assert_int_equal(wire_issue_decode(&reader, &got), WIRE_BAD);
	}
	uint8_t *place;
	assert_int_equal(buffer_extend(&frame, 1, &place), 0);
	*place = 0;
	struct wire_reader reader = { .rest = { frame.data + WIRE_HEAD_LEN,
					      frame.len - WIRE_HEAD_LEN } };
	assert_int_equal(wire_issue_decode(&reader, &got), WIRE_BAD);
}

static void test_values_beyond_their_field_are_our_fault(void **state)
{
	(void)state;
	BUFFER_CLEANUP struct buffer frame = WIRE_BUFFER;
	struct wire_issue sent = sample_issue();
	sent.resident.birth.month = 13;
	assert_int_equal(wire_issue_encode(&sent, &frame), -FAULT_LIMIT);
	sent = sample_issue();
	sent.reservation.spki_len = SPKI_MAX + 1;
	assert_int_equal(wire_issue_encode(&sent, &frame), -FAULT_LIMIT);
	sent = sample_issue();
	sent.csr.len = WIRE_CSR_MAX + 1;
	assert_int_equal(wire_issue_encode(&sent, &frame), -FAULT_LIMIT);
}

/* Reads an issue whose 4-octet field of this value was changed. */
static int decode_changed(uint32_t from, uint32_t to)
{
	struct wire_issue sent = sample_issue(), got;
	BUFFER_CLEANUP struct buffer frame = WIRE_BUFFER;
	assert_int_equal(wire_issue_encode(&sent, &frame), 0);
	uint8_t old[4] = { 0, 0, (uint8_t)(from >> 8), (uint8_t)from };
	uint8_t *place = memmem(frame.data, frame.len, old, sizeof(old));
	assert_non_null(place);
	place[2] = (uint8_t)(to >> 8);
	place[3] = (uint8_t)to;
	struct wire_reader reader = open_frame(&frame, WIRE_ISSUE);
	return wire_issue_decode(&reader, &got);
}

static void test_a_year_of_five_digits_is_bad(void **state)
{
	(void)state;
	assert_int_equal(decode_changed(1980, 9999), 0);
	assert_int_equal(decode_changed(1980, 10000), WIRE_BAD);
}

static void test_an_issued_comes_through(void **state)
{
	(void)state;
	struct wire_issued sent = { .der_len = CERTIFICATE_MAX, .place.position = 42 }, got;
	memset(sent.der, 0x5a, sizeof(sent.der));
	memset(sent.place.hash.octets, 0x44, DIGEST_LEN);
	BUFFER_CLEANUP struct buffer frame = WIRE_BUFFER;
	assert_int_equal(wire_issued_encode(&sent, &frame), 0);
	struct wire_reader reader = open_frame(&frame, WIRE_ANSWER);
	assert_int_equal(wire_issued_decode(&reader, &got), 0);
	assert_int_equal(got.der_len, CERTIFICATE_MAX);
	assert_memory_equal(got.der, sent.der, CERTIFICATE_MAX);
	assert_int_equal(got.place.position, 42);
	assert_true(digest_equal(&got.place.hash, &sent.place.hash));
}

static void test_a_journal_request_comes_through_within_its_limits(void **state)
{
	(void)state;
	BUFFER_CLEANUP struct buffer frame = WIRE_BUFFER;
	struct wire_journal_request sent = { .after = 7, .limit = WIRE_JOURNAL_RECORDS_MAX }, got;
	assert_int_equal(wire_journal_request_encode(&sent, &frame), 0);
	struct wire_reader reader = open_frame(&frame, WIRE_JOURNAL);
	assert_int_equal(wire_journal_request_decode(&reader, &got), 0);
	assert_int_equal(got.after, 7);
	assert_int_equal(got.limit, WIRE_JOURNAL_RECORDS_MAX);

	sent.limit++;
	assert_int_equal(wire_journal_request_encode(&sent, &frame), 0);
	reader = open_frame(&frame, WIRE_JOURNAL);
	assert_int_equal(wire_journal_request_decode(&reader, &got), WIRE_BAD);
	sent = (struct wire_journal_request){ .after = -1, .limit = 1 };
	assert_int_equal(wire_journal_request_encode(&sent, &frame), 0);
	reader = open_frame(&frame, WIRE_JOURNAL);
	assert_int_equal(wire_journal_request_decode(&reader, &got), WIRE_BAD);
}

static void test_a_journal_comes_through(void **state)
{
	(void)state;
	struct wire_journal *sent = calloc(1, sizeof(*sent)), *got = calloc(1, sizeof(*got));
	assert_non_null(sent);
	assert_non_null(got);
	sent->head.position = 9;
	sent->acknowledged.position = 3;
	sent->count = 5;
	for (uint32_t i = 0; i < sent->count; i++) {
		sent->records[i].place.position = 4 + i;
		sent->records[i].kind = (enum journal_kind)(JOURNAL_GENESIS + i);
		sent->records[i].der_len = 1500 * (i % 2);
		memset(sent->records[i].der, (int)i, sent->records[i].der_len);
	}
	BUFFER_CLEANUP struct buffer frame = WIRE_BUFFER;
	assert_int_equal(wire_journal_encode(sent, &frame), 0);
	assert_int_equal(frame.len,
		WIRE_HEAD_LEN + SIGNER_ID_LEN + 2 * (8 + DIGEST_LEN) + 4 +
			5 * WIRE_JOURNAL_RECORD_LEN + 2 * 1500);
	struct wire_reader reader = open_frame(&frame, WIRE_ANSWER);
	assert_int_equal(wire_journal_decode(&reader, got), 0);
	assert_int_equal(got->count, 5);
	assert_int_equal(got->records[4].kind, JOURNAL_ACKNOWLEDGED);
	assert_int_equal(got->records[3].der_len, 1500);
	assert_memory_equal(got->records[3].der, sent->records[3].der, 1500);

	/* One record fewer than it says: nothing of the result is touched. */
	memset(got, 0x77, sizeof(*got));
	reader = open_frame(&frame, WIRE_ANSWER);
	reader.rest.len -= WIRE_JOURNAL_RECORD_LEN;
	assert_int_equal(wire_journal_decode(&reader, got), WIRE_BAD);
	assert_int_equal(got->count, 0x77777777);
	free(sent);
	free(got);
}

static void test_more_records_than_the_maximum_are_bad(void **state)
{
	(void)state;
	struct wire_journal *got = calloc(1, sizeof(*got));
	assert_non_null(got);
	BUFFER_CLEANUP struct buffer frame = WIRE_BUFFER;
	assert_int_equal(wire_journal_encode(got, &frame), 0);
	frame.data[frame.len - 1] = WIRE_JOURNAL_RECORDS_MAX + 1;
	struct wire_reader reader = open_frame(&frame, WIRE_ANSWER);
	assert_int_equal(wire_journal_decode(&reader, got), WIRE_BAD);
	free(got);
}

static void test_a_crl_comes_through(void **state)
{
	(void)state;
	BUFFER_CLEANUP struct buffer frame = WIRE_BUFFER;
	struct wire_crl_begin begin = { 5, 6, 7, UINT64_MAX, 9 }, begun;
	assert_int_equal(wire_crl_begin_encode(&begin, &frame), 0);
	struct wire_reader reader = open_frame(&frame, WIRE_CRL_BEGIN);
	assert_int_equal(wire_crl_begin_decode(&reader, &begun), 0);
	assert_memory_equal(&begin, &begun, sizeof(begin));

	assert_int_equal(wire_crl_entries_encode(BYTES(csr), &frame), 0);
	reader = open_frame(&frame, WIRE_CRL_ENTRIES);
	assert_true(bytes_equal(reader.rest, BYTES(csr)));

	struct wire_crl_signed sent = { .outer = { 1 }, .outer_len = 1, .rest_len = 4096 }, got;
	sent.rest[4095] = 8;
	assert_int_equal(wire_crl_signed_encode(&sent, &frame), 0);
	reader = open_frame(&frame, WIRE_ANSWER);
	assert_int_equal(wire_crl_signed_decode(&reader, &got), 0);
	assert_int_equal(got.outer_len, 1);
	assert_int_equal(got.rest_len, 4096);
	assert_int_equal(got.rest[4095], 8);
}

static void test_a_status_comes_through(void **state)
{
	(void)state;
	BUFFER_CLEANUP struct buffer frame = WIRE_BUFFER;
	struct wire_status sent = { .kind = SERVICE_REHEARSAL,
		.now_at = -1,
		.closing_at = INT64_MAX,
		.head.position = 5,
		.acknowledged.position = 4 };
	struct wire_status got;
	assert_int_equal(wire_status_encode(&sent, &frame), 0);
	struct wire_reader reader = open_frame(&frame, WIRE_ANSWER);
	assert_int_equal(wire_status_decode(&reader, &got), 0);
	assert_int_equal(got.kind, SERVICE_REHEARSAL);
	assert_int_equal(got.now_at, -1);
	assert_int_equal(got.closing_at, INT64_MAX);
	assert_int_equal(got.acknowledged.position, 4);
	frame.data[WIRE_HEAD_LEN + SIGNER_ID_LEN + 3] = SERVICE_REHEARSAL + 1;
	reader = open_frame(&frame, WIRE_ANSWER);
	assert_int_equal(wire_status_decode(&reader, &got), WIRE_BAD);
}

static void test_a_refusal_comes_through(void **state)
{
	(void)state;
	BUFFER_CLEANUP struct buffer frame = WIRE_BUFFER;
	struct wire_refused sent = { "programme_closed", "closed" }, got;
	assert_int_equal(wire_refused_encode(&sent, &frame), 0);
	struct wire_reader reader = open_frame(&frame, WIRE_REFUSED);
	assert_int_equal(wire_refused_decode(&reader, &got), 0);
	assert_string_equal(got.code, "programme_closed");
	assert_string_equal(got.text, "closed");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_an_issue_comes_through),
		cmocka_unit_test(test_nothing_but_what_the_certificate_holds_is_sent),
		cmocka_unit_test(test_an_issue_cut_anywhere_is_bad),
		cmocka_unit_test(test_values_beyond_their_field_are_our_fault),
		cmocka_unit_test(test_a_year_of_five_digits_is_bad),
		cmocka_unit_test(test_an_issued_comes_through),
		cmocka_unit_test(test_a_journal_request_comes_through_within_its_limits),
		cmocka_unit_test(test_a_journal_comes_through),
		cmocka_unit_test(test_more_records_than_the_maximum_are_bad),
		cmocka_unit_test(test_a_crl_comes_through),
		cmocka_unit_test(test_a_status_comes_through),
		cmocka_unit_test(test_a_refusal_comes_through),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
