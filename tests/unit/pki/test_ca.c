/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <stdio.h>
#include <unistd.h>

#include <openssl/ec.h>
#include <openssl/x509v3.h>

#include "base/fault.h"
#include "base/file.h"
#include "fixture.h"

static struct fixture fixture;
static char folder[] = "/tmp/hakko-test-XXXXXX";
static char path[sizeof(folder) + 16];

static int open_fixture(void **state)
{
	(void)state;
	fixture_open(&fixture);
	if (mkdtemp(folder) == NULL)
		return -1;
	(void)snprintf(path, sizeof(path), "%s/file", folder);
	return 0;
}

static int close_fixture(void **state)
{
	(void)state;
	fixture_close(&fixture);
	(void)unlink(path);
	return rmdir(folder);
}

static struct pki_ca_request request_of(enum service_kind kind)
{
	struct pki_ca_request request = {
		.kind = kind,
		.organisation = "JPKI",
		.prefecture = "Chiba",
		.alt_organisation = "公的個人認証サービス",
		.alt_units = "千葉県|千葉県知事",
		.years = 10,
	};
	assert_int_equal(instant_from_text("2013-04-01T09:00:00+09:00", &request.not_before_at), 0);
	return request;
}

static void test_made_and_loaded(void **state)
{
	(void)state;
	const enum service_kind kinds[] = { SERVICE_PRODUCTION, SERVICE_REHEARSAL };
	for (size_t i = 0; i < LENGTH_OF(kinds); i++) {
		const struct pki_ca_request request = request_of(kinds[i]);
		BUFFER_CLEANUP struct buffer der = BUFFER(PKI_CA_CERTIFICATE_MAX),
					     pem = BUFFER(PKI_CA_TEXT_MAX);
		assert_int_equal(pki_ca_make(&request, fixture.key, &der), 0);
		assert_int_equal(pki_certificate_to_pem(buffer_bytes(&der), &pem), 0);
		assert_int_equal(file_replace(path, buffer_bytes(&pem), 0644), 0);
		struct pki_ca ca;
		assert_int_equal(pki_ca_load(path, &ca), 0);
		assert_int_equal(ca.kind, kinds[i]);
		assert_true(bytes_equal(buffer_bytes(&ca.der), buffer_bytes(&der)));
		assert_true(digest_equal(&ca.key_digest, &fixture.ca.key_digest));
		assert_memory_equal(ca.key_id, fixture.ca.key_id, PKI_KEY_ID_LEN);
		assert_true(ca.not_before_at == request.not_before_at);
		char text[INSTANT_TEXT_SIZE];
		assert_string_equal(instant_to_text(ca.not_after_at, text), "2023-03-31T14:59:59Z");
		uint8_t *subject = NULL;
		int len = i2d_X509_NAME(X509_get_subject_name(ca.certificate), &subject);
		assert_int_equal(len, ca.subject_der.len);
		assert_memory_equal(subject, ca.subject_der.data, ca.subject_der.len);
		OPENSSL_free(subject);
		pki_ca_done(&ca);
	}
}

static void test_elliptic_keys(void **state)
{
	(void)state;
	const char *groups[] = { "P-256", "P-384" };
	for (size_t i = 0; i < LENGTH_OF(groups); i++) {
		EVP_PKEY *key = EVP_EC_gen(groups[i]);
		const struct pki_ca_request request = request_of(SERVICE_REHEARSAL);
		BUFFER_CLEANUP struct buffer der = BUFFER(PKI_CA_CERTIFICATE_MAX);
		assert_int_equal(pki_ca_make(&request, key, &der), 0);
		struct pki_ca ca;
		assert_int_equal(pki_ca_from_der(buffer_bytes(&der), &ca), 0);
		assert_int_equal(X509_verify(ca.certificate, key), 1);
		pki_ca_done(&ca);
		EVP_PKEY_free(key);
	}
}

static void test_requests_that_do_not_fit(void **state)
{
	(void)state;
	const struct pki_ca_request good = request_of(SERVICE_PRODUCTION);
	struct pki_ca_request bad[8];
	for (size_t i = 0; i < LENGTH_OF(bad); i++)
		bad[i] = good;
	bad[0].organisation = "";
	bad[1].prefecture = "";
	bad[2].prefecture = "REHEARSAL"; /* a production CA would be taken for a rehearsal's */
	bad[3].alt_organisation = "\n";
	bad[4].years = 0;
	bad[5].years = PKI_CA_YEARS_MAX + 1;
	bad[6].not_before_at = INT64_C(-700000000000000000);
	bad[7].alt_units = "12345678901234567890123456789012345678901234567890123456789012345";
	for (size_t i = 0; i < LENGTH_OF(bad); i++) {
		BUFFER_CLEANUP struct buffer der = BUFFER(PKI_CA_CERTIFICATE_MAX);
		assert_true(pki_ca_make(&bad[i], fixture.key, &der) < 0);
		assert_int_equal(der.len, 0);
	}
	EVP_PKEY *small = EVP_EC_gen("P-521");
	BUFFER_CLEANUP struct buffer der = BUFFER(PKI_CA_CERTIFICATE_MAX);
	assert_int_equal(pki_ca_make(&good, small, &der), -FAULT_SETTINGS);
	EVP_PKEY_free(small);
}

/* A CA certificate by OpenSSL, changed in one respect each. */
struct variant {
	const char *basic_constraints, *key_usage, *key_id;
	bool another_issuer, another_digest, spoilt, version_1;
	const char *expected; /* part of the fault's text, NULL: taken */
};

static void add(X509 *certificate, int nid, const char *value)
{
	if (value == NULL)
		return;
	X509V3_CTX context;
	X509V3_set_ctx(&context, certificate, certificate, NULL, NULL, 0);
	X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
	assert_non_null(extension);
	assert_int_equal(X509_add_ext(certificate, extension, -1), 1);
	X509_EXTENSION_free(extension);
}

static X509 *variant_build(const struct variant *variant)
{
	X509 *certificate = X509_new();
	X509_NAME *subject = X509_NAME_new(), *issuer = X509_NAME_new();
	assert_int_equal(X509_NAME_add_entry_by_txt(
				 subject, "C", MBSTRING_ASC, (const uint8_t *)"JP", -1, -1, 0),
		1);
	assert_int_equal(
		X509_NAME_add_entry_by_txt(issuer, "C", MBSTRING_ASC,
			(const uint8_t *)(variant->another_issuer ? "DE" : "JP"), -1, -1, 0),
		1);
	assert_int_equal(X509_set_subject_name(certificate, subject), 1);
	assert_int_equal(X509_set_issuer_name(certificate, issuer), 1);
	X509_NAME_free(subject);
	X509_NAME_free(issuer);
	assert_int_equal(X509_set_version(certificate, variant->version_1 ? 0 : X509_VERSION_3), 1);
	assert_int_equal(ASN1_INTEGER_set(X509_get_serialNumber(certificate), 77), 1);
	assert_non_null(X509_gmtime_adj(X509_getm_notBefore(certificate), 0));
	assert_non_null(X509_gmtime_adj(X509_getm_notAfter(certificate), 1000000));
	assert_int_equal(X509_set_pubkey(certificate, fixture.key), 1);
	add(certificate, NID_basic_constraints, variant->basic_constraints);
	add(certificate, NID_key_usage, variant->key_usage);
	add(certificate, NID_subject_key_identifier, variant->key_id);
	const EVP_MD *digest = variant->another_digest ? EVP_sha1() : EVP_sha256();
	assert_true(X509_sign(certificate, fixture.key, digest) > 0);
	return certificate;
}

#define CA_TRUE "critical,CA:TRUE"
#define USAGE "critical,keyCertSign,cRLSign"
#define OTHER_ID "0102030405060708090a0b0c0d0e0f1011121314"

static void test_strictness(void **state)
{
	(void)state;
	const struct variant variants[] = {
		{ CA_TRUE, USAGE, "hash", .expected = NULL },
		{ "critical,CA:TRUE,pathlen:0", USAGE, "hash", .expected = NULL },
		{ NULL, USAGE, "hash", .expected = "CA:TRUE" },
		{ "critical,CA:FALSE", USAGE, "hash", .expected = "CA:TRUE" },
		{ "CA:TRUE", USAGE, "hash", .expected = "CA:TRUE" },
		{ CA_TRUE, NULL, "hash", .expected = "keyCertSign" },
		{ CA_TRUE, "keyCertSign,cRLSign", "hash", .expected = "keyCertSign" },
		{ CA_TRUE, "critical,keyCertSign", "hash", .expected = "keyCertSign" },
		{ CA_TRUE, "critical,cRLSign", "hash", .expected = "keyCertSign" },
		{ CA_TRUE, USAGE ",digitalSignature", "hash", .expected = "keyCertSign" },
		{ CA_TRUE, USAGE, NULL, .expected = "subjectKeyIdentifier" },
		{ CA_TRUE, USAGE, OTHER_ID, .expected = "subjectKeyIdentifier" },
		{ CA_TRUE, USAGE, "01020304", .expected = "subjectKeyIdentifier" },
		{ CA_TRUE, USAGE, "hash", .another_issuer = true, .expected = "self-signed" },
		{ CA_TRUE, USAGE, "hash", .another_digest = true, .expected = "self-signed" },
		{ CA_TRUE, USAGE, "hash", .spoilt = true, .expected = "signature is wrong" },
		{ NULL, NULL, NULL, .version_1 = true, .expected = "strict DER" },
	};
	for (size_t i = 0; i < LENGTH_OF(variants); i++) {
		X509 *certificate = variant_build(&variants[i]);
		uint8_t *der = NULL;
		int len = i2d_X509(certificate, &der);
		assert_true(len > 0);
		der[len - 1] ^= variants[i].spoilt ? 1 : 0;
		struct pki_ca ca;
		int r = pki_ca_from_der((struct bytes){ der, (size_t)len }, &ca);
		assert_int_equal(r, variants[i].expected == NULL ? 0 : -FAULT_SETTINGS);
		if (r == 0)
			pki_ca_done(&ca);
		else
			assert_non_null(strstr(fault_text(), variants[i].expected));
		OPENSSL_free(der);
		X509_free(certificate);
	}
}

static void test_octets_that_are_none(void **state)
{
	(void)state;
	struct pki_ca ca;
	BUFFER_CLEANUP struct buffer der = BUFFER(PKI_CA_CERTIFICATE_MAX + 10);
	assert_int_equal(buffer_append(&der, buffer_bytes(&fixture.ca.der)), 0);
	for (size_t len = 0; len < der.len; len += 13)
		assert_int_equal(
			pki_ca_from_der((struct bytes){ der.data, len }, &ca), -FAULT_SETTINGS);
	for (size_t i = 0; i < der.len; i++) {
		der.data[i] ^= 0x41;
		assert_true(pki_ca_from_der(buffer_bytes(&der), &ca) < 0);
		der.data[i] ^= 0x41;
	}
	assert_int_equal(buffer_append_text(&der, "x"), 0);
	assert_int_equal(pki_ca_from_der(buffer_bytes(&der), &ca), -FAULT_SETTINGS);
}

static void test_files_that_are_none(void **state)
{
	(void)state;
	struct pki_ca ca;
	(void)unlink(path);
	assert_int_equal(pki_ca_load(path, &ca), -FAULT_SETTINGS);
	assert_int_equal(file_replace(path, bytes_of_text("hello\n"), 0644), 0);
	assert_int_equal(pki_ca_load(path, &ca), -FAULT_SETTINGS);
	assert_non_null(strstr(fault_text(), path));
}

static void test_clocks(void **state)
{
	(void)state;
	const struct pki_ca production = { .kind = SERVICE_PRODUCTION };
	const struct pki_ca rehearsal = { .kind = SERVICE_REHEARSAL };
	struct clock clock;
	assert_int_equal(pki_ca_clock_open(&production, NULL, &clock), 0);
	assert_int_equal(pki_ca_clock_open(&production, "", &clock), 0);
	assert_null(clock.file);
	assert_int_equal(pki_ca_clock_open(&production, path, &clock), -FAULT_SETTINGS);
	assert_int_equal(pki_ca_clock_open(&rehearsal, NULL, &clock), -FAULT_SETTINGS);
	assert_int_equal(pki_ca_clock_open(&rehearsal, "", &clock), -FAULT_SETTINGS);
	(void)unlink(path);
	assert_int_equal(pki_ca_clock_open(&rehearsal, path, &clock), -FAULT_SETTINGS);
	assert_int_equal(clock_rehearsal_write(path, -5 * DAY), 0);
	assert_int_equal(pki_ca_clock_open(&rehearsal, path, &clock), 0);
	assert_true(clock_rehearsal_offset_us(&clock) == -5 * DAY);
	clock_done(&clock);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_made_and_loaded),
		cmocka_unit_test(test_elliptic_keys),
		cmocka_unit_test(test_requests_that_do_not_fit),
		cmocka_unit_test(test_strictness),
		cmocka_unit_test(test_octets_that_are_none),
		cmocka_unit_test(test_files_that_are_none),
		cmocka_unit_test(test_clocks),
	};
	return cmocka_run_group_tests(tests, open_fixture, close_fixture);
}
