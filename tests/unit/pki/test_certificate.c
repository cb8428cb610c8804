/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <openssl/x509v3.h>

#include "base/fault.h"
#include "fixture.h"
#include "pki/der.h"

static struct fixture fixture;

static int open_fixture(void **state)
{
	(void)state;
	fixture_open(&fixture);
	return 0;
}

static int close_fixture(void **state)
{
	(void)state;
	fixture_close(&fixture);
	return 0;
}

static int64_t instant(const char *rfc3339)
{
	int64_t at;
	assert_int_equal(instant_from_text(rfc3339, &at), 0);
	return at;
}

static int build(const struct pki_subject *subject)
{
	BUFFER_CLEANUP struct buffer tbs = BUFFER(PKI_TBS_MAX);
	int r = pki_certificate_build(&fixture.profile, &fixture.ca, subject, &tbs);
	assert_int_equal(tbs.len > 0, r == 0);
	return r;
}

static void test_openssl_verifies_it(void **state)
{
	(void)state;
	struct buffer der = fixture_certificate(&fixture);
	const uint8_t *p = der.data;
	X509 *certificate = d2i_X509(NULL, &p, (long)der.len);
	assert_non_null(certificate);
	assert_ptr_equal(p, der.data + der.len);
	assert_int_equal(X509_verify(certificate, fixture.key), 1);
	assert_int_equal(X509_check_issued(fixture.ca.certificate, certificate), X509_V_OK);
	assert_int_equal(X509_get_extension_flags(certificate) & (EXFLAG_INVALID | EXFLAG_CA), 0);

	X509_STORE *store = X509_STORE_new();
	X509_STORE_CTX *context = X509_STORE_CTX_new();
	assert_int_equal(X509_STORE_add_cert(store, fixture.ca.certificate), 1);
	assert_int_equal(X509_STORE_CTX_init(context, store, certificate, NULL), 1);
	X509_STORE_CTX_set_time(context, X509_V_FLAG_X509_STRICT,
		(time_t)(fixture.subject.reservation.reserved_at / SECOND + 1));
	X509_STORE_CTX_set_flags(context, X509_V_FLAG_X509_STRICT);
	assert_int_equal(X509_verify_cert(context), 1);
	X509_STORE_CTX_free(context);
	X509_STORE_free(store);
	X509_free(certificate);
	buffer_done(&der);
}

static void test_the_same_fields_give_the_same_octets(void **state)
{
	(void)state;
	struct buffer first = fixture_certificate(&fixture);
	struct buffer second = fixture_certificate(&fixture);
	assert_true(bytes_equal(buffer_bytes(&first), buffer_bytes(&second)));
	buffer_done(&first);
	buffer_done(&second);
}

static void test_serials(void **state)
{
	(void)state;
	struct pki_subject subject = fixture.subject;
	uint8_t *serial = subject.reservation.serial;
	memset(serial, 0, SERIAL_LEN);
	assert_int_equal(build(&subject), -FAULT_LIMIT);
	serial[SERIAL_LEN - 1] = 1;
	assert_int_equal(build(&subject), 0);
	memset(serial, 0xff, SERIAL_LEN);
	assert_int_equal(build(&subject), -FAULT_LIMIT);
	serial[0] = 0x7f;
	assert_int_equal(build(&subject), 0);
}

static void test_common_names(void **state)
{
	(void)state;
	const char *bad[] = { "", "2015090110203012232007", "2015090110203012232007KK",
		"2015090110203112232007K", /* a second later than the reservation */
		"2015090101203012232007K", /* UTC */
		"2015090110203012233007K", /* another municipality */
		"201509011020301223200xK", "2015090110203012232007k", "20150901102030122320075",
		"2015090110203012232007\xc3" };
	for (size_t i = 0; i < LENGTH_OF(bad); i++) {
		struct pki_subject subject = fixture.subject;
		size_t len = strlen(bad[i]) < CN_LEN ? strlen(bad[i]) : CN_LEN;
		memset(subject.reservation.cn, 0, sizeof(subject.reservation.cn));
		memcpy(subject.reservation.cn, bad[i], len + 1); /* the longest has no end */
		assert_int_equal(build(&subject), -FAULT_LIMIT);
	}
}

static void test_texts(void **state)
{
	(void)state;
	struct pki_subject subject = fixture.subject;
	subject.reservation.romaji[0] = '\0';
	assert_int_equal(build(&subject), -FAULT_LIMIT);
	memcpy(subject.reservation.romaji, "a\nb", sizeof("a\nb"));
	assert_int_equal(build(&subject), -FAULT_LIMIT);
	/* " CRLDP" behind it must fit a CN of 64. */
	memset(subject.reservation.romaji, 'a', 59);
	subject.reservation.romaji[59] = '\0';
	assert_int_equal(build(&subject), -FAULT_LIMIT);
	subject.reservation.romaji[58] = '\0';
	assert_int_equal(build(&subject), 0);
	subject.resident.name[0] = '\0';
	assert_int_equal(build(&subject), -FAULT_LIMIT);
}

static void test_validities(void **state)
{
	(void)state;
	struct reservation *reservation;
	struct pki_subject subject = fixture.subject;
	reservation = &subject.reservation;
	const int64_t ceiling_at = reservation->not_after_at;
	reservation->not_after_at = ceiling_at - DAY;
	assert_int_equal(build(&subject), 0);
	reservation->not_after_at = ceiling_at + SECOND;
	assert_int_equal(build(&subject), -FAULT_LIMIT);
	reservation->not_after_at = ceiling_at - 1;
	assert_int_equal(build(&subject), -FAULT_LIMIT); /* not a whole second */
	reservation->not_after_at = reservation->reserved_at - SECOND;
	assert_int_equal(build(&subject), -FAULT_LIMIT);

	struct pki_ca ca = fixture.ca;
	BUFFER_CLEANUP struct buffer tbs = BUFFER(PKI_TBS_MAX);
	ca.not_after_at = ceiling_at - SECOND;
	assert_int_equal(
		pki_certificate_build(&fixture.profile, &ca, &fixture.subject, &tbs), -FAULT_LIMIT);
	ca.not_after_at = ceiling_at;
	assert_int_equal(pki_certificate_build(&fixture.profile, &ca, &fixture.subject, &tbs), 0);
	ca.not_before_at = fixture.subject.reservation.reserved_at + 1;
	assert_int_equal(
		pki_certificate_build(&fixture.profile, &ca, &fixture.subject, &tbs), -FAULT_LIMIT);
}

/* P5, with its examples. */
static void test_the_last_second(void **state)
{
	(void)state;
	const struct {
		const char *first;
		int years;
		const char *last;
	} cases[] = {
		{ "2015-12-22T16:59:59+09:00", 3, "2018-12-21T14:59:59Z" },
		{ "2013-03-01T08:30:00+09:00", 3, "2016-02-29T14:59:59Z" },
		{ "2013-02-28T08:30:00+09:00", 3, "2016-02-27T14:59:59Z" },
		{ "2012-02-29T08:30:00+09:00", 3, "2015-02-28T14:59:59Z" },
		{ "2012-02-29T08:30:00+09:00", 4, "2016-02-28T14:59:59Z" },
		{ "2015-01-01T00:00:00+09:00", 3, "2017-12-31T14:59:59Z" },
		{ "2014-12-31T15:00:00Z", 3, "2017-12-31T14:59:59Z" },
		{ "2014-12-31T14:59:59Z", 3, "2017-12-30T14:59:59Z" },
		{ "2013-04-01T09:00:00+09:00", 10, "2023-03-31T14:59:59Z" },
	};
	for (size_t i = 0; i < LENGTH_OF(cases); i++) {
		char text[INSTANT_TEXT_SIZE];
		int64_t last_at = pki_certificate_end_at(instant(cases[i].first), cases[i].years);
		assert_string_equal(instant_to_text(last_at, text), cases[i].last);
	}
}

static void test_reservations_of_others(void **state)
{
	(void)state;
	struct pki_subject subject = fixture.subject;
	subject.reservation.ca_key_id.octets[31] ^= 1;
	assert_int_equal(build(&subject), -FAULT_STATE);
	subject = fixture.subject;
	subject.reservation.abandoned = true;
	assert_int_equal(build(&subject), -FAULT_STATE);
}

static void test_keys(void **state)
{
	(void)state;
	struct pki_subject subject = fixture.subject;
	subject.reservation.spki_len = 0;
	assert_int_equal(build(&subject), -FAULT_LIMIT);
	subject.reservation.spki_len = SPKI_MAX + 1;
	assert_int_equal(build(&subject), -FAULT_LIMIT);
	subject.reservation.spki_len = fixture.subject.reservation.spki_len - 1;
	assert_int_equal(build(&subject), -FAULT_LIMIT);
}

static void test_no_room(void **state)
{
	(void)state;
	for (size_t max = 0; max < 1300; max += 100) {
		BUFFER_CLEANUP struct buffer tbs = BUFFER(max);
		assert_int_equal(pki_certificate_build(
					 &fixture.profile, &fixture.ca, &fixture.subject, &tbs),
			-FAULT_LIMIT);
		assert_int_equal(tbs.len, 0);
	}
}

/* An SPKI of that size; whether the numbers are a good key is nobody's question here. */
static void key_of_4096_bits(struct reservation *reservation)
{
	uint8_t modulus[512];
	memset(modulus, 0xff, sizeof(modulus));
	BUFFER_CLEANUP struct buffer numbers = BUFFER(SPKI_MAX), spki = BUFFER(SPKI_MAX);
	struct pki_der der = pki_der_begin(&numbers);
	pki_der_open(&der, DER_SEQUENCE);
	pki_der_unsigned(&der, BYTES(modulus));
	pki_der_number(&der, 65537);
	pki_der_close(&der);
	assert_int_equal(pki_der_end(&der), 0);
	der = pki_der_begin(&spki);
	pki_der_open(&der, DER_SEQUENCE);
	pki_der_open(&der, DER_SEQUENCE);
	pki_der_oid(&der, "1.2.840.113549.1.1.1");
	pki_der_element(&der, DER_NULL, (struct bytes){ NULL, 0 });
	pki_der_close(&der);
	pki_der_bits(&der, buffer_bytes(&numbers), 0);
	pki_der_close(&der);
	assert_int_equal(pki_der_end(&der), 0);
	memcpy(reservation->spki, spki.data, spki.len);
	reservation->spki_len = spki.len;
	assert_int_equal(spki.len, 550);
}

/* The longest of everything at once, with a key of 4096 bits, is within the named maxima. */
static void test_the_longest_fits(void **state)
{
	(void)state;
	struct pki_subject subject = fixture.subject;
	struct resident *resident = &subject.resident;
	for (size_t i = 0; i < RESIDENT_CHARACTERS_MAX; i++) {
		memcpy(resident->name + 4 * i, "\xf0\xa0\xae\xb7", 5);
		memcpy(resident->address + 4 * i, "\xf0\xa0\xae\xb7", 5);
		resident->name_flags[i] = resident->address_flags[i] = '1';
	}
	key_of_4096_bits(&subject.reservation);
	struct pki_profile profile = fixture.profile;
	char uri[201] = "http://x/";
	memset(uri + 9, 'a', 191);
	profile.cps_uri = profile.crl_uri = profile.ca_issuers_uri = profile.ocsp_uri = uri;
	BUFFER_CLEANUP struct buffer tbs = BUFFER(PKI_TBS_MAX);
	assert_int_equal(pki_certificate_build(&profile, &fixture.ca, &subject, &tbs), 0);
	assert_in_range(tbs.len + 2 * 512, 1, CERTIFICATE_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_openssl_verifies_it),
		cmocka_unit_test(test_the_same_fields_give_the_same_octets),
		cmocka_unit_test(test_serials),
		cmocka_unit_test(test_common_names),
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_validities),
		cmocka_unit_test(test_the_last_second),
		cmocka_unit_test(test_reservations_of_others),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_no_room),
		cmocka_unit_test(test_the_longest_fits),
	};
	return cmocka_run_group_tests(tests, open_fixture, close_fixture);
}
