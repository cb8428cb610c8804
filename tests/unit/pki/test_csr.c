/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/fault.h"
#include "fixture.h"
#include "pki/csr.h"
#include "pki/pem.h"

/* csrs.py holds a whole corpus against the room; here is what memory checkers shall see. */

static EVP_PKEY *key;
static struct buffer good = { .max = PKI_CSR_MAX };

static int open_request(void **state)
{
	(void)state;
	struct fixture fixture;
	fixture_open(&fixture);
	key = fixture.key;
	fixture.key = NULL;
	fixture_close(&fixture);
	good = fixture_request(key);
	return 0;
}

static int close_request(void **state)
{
	(void)state;
	EVP_PKEY_free(key);
	buffer_done(&good);
	return 0;
}

static enum refusal refusal_of(struct bytes der)
{
	struct pki_public_key taken;
	enum refusal refusal = REFUSAL_NONE;
	int r = pki_csr_check(der, &taken, &refusal);
	assert_true(r == 0 || r == PKI_REFUSED);
	assert_int_equal(r == 0, refusal == REFUSAL_NONE);
	return refusal;
}

static void test_the_key_is_taken(void **state)
{
	(void)state;
	struct pki_public_key taken;
	enum refusal refusal;
	struct digest digest;
	assert_int_equal(pki_csr_check(buffer_bytes(&good), &taken, &refusal), 0);
	assert_int_equal(pki_key_digest(key, &digest), 0);
	assert_true(digest_equal(&digest, &taken.digest));
	uint8_t *spki = NULL;
	int len = i2d_PUBKEY(key, &spki);
	assert_int_equal(len, taken.spki_len);
	assert_memory_equal(spki, taken.spki, taken.spki_len);
	OPENSSL_free(spki);

	struct pki_public_key checked;
	assert_int_equal(pki_public_key_check(
				 (struct bytes){ taken.spki, taken.spki_len }, &checked, &refusal),
		0);
	assert_true(digest_equal(&digest, &checked.digest));
}

/* Copies of their own size, so that a read behind their end is seen. */
static enum refusal refusal_of_copy(const uint8_t *octets, size_t len)
{
	uint8_t *copy = malloc(len + (len == 0 ? 1 : 0));
	assert_non_null(copy);
	memcpy(copy, octets, len);
	enum refusal refusal = refusal_of((struct bytes){ copy, len });
	free(copy);
	return refusal;
}

static void test_every_truncation_is_malformed(void **state)
{
	(void)state;
	for (size_t len = 0; len < good.len; len++)
		assert_int_equal(refusal_of_copy(good.data, len), REFUSAL_CSR_MALFORMED);
}

static void test_no_changed_octet_passes(void **state)
{
	(void)state;
	for (size_t i = 0; i < good.len; i++) {
		good.data[i] ^= 0x81;
		assert_int_not_equal(refusal_of_copy(good.data, good.len), REFUSAL_NONE);
		good.data[i] ^= 0x81;
	}
	assert_int_equal(refusal_of(buffer_bytes(&good)), REFUSAL_NONE);
}

static void test_a_refusal_leaves_the_result(void **state)
{
	(void)state;
	struct pki_public_key taken = { .spki_len = 7 };
	enum refusal refusal = REFUSAL_NONE;
	good.data[good.len - 1] ^= 1;
	assert_int_equal(pki_csr_check(buffer_bytes(&good), &taken, &refusal), PKI_REFUSED);
	good.data[good.len - 1] ^= 1;
	assert_int_equal(refusal, REFUSAL_CSR_SIGNATURE_WRONG);
	assert_int_equal(taken.spki_len, 7);
}

static int from_text(const char *text, struct buffer *der)
{
	enum refusal refusal = REFUSAL_NONE;
	int r = pki_csr_from_text(text, strlen(text), der, &refusal);
	assert_int_equal(refusal, r == PKI_REFUSED ? REFUSAL_CSR_MALFORMED : REFUSAL_NONE);
	return r;
}

static void test_texts(void **state)
{
	(void)state;
	const char *labels[] = { "CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST" };
	for (size_t i = 0; i < LENGTH_OF(labels); i++) {
		BUFFER_CLEANUP struct buffer text = BUFFER(PKI_CSR_TEXT_MAX),
					     der = BUFFER(PKI_CSR_MAX);
		assert_int_equal(pki_pem_encode(labels[i], buffer_bytes(&good), &text), 0);
		enum refusal refusal;
		assert_int_equal(pki_csr_from_text((char *)text.data, text.len, &der, &refusal), 0);
		assert_true(bytes_equal(buffer_bytes(&der), buffer_bytes(&good)));
	}
	BUFFER_CLEANUP struct buffer der = BUFFER(PKI_CSR_MAX);
	assert_int_equal(from_text("", &der), PKI_REFUSED);
	assert_int_equal(
		from_text("-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n", &der),
		PKI_REFUSED);
	assert_int_equal(der.len, 0);
}

/* What a stranger's size exceeds is a refusal, not a fault. */
static void test_texts_too_long(void **state)
{
	(void)state;
	static uint8_t zeros[PKI_CSR_MAX + 1];
	BUFFER_CLEANUP struct buffer text = BUFFER(100000), der = BUFFER(PKI_CSR_MAX);
	const size_t lens[] = { PKI_CSR_MAX, PKI_CSR_MAX + 1 };
	for (size_t i = 0; i < LENGTH_OF(lens); i++) {
		buffer_clear(&text);
		buffer_clear(&der);
		assert_int_equal(pki_pem_encode("CERTIFICATE REQUEST",
					 (struct bytes){ zeros, lens[i] }, &text),
			0);
		enum refusal refusal;
		assert_in_range(text.len, 1, PKI_CSR_TEXT_MAX);
		assert_int_equal(pki_csr_from_text((char *)text.data, text.len, &der, &refusal),
			lens[i] > PKI_CSR_MAX ? PKI_REFUSED : 0);
	}
	static char spaces[PKI_CSR_TEXT_MAX + 2];
	memset(spaces, ' ', sizeof(spaces) - 1);
	assert_int_equal(from_text(spaces, &der), PKI_REFUSED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_key_is_taken),
		cmocka_unit_test(test_every_truncation_is_malformed),
		cmocka_unit_test(test_no_changed_octet_passes),
		cmocka_unit_test(test_a_refusal_leaves_the_result),
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_texts_too_long),
	};
	return cmocka_run_group_tests(tests, open_request, close_request);
}
