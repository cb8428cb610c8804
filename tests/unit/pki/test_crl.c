/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/fault.h"
#include "fixture.h"
#include "pki/crl.h"

/* What a whole CRL looks like to others is in foreign.py. */

static struct fixture fixture;
static int64_t noon_at;

static int open_fixture(void **state)
{
	(void)state;
	fixture_open(&fixture);
	return instant_from_text("2015-09-02T03:00:00.5Z", &noon_at);
}

static int close_fixture(void **state)
{
	(void)state;
	fixture_close(&fixture);
	return 0;
}

static struct pki_crl_entry entry_of(uint8_t last, int reason)
{
	struct pki_crl_entry entry = { .revoked_at = noon_at, .reason = reason };
	entry.serial[SERIAL_LEN - 1] = last;
	return entry;
}

/* Appends the entry; the fault is the answer. */
static int append(struct buffer *entries, struct pki_crl_entry entry)
{
	return pki_crl_entry_build(&entry, entries);
}

static void test_entries_as_written(void **state)
{
	(void)state;
	char text[2 * PKI_CRL_ENTRY_MAX + 1];
	BUFFER_CLEANUP struct buffer entry = BUFFER(PKI_CRL_ENTRY_MAX);
	assert_int_equal(append(&entry, entry_of(0x80, 0)), 0);
	hex_encode(buffer_bytes(&entry), text);
	assert_string_equal(text, "301302020080170d3135303930323033303030305a");
	buffer_clear(&entry);
	assert_int_equal(append(&entry, entry_of(1, 5)), 0);
	hex_encode(buffer_bytes(&entry), text);
	assert_string_equal(text,
		"3020020101170d3135303930323033303030305a"
		"300c300a0603551d1504030a0105");
	assert_in_range(PKI_CRL_ENTRY_MIN, 1, 20);

	struct pki_crl_entry longest = entry_of(0, 1);
	memset(longest.serial, 0x7f, SERIAL_LEN);
	assert_int_equal(instant_from_text("2050-01-01T00:00:00Z", &longest.revoked_at), 0);
	buffer_clear(&entry);
	assert_int_equal(append(&entry, longest), 0);
}

static void test_entries_that_are_none(void **state)
{
	(void)state;
	BUFFER_CLEANUP struct buffer entries = BUFFER(1024);
	assert_int_equal(append(&entries, entry_of(0, 0)), -FAULT_LIMIT);
	const int reasons[] = { -1, 6, 7, 8, 9, 10 };
	for (size_t i = 0; i < LENGTH_OF(reasons); i++)
		assert_int_equal(append(&entries, entry_of(1, reasons[i])), -FAULT_LIMIT);
	struct pki_crl_entry negative = entry_of(1, 0);
	negative.serial[0] = 0x80;
	assert_int_equal(append(&entries, negative), -FAULT_LIMIT);
	assert_int_equal(entries.len, 0);
}

static void test_a_scan_over_many_calls(void **state)
{
	(void)state;
	struct pki_crl_scan scan = { .latest_allowed_at = noon_at };
	uint64_t len = 0;
	for (uint8_t i = 1; i < 200; i = (uint8_t)(i + 2)) {
		BUFFER_CLEANUP struct buffer entries = BUFFER(1024);
		assert_int_equal(append(&entries, entry_of(i, i % 6)), 0);
		assert_int_equal(append(&entries, entry_of((uint8_t)(i + 1), 0)), 0);
		assert_int_equal(pki_crl_scan(&scan, buffer_bytes(&entries)), 0);
		len += entries.len;
	}
	assert_int_equal(scan.count, 200);
	assert_int_equal(scan.len, len);
	assert_int_equal(scan.last_serial[SERIAL_LEN - 1], 200);
	assert_int_equal(pki_crl_scan(&scan, (struct bytes){ NULL, 0 }), 0);
}

/* Scans octets after an entry of serial 5; a bad run must leave the scan as it was. */
static int scan_after_five(struct bytes entries)
{
	BUFFER_CLEANUP struct buffer five = BUFFER(64);
	struct pki_crl_scan scan = { .latest_allowed_at = noon_at };
	assert_int_equal(append(&five, entry_of(5, 0)), 0);
	assert_int_equal(pki_crl_scan(&scan, buffer_bytes(&five)), 0);
	const struct pki_crl_scan before = scan;
	int r = pki_crl_scan(&scan, entries);
	if (r == PKI_CRL_BAD)
		assert_memory_equal(&scan, &before, sizeof(scan));
	return r;
}

static void test_order_and_dates(void **state)
{
	(void)state;
	const struct {
		uint8_t last;
		int64_t later;
		int expected;
	} cases[] = { { 6, 0, 0 }, { 5, 0, PKI_CRL_BAD }, { 4, 0, PKI_CRL_BAD },
		{ 6, SECOND, PKI_CRL_BAD }, { 6, -SECOND, 0 } };
	for (size_t i = 0; i < LENGTH_OF(cases); i++) {
		struct pki_crl_entry entry = entry_of(cases[i].last, 0);
		entry.revoked_at += cases[i].later;
		BUFFER_CLEANUP struct buffer entries = BUFFER(64);
		assert_int_equal(append(&entries, entry), 0);
		assert_int_equal(scan_after_five(buffer_bytes(&entries)), cases[i].expected);
	}
}

static void test_foreign_octets(void **state)
{
	(void)state;
	const char *time = "170d3135303930323033303030305a";
	const struct {
		const char *before, *after;
	} cases[] = {
		{ "3012020106", "00" },                           /* something behind it */
		{ "301302020006", "" },                           /* a zero too many */
		{ "3012020186", "" },                             /* negative */
		{ "30110200", "" },                               /* no number */
		{ "3080020106", "0000" },                         /* indefinite */
		{ "308112020106", "" },                           /* a longer length */
		{ "3112020106", "" },                             /* no SEQUENCE */
		{ "3014020106", "0500" },                         /* another member */
		{ "3014020106", "3000" },                         /* empty extensions */
		{ "3020020106", "300c300a0603551d1504030a0106" }, /* on hold: there is no hold */
		{ "3020020106", "300c300a0603551d1504030a0108" }, /* back from it */
		{ "3020020106", "300c300a0603551d1504030a0100" }, /* unspecified, said */
		{ "3020020106", "300c300a0603551d1404030a0101" }, /* another extension */
		{ "3023020106", "300f300d0603551d150101ff04030a0101" }, /* critical */
		{ "3022021101000000000000000000000000000006", "" },     /* 17 octets */
		{ "3013020106", "" },                                   /* cut off */
	};
	for (size_t i = 0; i < LENGTH_OF(cases); i++) {
		char hex[256] = "";
		uint8_t octets[128];
		size_t len = 0;
		(void)snprintf(hex, sizeof(hex), "%s%s%s", cases[i].before, time, cases[i].after);
		assert_int_equal(hex_decode(hex, octets, sizeof(octets), &len), 0);
		assert_int_equal(scan_after_five((struct bytes){ octets, len }), PKI_CRL_BAD);
	}
}

/* Every change of one octet of a good entry is either refused or another good entry. */
static void test_changed_octets(void **state)
{
	(void)state;
	BUFFER_CLEANUP struct buffer good = BUFFER(64);
	struct pki_crl_entry entry = entry_of(6, 3);
	entry.revoked_at -= 100 * DAY;
	assert_int_equal(append(&good, entry), 0);
	size_t taken = 0;
	for (size_t i = 0; i < good.len; i++)
		for (unsigned int octet = 0; octet < 256; octet++) {
			uint8_t copy[64];
			memcpy(copy, good.data, good.len);
			copy[i] = (uint8_t)octet;
			taken += scan_after_five((struct bytes){ copy, good.len }) == 0 ? 1 : 0;
		}
	/* The digits of a date, 122 serials and five reasons, all else is refused. */
	assert_in_range(taken, 122 + 5 + good.len, 400);
	for (size_t len = 1; len < good.len; len++)
		assert_int_equal(scan_after_five((struct bytes){ good.data, len }), PKI_CRL_BAD);
}

static void test_frames_are_bounded(void **state)
{
	(void)state;
	static uint8_t zeros[PKI_CRL_FRAME_MAX + 1];
	struct pki_crl_scan scan = { .latest_allowed_at = noon_at };
	assert_int_equal(pki_crl_scan(&scan, BYTES(zeros)), PKI_CRL_BAD);
}

static void test_requests_that_make_no_sense(void **state)
{
	(void)state;
	const struct pki_crl_request good = { .number = 1,
		.this_update_at = noon_at,
		.next_update_at = noon_at + HOUR,
		.entries_len = 60,
		.count = 2 };
	struct pki_crl_request bad[8];
	for (size_t i = 0; i < LENGTH_OF(bad); i++)
		bad[i] = good;
	bad[0].number = -1;
	bad[1].next_update_at = bad[1].this_update_at;
	bad[2].entries_len = 0;
	bad[3].count = 0;
	bad[4].entries_len = 2 * PKI_CRL_ENTRY_MIN - 1;
	bad[5].entries_len = 2 * PKI_CRL_ENTRY_MAX + 1;
	bad[6].entries_len = UINT64_MAX;
	bad[7].count = UINT64_MAX;
	BUFFER_CLEANUP struct buffer out = BUFFER(PKI_CRL_HEADER_MAX);
	for (size_t i = 0; i < LENGTH_OF(bad); i++) {
		assert_int_equal(pki_crl_header_build(&fixture.ca, &bad[i], &out), -FAULT_LIMIT);
		assert_int_equal(pki_crl_trailer_build(&fixture.ca, &bad[i], &out), -FAULT_LIMIT);
	}
	assert_int_equal(out.len, 0);
	assert_int_equal(pki_crl_header_build(&fixture.ca, &good, &out), 0);
}

/* Lengths far beyond memory are only numbers. */
static void test_a_very_long_list(void **state)
{
	(void)state;
	const struct pki_crl_request request = { .number = 1,
		.this_update_at = noon_at,
		.next_update_at = noon_at + HOUR,
		.entries_len = UINT64_C(1) << 33,
		.count = UINT64_C(1) << 28 };
	char text[2 * PKI_CRL_HEADER_MAX + 1];
	BUFFER_CLEANUP struct buffer header = BUFFER(PKI_CRL_HEADER_MAX);
	assert_int_equal(pki_crl_header_build(&fixture.ca, &request, &header), 0);
	hex_encode(buffer_bytes(&header), text);
	assert_non_null(strstr(text, "30850200000000"));
	assert_memory_equal(text, "308502000000", 12);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_entries_as_written),
		cmocka_unit_test(test_entries_that_are_none),
		cmocka_unit_test(test_a_scan_over_many_calls),
		cmocka_unit_test(test_order_and_dates),
		cmocka_unit_test(test_foreign_octets),
		cmocka_unit_test(test_changed_octets),
		cmocka_unit_test(test_frames_are_bounded),
		cmocka_unit_test(test_requests_that_make_no_sense),
		cmocka_unit_test(test_a_very_long_list),
	};
	return cmocka_run_group_tests(tests, open_fixture, close_fixture);
}
