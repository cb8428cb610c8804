/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/calendar.h"
#include "base/fault.h"
#include "pki/der.h"

static char text[4096];

/* What `der` wrote, in hexadecimal. */
static const char *hex_of(const struct buffer *octets)
{
	assert_true(2 * octets->len < sizeof(text));
	hex_encode(buffer_bytes(octets), text);
	return text;
}

/* Runs one writing call and compares what it wrote. */
#define assert_written(expected_, call_)                                                           \
	do {                                                                                       \
		BUFFER_CLEANUP struct buffer out_ = BUFFER(1024);                                  \
		struct pki_der der = pki_der_begin(&out_);                                         \
		call_;                                                                             \
		assert_int_equal(pki_der_end(&der), 0);                                            \
		assert_string_equal(hex_of(&out_), expected_);                                     \
	} while (0)

#define assert_not_written(kind_, call_)                                                           \
	do {                                                                                       \
		BUFFER_CLEANUP struct buffer out_ = BUFFER(1024);                                  \
		assert_int_equal(buffer_append_text(&out_, "x"), 0);                               \
		struct pki_der der = pki_der_begin(&out_);                                         \
		call_;                                                                             \
		assert_int_equal(pki_der_end(&der), -(kind_));                                     \
		assert_int_equal(out_.len, 1);                                                     \
	} while (0)

static struct bytes of(const char *octets, size_t len)
{
	return (struct bytes){ (const uint8_t *)octets, len };
}

static void test_integers_have_their_shortest_form(void **state)
{
	(void)state;
	assert_written("020100", pki_der_number(&der, 0));
	assert_written("02017f", pki_der_number(&der, 127));
	assert_written("02020080", pki_der_number(&der, 128));
	assert_written("020200ff", pki_der_number(&der, 255));
	assert_written("02020100", pki_der_number(&der, 256));
	assert_written("02087fffffffffffffff", pki_der_number(&der, INT64_MAX));
	assert_written("020900ffffffffffffffff", pki_der_number(&der, UINT64_MAX));
	assert_written("020100", pki_der_unsigned(&der, of("", 0)));
	assert_written("020100", pki_der_unsigned(&der, of("\0\0\0", 3)));
	assert_written("02017f", pki_der_unsigned(&der, of("\0\0\x7f", 3)));
	assert_written("02020080", pki_der_unsigned(&der, of("\0\0\x80", 3)));
	assert_written("0203010000", pki_der_unsigned(&der, of("\0\x01\0\0", 4)));
}

static void test_object_identifiers(void **state)
{
	(void)state;
	assert_written("0603550406", pki_der_oid(&der, "2.5.4.6"));
	assert_written("06092a864886f70d01010b", pki_der_oid(&der, "1.2.840.113549.1.1.11"));
	assert_written("060a2a83088c9b5508050501", pki_der_oid(&der, "1.2.392.200149.8.5.5.1"));
	assert_written("0603883703", pki_der_oid(&der, "2.999.3"));
	assert_written("060100", pki_der_oid(&der, "0.0"));
	assert_written("06022a00", pki_der_oid(&der, "1.2.0"));
	const char *bad[] = { "", "1", "1.", "1.2.", ".1.2", "1..2", "3.1", "1.40", "01.2",
		"1.2.03", "1.2.x", "1.2 ", "-1.2", "1.2.99999999999999999999" };
	for (size_t i = 0; i < LENGTH_OF(bad); i++)
		assert_not_written(FAULT_SETTINGS, pki_der_oid(&der, bad[i]));
	/* More octets than any identifier of ours: 14 arcs of five each. */
	char longest[14 * sizeof(".4294967295")] = "1.2";
	for (size_t i = 0; i < 13; i++)
		(void)snprintf(longest + strlen(longest), sizeof(longest) - strlen(longest), ".%u",
			UINT32_MAX);
	assert_not_written(FAULT_SETTINGS, pki_der_oid(&der, longest));
}

static int64_t instant(const char *rfc3339)
{
	int64_t at;
	assert_int_equal(instant_from_text(rfc3339, &at), 0);
	return at;
}

static void test_times(void **state)
{
	(void)state;
	/* "151222075959Z" and so on */
	assert_written("170d3135313232323037353935395a",
		pki_der_time(&der, instant("2015-12-22T07:59:59.999999Z")));
	assert_written("170d3439313233313233353935395a",
		pki_der_time(&der, instant("2049-12-31T23:59:59Z")));
	assert_written("180f32303530303130313030303030305a",
		pki_der_time(&der, instant("2050-01-01T00:00:00Z")));
	assert_written("170d3530303130313030303030305a",
		pki_der_time(&der, instant("1950-01-01T00:00:00Z")));
	assert_not_written(FAULT_LIMIT, pki_der_time(&der, instant("1949-12-31T23:59:59Z")));
	assert_not_written(
		FAULT_LIMIT, pki_der_time(&der, instant("9999-12-31T23:59:59Z") + SECOND));
}

static void test_texts_bits_and_elements(void **state)
{
	(void)state;
	assert_written("0c03e799bd", pki_der_text(&der, DER_UTF8_STRING, "白"));
	assert_written("030206c0", pki_der_bits(&der, of("\xc0", 1), 6));
	assert_written("030100", pki_der_bits(&der, of("", 0), 0));
	assert_written("8002abcd", pki_der_element(&der, DER_CONTEXT(0), of("\xab\xcd", 2)));
	assert_written("3085ffffffffff", pki_der_header(&der, DER_SEQUENCE, 0xffffffffff));
	assert_written("3088ffffffffffffffff", pki_der_header(&der, DER_SEQUENCE, UINT64_MAX));
}

/* A structure that holds an octet string of `len` octets, two levels down. */
static void nest(struct buffer *out, size_t len)
{
	static const uint8_t zeros[70000];
	struct pki_der der = pki_der_begin(out);
	pki_der_open(&der, DER_SEQUENCE);
	pki_der_open(&der, DER_CONTEXT_HOLDER(3));
	pki_der_element(&der, DER_OCTET_STRING, (struct bytes){ zeros, len });
	pki_der_close(&der);
	pki_der_number(&der, 5);
	pki_der_close(&der);
	assert_int_equal(pki_der_end(&der), 0);
}

static void test_lengths_are_settled_at_the_close(void **state)
{
	(void)state;
	const struct {
		size_t len;
		const char *start;
	} cases[] = {
		{ 0, "3007a3020400020105" },
		{ 120, "307fa37a0478" },
		{ 121, "308180a37b0479" },
		{ 123, "308182a37d047b" },
		{ 126, "308186a38180047e" },
		{ 128, "308189a3818304818" },
		{ 256, "3082010ba3820104048201" },
		{ 65535, "308301000ba38301000304" },
		{ 65536, "308301000da383010005048301" },
	};
	static char hex[200000];
	for (size_t i = 0; i < LENGTH_OF(cases); i++) {
		BUFFER_CLEANUP struct buffer out = BUFFER(100000);
		nest(&out, cases[i].len);
		hex_encode(buffer_bytes(&out), hex);
		assert_memory_equal(hex, cases[i].start, strlen(cases[i].start));
		assert_string_equal(hex + 2 * out.len - 6, "020105");
	}
	assert_int_equal(pki_der_header_len(127), 2);
	assert_int_equal(pki_der_header_len(128), 3);
	assert_int_equal(pki_der_header_len(65536), 5);
	assert_int_equal(pki_der_header_len(UINT64_MAX), 10);
}

static void test_the_first_fault_sticks(void **state)
{
	(void)state;
	BUFFER_CLEANUP struct buffer out = BUFFER(8);
	assert_int_equal(buffer_append_text(&out, "ab"), 0);
	struct pki_der der = pki_der_begin(&out);
	pki_der_open(&der, DER_SEQUENCE);
	pki_der_text(&der, DER_UTF8_STRING, "too long for it");
	pki_der_oid(&der, "no identifier");
	pki_der_number(&der, 1);
	pki_der_close(&der);
	assert_int_equal(pki_der_end(&der), -FAULT_LIMIT);
	assert_int_equal(out.len, 2);
}

/* The long form of a length needs room that the content has left no more. */
static void test_no_room_for_the_length(void **state)
{
	(void)state;
	static const uint8_t zeros[200];
	BUFFER_CLEANUP struct buffer out = BUFFER(2 + 3 + 200);
	struct pki_der der = pki_der_begin(&out);
	pki_der_open(&der, DER_SEQUENCE);
	pki_der_element(&der, DER_OCTET_STRING, BYTES(zeros));
	pki_der_close(&der);
	assert_int_equal(pki_der_end(&der), -FAULT_LIMIT);
	assert_int_equal(out.len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_integers_have_their_shortest_form),
		cmocka_unit_test(test_object_identifiers),
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_texts_bits_and_elements),
		cmocka_unit_test(test_lengths_are_settled_at_the_close),
		cmocka_unit_test(test_the_first_fault_sticks),
		cmocka_unit_test(test_no_room_for_the_length),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
