/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <openssl/bn.h>

#include "base/digest.h"
#include "pki/factor.h"

/* Whether a factor is found in `number` * `cofactor`. */
static bool found(BN_ULONG number, const BIGNUM *cofactor)
{
	uint8_t octets[PKI_FACTOR_MODULUS_MAX];
	BIGNUM *product = BN_dup(cofactor);
	assert_non_null(product);
	assert_int_equal(BN_mul_word(product, number), 1);
	int len = BN_bn2bin(product, octets);
	assert_true(len > 0);
	BN_free(product);
	return pki_factor_is_found((struct bytes){ octets, (size_t)len });
}

static bool is_prime(uint32_t number)
{
	for (uint32_t i = 2; i * i <= number; i++)
		if (number % i == 0)
			return false;
	return number > 1;
}

/* A product of two large primes, of `bits` bits. */
static BIGNUM *cofactor_of(int bits)
{
	BIGNUM *a = BN_new(), *b = BN_new(), *product = BN_new();
	BN_CTX *context = BN_CTX_new();
	assert_int_equal(BN_generate_prime_ex(a, bits / 2, 0, NULL, NULL, NULL), 1);
	assert_int_equal(BN_generate_prime_ex(b, bits - bits / 2, 0, NULL, NULL, NULL), 1);
	assert_int_equal(BN_mul(product, a, b, context), 1);
	BN_free(a);
	BN_free(b);
	BN_CTX_free(context);
	return product;
}

static void test_every_prime_below_the_bound_is_found(void **state)
{
	(void)state;
	BIGNUM *cofactor = cofactor_of(512);
	assert_false(found(1, cofactor));
	for (uint32_t number = 2; number < PKI_FACTOR_BOUND; number++)
		if (is_prime(number))
			assert_true(found(number, cofactor));
	BN_free(cofactor);
}

static void test_primes_above_it_are_not(void **state)
{
	(void)state;
	BIGNUM *cofactor = cofactor_of(512);
	for (uint32_t number = PKI_FACTOR_BOUND; number < PKI_FACTOR_BOUND + 3000; number++)
		if (is_prime(number))
			assert_false(found(number, cofactor));
	BN_free(cofactor);
}

static void test_lengths(void **state)
{
	(void)state;
	for (int bits = 64; bits <= 2100; bits += 97) {
		BIGNUM *cofactor = cofactor_of(bits);
		assert_false(found(1, cofactor));
		assert_true(found(65521, cofactor));
		BN_free(cofactor);
	}
	const uint8_t one[] = { 1 }, two[] = { 2 }, three[] = { 3 }, square[] = { 0x90, 0x07 };
	assert_false(pki_factor_is_found(BYTES(one)));
	assert_true(pki_factor_is_found(BYTES(two)));
	assert_true(pki_factor_is_found(BYTES(three)));
	assert_true(pki_factor_is_found(BYTES(square)));
}

/* Against division, on random numbers: most odd ones have a small factor. */
static void test_against_division(void **state)
{
	(void)state;
	size_t with = 0;
	for (int i = 0; i < 200; i++) {
		uint8_t octets[256];
		assert_int_equal(random_fill(octets, sizeof(octets)), 0);
		octets[sizeof(octets) - 1] |= 1;
		BIGNUM *number = BN_bin2bn(octets, sizeof(octets), NULL);
		bool has = false;
		for (uint32_t p = 3; p < PKI_FACTOR_BOUND && !has; p += 2)
			has = BN_mod_word(number, p) == 0;
		assert_int_equal(pki_factor_is_found(BYTES(octets)), has);
		with += has ? 1 : 0;
		BN_free(number);
	}
	assert_in_range(with, 1, 199);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_prime_below_the_bound_is_found),
		cmocka_unit_test(test_primes_above_it_are_not),
		cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_against_division),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
