/* SPDX-License-Identifier: Apache-2.0 */
/*
 * csr_maker COUNT: writes COUNT requests with distinct RSA-2048 keys, one a line, as the content of
 * a JSON string (PEM, newlines as \n). The keys are pairs out of a few hundred primes, made in
 * seconds: good for load, for nothing else.
 */
#include <stdio.h>
#include <stdlib.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#define PRIME_BITS 1024
#define PRIMES_MAX 400

static void demand(int good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "csr_maker: %s failed\n", what);
	exit(EXIT_FAILURE);
}

/* d = e^-1 mod (p-1)(q-1), with the CRT parts, or NULL when e has no inverse. */
static EVP_PKEY *key_of_primes(BIGNUM *p, BIGNUM *q, BN_CTX *context)
{
	BIGNUM *n = BN_new(), *e = BN_new(), *p1 = BN_dup(p), *q1 = BN_dup(q), *phi = BN_new();
	BIGNUM *dp = BN_new(), *dq = BN_new(), *qinv, *d;
	OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
	EVP_PKEY_CTX *maker = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	EVP_PKEY *key = NULL;
	OSSL_PARAM *parameters;

	demand(BN_set_word(e, 65537) && BN_mul(n, p, q, context), "modulus");
	demand(BN_sub_word(p1, 1) && BN_sub_word(q1, 1) && BN_mul(phi, p1, q1, context), "totient");
	d = BN_mod_inverse(NULL, e, phi, context);
	qinv = BN_mod_inverse(NULL, q, p, context);
	demand(d != NULL && qinv != NULL, "inverse");
	demand(BN_mod(dp, d, p1, context) && BN_mod(dq, d, q1, context), "exponents");
	demand(OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, n) &&
			OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, e) &&
			OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_D, d) &&
			OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_FACTOR1, p) &&
			OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_FACTOR2, q) &&
			OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_EXPONENT1, dp) &&
			OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_EXPONENT2, dq) &&
			OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_COEFFICIENT1, qinv),
		"key parameters");
	parameters = OSSL_PARAM_BLD_to_param(builder);
	demand(EVP_PKEY_fromdata_init(maker) == 1 &&
			EVP_PKEY_fromdata(maker, &key, EVP_PKEY_KEYPAIR, parameters) == 1,
		"key");
	OSSL_PARAM_free(parameters);
	OSSL_PARAM_BLD_free(builder);
	EVP_PKEY_CTX_free(maker);
	BN_free(n), BN_free(e), BN_free(p1), BN_free(q1), BN_free(phi);
	BN_free(dp), BN_free(dq), BN_free(qinv), BN_free(d);
	return key;
}

static void write_request(EVP_PKEY *key)
{
	X509_REQ *request = X509_REQ_new();
	BIO *memory = BIO_new(BIO_s_mem());
	char *text;
	long len;

	demand(X509_REQ_set_version(request, X509_REQ_VERSION_1) == 1 &&
			X509_REQ_set_pubkey(request, key) == 1 &&
			X509_REQ_sign(request, key, EVP_sha256()) > 0 &&
			PEM_write_bio_X509_REQ(memory, request) == 1,
		"request");
	len = BIO_get_mem_data(memory, &text);
	for (long i = 0; i < len; i++) {
		if (text[i] == '\n')
			fputs("\\n", stdout);
		else
			putchar(text[i]);
	}
	putchar('\n');
	BIO_free(memory);
	X509_REQ_free(request);
}

/* A prime of exactly PRIME_BITS whose product with another has 2048 bits, p - 1 prime to e. */
static BIGNUM *make_prime(BN_CTX *context)
{
	BIGNUM *prime = BN_new();

	do {
		demand(BN_generate_prime_ex2(prime, PRIME_BITS, 0, NULL, NULL, NULL, context),
			"prime");
	} while (BN_mod_word(prime, 65537) == 1);
	return prime;
}

int main(int argc, char **argv)
{
	long count = argc == 2 ? strtol(argv[1], NULL, 10) : 0, made = 0;
	BN_CTX *context = BN_CTX_new();
	BIGNUM *primes[PRIMES_MAX];
	int have = 0;

	demand(count > 0 && count <= PRIMES_MAX * (PRIMES_MAX - 1) / 2, "usage: csr_maker COUNT;");
	while (made < count) {
		primes[have] = make_prime(context);
		for (int i = 0; i < have && made < count; i++, made++) {
			EVP_PKEY *key = key_of_primes(primes[have], primes[i], context);

			write_request(key);
			EVP_PKEY_free(key);
		}
		have++;
	}
	return EXIT_SUCCESS;
}
