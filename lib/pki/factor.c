/* SPDX-License-Identifier: Apache-2.0 */
#include "pki/factor.h"

#include <assert.h>
#include <pthread.h>
#include <string.h>

/*
 * Four odd primes below 2^16 make a product below 2^64. The number is brought to one word modulo
 * each product by Montgomery's reduction (from the low end, two multiplications a word, no division),
 * and the word, which has the same common factors with the product, is tried by each prime. Products
 * go in groups, so that the processor works on one while it waits for another.
 */
#define PRIMES_MAX 6560 /* 6541 odd primes below 2^16, and the first ones again */
#define PRIMES_PRODUCT 4
#define GROUP 8
#define PRODUCTS_MAX (PRIMES_MAX / PRIMES_PRODUCT)
#define WORDS_MAX (PKI_FACTOR_MODULUS_MAX / 8)

__extension__ typedef unsigned __int128 wide;

struct odd_prime {
	uint64_t inverse;  /* modulo 2^64 */
	uint64_t multiple; /* largest quotient of a word by it */
};

struct product {
	uint64_t product;
	uint64_t inverse;
};

static struct {
	pthread_once_t once;
	struct odd_prime primes[PRIMES_MAX];
	struct product products[PRODUCTS_MAX];
} table = { .once = PTHREAD_ONCE_INIT };

static_assert(PRIMES_MAX % PRIMES_PRODUCT == 0 && PRODUCTS_MAX % GROUP == 0, "whole groups");

/* Inverse of an odd number modulo 2^64: each step doubles the bits that are right. */
static uint64_t inverse_of(uint64_t odd)
{
	uint64_t inverse = odd; /* right in three bits */
	for (int bits = 3; bits < 64; bits *= 2)
		inverse *= 2 - odd * inverse;
	return inverse;
}

static void table_make(void)
{
	static bool composite[PKI_FACTOR_BOUND];
	uint32_t odd[PRIMES_MAX];
	size_t count = 0;
	for (uint32_t i = 3; i < PKI_FACTOR_BOUND; i += 2) {
		if (composite[i])
			continue;
		odd[count++] = i;
		for (uint64_t j = (uint64_t)i * i; j < PKI_FACTOR_BOUND; j += 2 * i)
			composite[j] = true;
	}
	for (size_t i = count; i < PRIMES_MAX; i++)
		odd[i] = odd[i - count];

	for (size_t i = 0; i < PRIMES_MAX; i++)
		table.primes[i] = (struct odd_prime){ inverse_of(odd[i]), UINT64_MAX / odd[i] };
	for (size_t i = 0; i < PRODUCTS_MAX; i++) {
		uint64_t product = 1;
		for (size_t j = 0; j < PRIMES_PRODUCT; j++)
			product *= odd[i * PRIMES_PRODUCT + j];
		table.products[i] = (struct product){ product, inverse_of(product) };
	}
}

/* One word more of Montgomery's reduction. */
static inline uint64_t reduce(uint64_t rest, uint64_t word, const struct product *by)
{
	uint64_t quotient = (word - rest) * by->inverse;
	return (uint64_t)((wide)quotient * by->product >> 64) + (word < rest);
}

/* Reduces the number modulo the products of one group, up to a power of two. */
static void group_reduce(const struct product group[GROUP], const uint64_t *words, size_t count,
	uint64_t ret_rest[GROUP])
{
	uint64_t a = 0, b = 0, c = 0, d = 0; /* in registers, which an array is not at -O2 */
	uint64_t e = 0, f = 0, g = 0, h = 0;
	for (size_t i = 0; i < count; i++) {
		a = reduce(a, words[i], &group[0]);
		b = reduce(b, words[i], &group[1]);
		c = reduce(c, words[i], &group[2]);
		d = reduce(d, words[i], &group[3]);
		e = reduce(e, words[i], &group[4]);
		f = reduce(f, words[i], &group[5]);
		g = reduce(g, words[i], &group[6]);
		h = reduce(h, words[i], &group[7]);
	}
	const uint64_t rest[GROUP] = { a, b, c, d, e, f, g, h };
	memcpy(ret_rest, rest, sizeof(rest));
}

/* Whether a prime of a product divides its word: exactly then the quotient is a small one. */
static bool group_divides(
	const struct odd_prime primes[GROUP * PRIMES_PRODUCT], const uint64_t rest[GROUP])
{
	unsigned int found = 0;
	for (size_t i = 0; i < GROUP * PRIMES_PRODUCT; i++)
		found |= rest[i / PRIMES_PRODUCT] * primes[i].inverse <= primes[i].multiple;
	return found != 0;
}

/* Little-endian words of a big-endian number. */
static size_t words_of(struct bytes modulus, uint64_t words[WORDS_MAX])
{
	size_t count = (modulus.len + 7) / 8;
	for (size_t i = 0; i < count; i++)
		words[i] = 0;
	for (size_t i = 0; i < modulus.len; i++)
		words[i / 8] |= (uint64_t)modulus.data[modulus.len - 1 - i] << (8 * (i % 8));
	return count;
}

bool pki_factor_is_found(struct bytes modulus)
{
	assert(modulus.len > 0 && modulus.len <= PKI_FACTOR_MODULUS_MAX);
	if ((modulus.data[modulus.len - 1] & 1) == 0)
		return true;
	int r = pthread_once(&table.once, table_make);
	assert(r == 0);
	(void)r;

	uint64_t words[WORDS_MAX];
	size_t count = words_of(modulus, words);
	for (size_t i = 0; i < PRODUCTS_MAX; i += GROUP) {
		uint64_t rest[GROUP];
		group_reduce(table.products + i, words, count, rest);
		if (group_divides(table.primes + i * PRIMES_PRODUCT, rest))
			return true;
	}
	return false;
}
