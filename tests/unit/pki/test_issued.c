/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fixture.h"
#include "pki/issued.h"

static struct fixture fixture;
static struct buffer certificate;

static int open_fixture(void **state)
{
	(void)state;
	fixture_open(&fixture);
	certificate = fixture_certificate(&fixture);
	return 0;
}

static int close_fixture(void **state)
{
	(void)state;
	buffer_done(&certificate);
	fixture_close(&fixture);
	return 0;
}

static void test_the_parts_of_what_was_built(void **state)
{
	(void)state;
	struct pki_issued issued;
	BUFFER_CLEANUP struct buffer tbs = BUFFER(PKI_TBS_MAX);
	const struct reservation *reservation = &fixture.subject.reservation;
	assert_int_equal(
		pki_certificate_build(&fixture.profile, &fixture.ca, &fixture.subject, &tbs), 0);
	assert_int_equal(pki_issued_read(buffer_bytes(&certificate), &issued), 0);
	assert_true(bytes_equal(issued.tbs, buffer_bytes(&tbs)));
	assert_memory_equal(issued.serial, reservation->serial, SERIAL_LEN);
	const struct bytes spki = { reservation->spki, reservation->spki_len };
	assert_true(bytes_equal(issued.spki, spki));
}

static void test_what_is_no_certificate(void **state)
{
	(void)state;
	struct pki_issued issued;
	for (size_t len = 0; len < certificate.len; len++)
		assert_int_equal(pki_issued_read((struct bytes){ certificate.data, len }, &issued),
			PKI_ISSUED_BAD);
	BUFFER_CLEANUP struct buffer longer = BUFFER(CERTIFICATE_MAX);
	assert_int_equal(buffer_append(&longer, buffer_bytes(&certificate)), 0);
	assert_int_equal(buffer_append_text(&longer, "x"), 0);
	assert_int_equal(pki_issued_read(buffer_bytes(&longer), &issued), PKI_ISSUED_BAD);
}

static void test_fingerprints(void **state)
{
	(void)state;
	struct digest expected, found;
	BUFFER_CLEANUP struct buffer pem = BUFFER(PKI_PEER_TEXT_MAX);
	assert_int_equal(digest_of(buffer_bytes(&certificate), &expected), 0);
	assert_int_equal(pki_certificate_to_pem(buffer_bytes(&certificate), &pem), 0);
	assert_int_equal(pki_issued_fingerprint(buffer_bytes(&pem), &found), 0);
	assert_true(digest_equal(&expected, &found));
	assert_int_equal(pki_certificate_to_pem(buffer_bytes(&certificate), &pem), 0);
	assert_int_equal(pki_issued_fingerprint(buffer_bytes(&pem), &found), PKI_ISSUED_BAD);
	const char *bad[] = { "", "x",
		"-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n" };
	for (size_t i = 0; i < LENGTH_OF(bad); i++)
		assert_int_equal(
			pki_issued_fingerprint(bytes_of_text(bad[i]), &found), PKI_ISSUED_BAD);
}

/* A stranger's size is an outcome, not a fault. */
static void test_a_certificate_too_long(void **state)
{
	(void)state;
	static const uint8_t zeros[PKI_PEER_MAX + 1];
	struct digest found;
	BUFFER_CLEANUP struct buffer pem = BUFFER(2 * PKI_PEER_TEXT_MAX);
	assert_int_equal(pki_certificate_to_pem(BYTES(zeros), &pem), 0);
	assert_int_equal(pki_issued_fingerprint(buffer_bytes(&pem), &found), PKI_ISSUED_BAD);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_parts_of_what_was_built),
		cmocka_unit_test(test_what_is_no_certificate),
		cmocka_unit_test(test_fingerprints),
		cmocka_unit_test(test_a_certificate_too_long),
	};
	return cmocka_run_group_tests(tests, open_fixture, close_fixture);
}
