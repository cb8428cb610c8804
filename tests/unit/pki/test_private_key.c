/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/rsa.h>

#include "base/fault.h"
#include "base/file.h"
#include "fixture.h"

static char folder[] = "/tmp/hakko-test-XXXXXX";
static char path[sizeof(folder) + 16];

static int make_folder(void **state)
{
	(void)state;
	if (mkdtemp(folder) == NULL)
		return -1;
	(void)snprintf(path, sizeof(path), "%s/key.pem", folder);
	return 0;
}

static int remove_folder(void **state)
{
	(void)state;
	(void)unlink(path);
	return rmdir(folder);
}

static void write_text(const char *text)
{
	assert_int_equal(file_replace(path, bytes_of_text(text), 0600), 0);
}

static int load(const char *passphrase, EVP_PKEY **ret_key)
{
	struct secret secret = fixture_secret(passphrase);
	int r = pki_private_key_load(path, &secret, ret_key);
	secret_done(&secret);
	return r;
}

static void test_made_encoded_and_loaded(void **state)
{
	(void)state;
	EVP_PKEY *key = NULL, *loaded = NULL;
	struct secret passphrase = fixture_secret("correct horse");
	BUFFER_CLEANUP struct buffer pem = BUFFER(PKI_KEY_FILE_MAX);
	assert_int_equal(pki_private_key_make(2048, &key), 0);
	assert_int_equal(pki_private_key_encode(key, &passphrase, &pem), 0);
	assert_int_equal(file_replace(path, buffer_bytes(&pem), 0600), 0);
	assert_int_equal(load("correct horse", &loaded), 0);
	assert_int_equal(EVP_PKEY_eq(key, loaded), 1);
	EVP_PKEY_free(loaded);
	loaded = NULL;
	assert_int_equal(load("incorrect horse", &loaded), -FAULT_SETTINGS);
	assert_non_null(strstr(fault_text(), "does not unlock"));
	assert_null(strstr(fault_text(), "horse"));
	assert_null(loaded);
	EVP_PKEY_free(key);
	secret_done(&passphrase);
}

static void test_sizes(void **state)
{
	(void)state;
	EVP_PKEY *key = NULL;
	const int bits[] = { 0, 1024, 2047, 4097, 8192 };
	for (size_t i = 0; i < LENGTH_OF(bits); i++)
		assert_int_equal(pki_private_key_make(bits[i], &key), -FAULT_SETTINGS);
	assert_null(key);
}

/* Writes the key under a scheme chosen here. */
static void write_key(EVP_PKEY *key, X509_ALGOR *scheme)
{
	assert_non_null(scheme);
	PKCS8_PRIV_KEY_INFO *opened = EVP_PKEY2PKCS8(key);
	X509_SIG *encrypted = PKCS8_set0_pbe("p", 1, opened, scheme);
	assert_non_null(encrypted);
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	assert_int_equal(PEM_write_PKCS8(file, encrypted), 1);
	assert_int_equal(fclose(file), 0);
	X509_SIG_free(encrypted);
	PKCS8_PRIV_KEY_INFO_free(opened);
}

static X509_ALGOR *pbkdf2(const EVP_CIPHER *cipher, int iterations, int function)
{
	uint8_t salt[16] = { 1 };
	return PKCS5_pbe2_set_iv(cipher, iterations, salt, sizeof(salt), NULL, function);
}

static X509_ALGOR *scrypt(uint64_t cost)
{
	uint8_t salt[16] = { 1 };
	return PKCS5_pbe2_set_scrypt(EVP_aes_256_cbc(), salt, sizeof(salt), NULL, cost, 8, 1);
}

static void test_protection(void **state)
{
	(void)state;
	EVP_PKEY *key = EVP_EC_gen("P-256"), *loaded = NULL;
	const EVP_CIPHER *aes = EVP_aes_256_cbc();
	write_key(key, pbkdf2(aes, PKI_KEY_ITERATIONS_MIN, NID_hmacWithSHA256));
	assert_int_equal(load("p", &loaded), 0);
	assert_int_equal(EVP_PKEY_eq(key, loaded), 1);
	EVP_PKEY_free(loaded);
	write_key(key, scrypt(16384));
	assert_int_equal(load("p", &loaded), 0);
	EVP_PKEY_free(loaded);

	X509_ALGOR *weak[] = {
		pbkdf2(aes, PKI_KEY_ITERATIONS_MIN - 1, NID_hmacWithSHA256),
		pbkdf2(aes, PKI_KEY_ITERATIONS_MIN, NID_hmacWithSHA1),
		pbkdf2(aes, PKI_KEY_ITERATIONS_MIN, NID_hmacWithSHA224),
		pbkdf2(EVP_aes_128_cbc(), PKI_KEY_ITERATIONS_MIN, NID_hmacWithSHA256),
		pbkdf2(EVP_des_ede3_cbc(), PKI_KEY_ITERATIONS_MIN, NID_hmacWithSHA256),
		scrypt(8192),
		PKCS5_pbe_set(NID_pbe_WithSHA1And3_Key_TripleDES_CBC, 200000, NULL, 0),
	};
	for (size_t i = 0; i < LENGTH_OF(weak); i++) {
		write_key(key, weak[i]);
		assert_int_equal(load("p", &loaded), -FAULT_SETTINGS);
		assert_non_null(strstr(fault_text(), "protected by less"));
	}
	EVP_PKEY_free(key);
}

static void test_keys_of_no_ca(void **state)
{
	(void)state;
	EVP_PKEY *keys[] = { EVP_RSA_gen(1024), EVP_EC_gen("P-521"),
		EVP_PKEY_Q_keygen(NULL, NULL, "ED25519") };
	for (size_t i = 0; i < LENGTH_OF(keys); i++) {
		EVP_PKEY *loaded = NULL;
		write_key(keys[i],
			pbkdf2(EVP_aes_256_cbc(), PKI_KEY_ITERATIONS_MIN, NID_hmacWithSHA256));
		assert_int_equal(load("p", &loaded), -FAULT_SETTINGS);
		assert_non_null(strstr(fault_text(), "not an RSA or EC key"));
		EVP_PKEY_free(keys[i]);
	}
}

static void test_files_that_are_none(void **state)
{
	(void)state;
	EVP_PKEY *loaded = NULL;
	(void)unlink(path);
	assert_int_equal(load("p", &loaded), -FAULT_SETTINGS);
	const char *texts[] = {
		"", "x", "-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n",
		"-----BEGIN ENCRYPTED PRIVATE KEY-----\nMAA=\n-----END ENCRYPTED PRIVATE KEY-----\n"
	};
	for (size_t i = 0; i < LENGTH_OF(texts); i++) {
		write_text(texts[i]);
		assert_int_equal(load("p", &loaded), -FAULT_SETTINGS);
	}
	assert_null(loaded);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_made_encoded_and_loaded),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_protection),
		cmocka_unit_test(test_keys_of_no_ca),
		cmocka_unit_test(test_files_that_are_none),
	};
	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
