/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/calendar.h"
#include "pki/tlv.h"

/* Octets out of hexadecimal; valid until the next call. */
static struct bytes octets_of(const char *hex)
{
	static uint8_t octets[512];
	size_t len;
	assert_int_equal(hex_decode(hex, octets, sizeof(octets), &len), 0);
	return (struct bytes){ octets, len };
}

static void test_elements_in_their_one_form(void **state)
{
	(void)state;
	struct bytes rest = octets_of("0201053000");
	struct pki_tlv element;
	assert_true(pki_tlv_next(&rest, &element));
	assert_int_equal(element.tag, DER_INTEGER);
	assert_int_equal(element.whole.len, 3);
	assert_int_equal(element.content.len, 1);
	assert_true(pki_tlv_next(&rest, &element));
	assert_int_equal(element.content.len, 0);
	assert_false(pki_tlv_next(&rest, &element));

	const char *bad[] = { "", "02", "0201", "020205", "0280", "028105", "02810105",
		"0282000105", "02820001", "028500000000010000", "1f0100", "3f810100",
		"02847fffffff00", "0284" };
	for (size_t i = 0; i < LENGTH_OF(bad); i++) {
		rest = octets_of(bad[i]);
		const struct bytes before = rest;
		assert_false(pki_tlv_next(&rest, &element));
		assert_int_equal(rest.len, before.len);
	}
}

static void test_long_lengths(void **state)
{
	(void)state;
	static uint8_t octets[4 + 300] = { DER_OCTET_STRING, 0x82, 0x01, 0x2c };
	struct bytes rest = BYTES(octets);
	struct bytes content;
	assert_true(pki_tlv_take(&rest, DER_OCTET_STRING, &content));
	assert_int_equal(content.len, 300);
	assert_int_equal(rest.len, 0);
	rest = (struct bytes){ octets, sizeof(octets) - 1 };
	assert_false(pki_tlv_take(&rest, DER_OCTET_STRING, &content));
}

static void test_unsigned_numbers(void **state)
{
	(void)state;
	const struct {
		const char *hex;
		size_t len; /* 0: refused */
		uint8_t first;
	} cases[] = {
		{ "020100", 1, 0 },
		{ "02017f", 1, 0x7f },
		{ "02020080", 1, 0x80 },
		{ "02020100", 2, 1 },
		{ "0200", 0, 0 },
		{ "020180", 0, 0 },
		{ "0201ff", 0, 0 },
		{ "02020000", 0, 0 },
		{ "0202007f", 0, 0 },
		{ "0202ff80", 0, 0 },
		{ "040101", 0, 0 },
	};
	for (size_t i = 0; i < LENGTH_OF(cases); i++) {
		struct bytes rest = octets_of(cases[i].hex), number = { NULL, 0 };
		assert_int_equal(pki_tlv_take_unsigned(&rest, &number), cases[i].len > 0);
		assert_int_equal(number.len, cases[i].len);
		if (number.len > 0)
			assert_int_equal(number.data[0], cases[i].first);
	}
}

static void test_bits(void **state)
{
	(void)state;
	struct bytes rest = octets_of("030300abcd"), bits;
	assert_true(pki_tlv_take_bits(&rest, &bits));
	assert_int_equal(bits.len, 2);
	const char *bad[] = { "0300", "030206c0", "040200c0" };
	for (size_t i = 0; i < LENGTH_OF(bad); i++) {
		rest = octets_of(bad[i]);
		assert_false(pki_tlv_take_bits(&rest, &bits));
	}
}

/* Reads a time given as tag and text. */
static bool time_of(uint8_t tag, const char *text, int64_t *ret_at)
{
	BUFFER_CLEANUP struct buffer out = BUFFER(64);
	struct pki_der der = pki_der_begin(&out);
	pki_der_text(&der, tag, text);
	assert_int_equal(pki_der_end(&der), 0);
	struct bytes rest = buffer_bytes(&out);
	return pki_tlv_take_time(&rest, ret_at) && rest.len == 0;
}

static void test_times_are_read_as_written(void **state)
{
	(void)state;
	const char *instants[] = { "1950-01-01T00:00:00Z", "1999-12-31T23:59:59Z",
		"2000-02-29T12:00:00Z", "2049-12-31T23:59:59Z", "2050-01-01T00:00:00Z",
		"9999-12-31T23:59:59Z" };
	for (size_t i = 0; i < LENGTH_OF(instants); i++) {
		int64_t at, read_at = 0;
		assert_int_equal(instant_from_text(instants[i], &at), 0);
		BUFFER_CLEANUP struct buffer out = BUFFER(64);
		struct pki_der der = pki_der_begin(&out);
		pki_der_time(&der, at);
		assert_int_equal(pki_der_end(&der), 0);
		struct bytes rest = buffer_bytes(&out);
		assert_true(pki_tlv_take_time(&rest, &read_at));
		assert_true(read_at == at);
	}
}

static void test_foreign_times(void **state)
{
	(void)state;
	int64_t at = 7;
	const char *bad[] = { "1512220759Z", "151222075959", "1512220759590", "151222075959+0900",
		"151322075959Z", "150229075959Z", "151222245959Z", "151222076059Z", "151222075960Z",
		"15122207595xZ", "", "150022075959Z", "20151222075959Z" };
	for (size_t i = 0; i < LENGTH_OF(bad); i++)
		assert_false(time_of(DER_UTC_TIME, bad[i], &at));
	assert_false(time_of(DER_GENERALIZED_TIME, "20151222075959Z", &at)); /* has a UTCTime */
	assert_false(time_of(DER_GENERALIZED_TIME, "20501222075959.5Z", &at));
	assert_false(time_of(DER_GENERALIZED_TIME, "501222075959Z", &at));
	assert_false(time_of(DER_UTF8_STRING, "151222075959Z", &at));
	assert_int_equal(at, 7);
}

static void test_strictness_to_the_innermost(void **state)
{
	(void)state;
	const char *good[] = { "", "3000", "0500", "30030101ff", "0101ff0500", "3106020101020102",
		"a003020105", "800105", "a00002010131060101ff020101", "030100", "0303000001" };
	const char *bad[] = {
		"01010130",                     /* BOOLEAN of another truth, then half an element */
		"010101",                       /* BOOLEAN of another truth */
		"0100",                         /* empty BOOLEAN */
		"3003010101",                   /* the same inside */
		"0202007f",                     /* INTEGER with a zero too many */
		"0a020001",                     /* ENUMERATED as well */
		"050100",                       /* NULL with content */
		"0600",                         /* empty OBJECT IDENTIFIER */
		"060180",                       /* one that goes on */
		"0300",                         /* BIT STRING without its first octet */
		"030108",                       /* more unused bits than there are */
		"030107",                       /* unused bits of nothing */
		"3080020101",                   /* indefinite length */
		"30800201010000", "3003020205", /* the inner one is longer than the outer one */
		"1000",                         /* primitive SEQUENCE */
		"24030401aa",                   /* constructed OCTET STRING */
		"a003020200", "3106020102020101", /* SET out of order */
		"31080202010002020080",           /* and of two octets */
	};
	for (size_t i = 0; i < LENGTH_OF(good); i++)
		assert_true(pki_tlv_is_strict(octets_of(good[i])));
	for (size_t i = 0; i < LENGTH_OF(bad); i++)
		assert_false(pki_tlv_is_strict(octets_of(bad[i])));
}

/* Nesting beyond the limit is refused, not followed. */
static void test_depth_is_bounded(void **state)
{
	(void)state;
	uint8_t octets[2 * 100];
	for (size_t levels = 1; levels <= 60; levels++) {
		for (size_t i = 0; i < levels; i++) {
			octets[2 * i] = DER_SEQUENCE;
			octets[2 * i + 1] = (uint8_t)(2 * (levels - 1 - i));
		}
		bool is_strict = pki_tlv_is_strict((struct bytes){ octets, 2 * levels });
		assert_int_equal(is_strict, levels < PKI_TLV_DEPTH_MAX);
	}
}

static void test_key_bits(void **state)
{
	(void)state;
	struct bytes bits;
	assert_false(pki_tlv_key_bits(octets_of("3004300006002f"), &bits));
	assert_true(pki_tlv_key_bits(octets_of("3006300003020012"), &bits));
	assert_int_equal(bits.len, 1);
	assert_int_equal(bits.data[0], 0x12);
	assert_false(pki_tlv_key_bits(octets_of("300630000302001200"), &bits));
	assert_false(pki_tlv_key_bits(octets_of("30083000030200120500"), &bits));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_elements_in_their_one_form),
		cmocka_unit_test(test_long_lengths),
		cmocka_unit_test(test_unsigned_numbers),
		cmocka_unit_test(test_bits),
		cmocka_unit_test(test_times_are_read_as_written),
		cmocka_unit_test(test_foreign_times),
		cmocka_unit_test(test_strictness_to_the_innermost),
		cmocka_unit_test(test_depth_is_bounded),
		cmocka_unit_test(test_key_bits),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
