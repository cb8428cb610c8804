/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <pthread.h>

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>

#include "base/fault.h"
#include "fixture.h"

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

static BIGNUM *param_new(EVP_PKEY *key, const char *name)
{
	BIGNUM *number = NULL;
	assert_int_equal(EVP_PKEY_get_bn_param(key, name, &number), 1);
	return number;
}

/* A key with the modulus of `visible` and the private exponent of `hidden`. */
static EVP_PKEY *mix(EVP_PKEY *visible, EVP_PKEY *hidden)
{
	BIGNUM *n = param_new(visible, OSSL_PKEY_PARAM_RSA_N);
	BIGNUM *e = param_new(visible, OSSL_PKEY_PARAM_RSA_E);
	BIGNUM *d = param_new(hidden, OSSL_PKEY_PARAM_RSA_D);
	OSSL_PARAM_BLD *list = OSSL_PARAM_BLD_new();
	assert_true(OSSL_PARAM_BLD_push_BN(list, OSSL_PKEY_PARAM_RSA_N, n) == 1 &&
		OSSL_PARAM_BLD_push_BN(list, OSSL_PKEY_PARAM_RSA_E, e) == 1 &&
		OSSL_PARAM_BLD_push_BN(list, OSSL_PKEY_PARAM_RSA_D, d) == 1);
	OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(list);
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	EVP_PKEY *mixed = NULL;
	assert_int_equal(EVP_PKEY_fromdata_init(context), 1);
	assert_int_equal(EVP_PKEY_fromdata(context, &mixed, EVP_PKEY_KEYPAIR, params), 1);
	EVP_PKEY_CTX_free(context);
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(list);
	BN_free(n);
	BN_free(e);
	BN_free(d);
	return mixed;
}

static void test_a_signature_and_its_spoilt_copies(void **state)
{
	(void)state;
	uint8_t signature[PKI_SIGNATURE_MAX];
	size_t len = 0;
	const struct bytes octets = bytes_of_text("to be signed");
	assert_int_equal(pki_sign(fixture.key, octets, signature, &len), 0);
	assert_int_equal(len, 256);
	assert_int_equal(pki_verify(fixture.key, octets, (struct bytes){ signature, len }), 0);
	assert_int_equal(pki_verify(fixture.key, bytes_of_text("to be signed!"),
				 (struct bytes){ signature, len }),
		PKI_SIGNATURE_WRONG);
	signature[17] ^= 1;
	assert_int_equal(pki_verify(fixture.key, octets, (struct bytes){ signature, len }),
		PKI_SIGNATURE_WRONG);
}

/* A key whose public half is another's makes signatures that do not verify: none leaves. */
static void test_a_signature_that_does_not_verify_is_kept(void **state)
{
	(void)state;
	EVP_PKEY *other = NULL;
	assert_int_equal(pki_private_key_make(2048, &other), 0);
	EVP_PKEY *mixed = mix(fixture.key, other);
	uint8_t signature[PKI_SIGNATURE_MAX] = { 0x5a };
	size_t len = 7;
	assert_int_equal(pki_sign(mixed, bytes_of_text("x"), signature, &len), -FAULT_CRYPTO);
	assert_int_equal(len, 7);
	assert_int_equal(signature[0], 0x5a);
	EVP_PKEY_free(mixed);
	EVP_PKEY_free(other);
}

#define THREADS 4
#define ROUNDS 20

static void *sign_often(void *failures)
{
	for (int i = 0; i < ROUNDS; i++) {
		uint8_t signature[PKI_SIGNATURE_MAX];
		size_t len = 0;
		if (pki_sign(fixture.key, ((struct bytes){ (const uint8_t *)&i, sizeof(i) }),
			    signature, &len) != 0 ||
			pki_verify(fixture.key, ((struct bytes){ (const uint8_t *)&i, sizeof(i) }),
				(struct bytes){ signature, len }) != 0)
			(*(int *)failures)++;
	}
	return NULL;
}

static void test_many_threads_sign_with_one_key(void **state)
{
	(void)state;
	pthread_t threads[THREADS];
	int failures[THREADS] = { 0 };
	for (size_t i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, sign_often, &failures[i]), 0);
	for (size_t i = 0; i < THREADS; i++) {
		assert_int_equal(pthread_join(threads[i], NULL), 0);
		assert_int_equal(failures[i], 0);
	}
}

static void test_keys_for_a_ca(void **state)
{
	(void)state;
	const struct {
		const char *group;
		bool is_for_ca;
	} cases[] = { { "P-256", true }, { "P-384", true }, { "P-521", false } };
	for (size_t i = 0; i < LENGTH_OF(cases); i++) {
		EVP_PKEY *key = EVP_EC_gen(cases[i].group);
		assert_non_null(key);
		assert_int_equal(pki_key_is_for_ca(key), cases[i].is_for_ca);
		uint8_t signature[PKI_SIGNATURE_MAX];
		size_t len = 0;
		assert_int_equal(pki_sign(key, bytes_of_text("x"), signature, &len), 0);
		assert_int_equal(pki_key_signature_algorithm(key).len, 12);
		EVP_PKEY_free(key);
	}
	EVP_PKEY *small = EVP_RSA_gen(1024);
	assert_false(pki_key_is_for_ca(small));
	EVP_PKEY_free(small);
	EVP_PKEY *edwards = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	assert_false(pki_key_is_for_ca(edwards));
	EVP_PKEY_free(edwards);
	assert_true(pki_key_is_for_ca(fixture.key));
}

static void test_the_digest_is_of_the_spki(void **state)
{
	(void)state;
	struct digest digest;
	assert_int_equal(pki_key_digest(fixture.key, &digest), 0);
	assert_true(digest_equal(&digest, &fixture.ca.key_digest));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_signature_and_its_spoilt_copies),
		cmocka_unit_test(test_a_signature_that_does_not_verify_is_kept),
		cmocka_unit_test(test_many_threads_sign_with_one_key),
		cmocka_unit_test(test_keys_for_a_ca),
		cmocka_unit_test(test_the_digest_is_of_the_spki),
	};
	return cmocka_run_group_tests(tests, open_fixture, close_fixture);
}
