/* SPDX-License-Identifier: Apache-2.0 */
#include <limits.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pkcs12.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "base/fault.h"
#include "base/file.h"
#include "pki/handle.h"
#include "pki/key.h"
#include "pki/pem.h"

#define LABEL "ENCRYPTED PRIVATE KEY" /* RFC 7468 11 */
#define SALT_LEN 16
#define ITERATIONS 600000 /* what is made; PKI_KEY_ITERATIONS_MIN is what is taken */
#define SCRYPT_COST_MIN 16384

/* RFC 8018 A.2: PBKDF2 with HMAC-SHA-256 and enough iterations. */
static bool pbkdf2_is_strong(const X509_ALGOR *function)
{
	PBKDF2PARAM *params = ASN1_TYPE_unpack_sequence(
		ASN1_ITEM_rptr(PBKDF2PARAM), function->parameter);
	if (params == NULL)
		return false;
	int64_t iterations = 0;
	bool is_strong = ASN1_INTEGER_get_int64(&iterations, params->iter) == 1 &&
		iterations >= PKI_KEY_ITERATIONS_MIN && params->prf != NULL &&
		OBJ_obj2nid(params->prf->algorithm) == NID_hmacWithSHA256;
	PBKDF2PARAM_free(params);
	return is_strong;
}

/* RFC 7914 7. */
static bool scrypt_is_strong(const X509_ALGOR *function)
{
	SCRYPT_PARAMS *params = ASN1_TYPE_unpack_sequence(
		ASN1_ITEM_rptr(SCRYPT_PARAMS), function->parameter);
	if (params == NULL)
		return false;
	int64_t cost = 0;
	bool is_strong = ASN1_INTEGER_get_int64(&cost, params->costParameter) == 1 &&
		cost >= SCRYPT_COST_MIN;
	SCRYPT_PARAMS_free(params);
	return is_strong;
}

/* Whether a file is protected as the header says. */
static bool is_strong(const X509_SIG *encrypted)
{
	const X509_ALGOR *scheme = NULL;
	X509_SIG_get0(encrypted, &scheme, NULL);
	if (OBJ_obj2nid(scheme->algorithm) != NID_pbes2)
		return false;
	PBE2PARAM *params = ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(PBE2PARAM), scheme->parameter);
	if (params == NULL)
		return false;
	int function = OBJ_obj2nid(params->keyfunc->algorithm);
	bool is_strong = OBJ_obj2nid(params->encryption->algorithm) == NID_aes_256_cbc &&
		((function == NID_id_pbkdf2 && pbkdf2_is_strong(params->keyfunc)) ||
			(function == NID_id_scrypt && scrypt_is_strong(params->keyfunc)));
	PBE2PARAM_free(params);
	return is_strong;
}

/* Decodes the file up to the encrypted structure. */
static int file_decode(const char *path, X509_SIG **ret_encrypted)
{
	static const char *const labels[] = { LABEL, NULL };
	BUFFER_CLEANUP struct buffer text = BUFFER(0);
	BUFFER_CLEANUP struct buffer der = BUFFER(PKI_KEY_FILE_MAX);
	int r = file_read(path, PKI_KEY_FILE_MAX, &text);
	if (r < 0)
		return fault_trace(r);
	if (r == FILE_ABSENT)
		return fault_new(FAULT_SETTINGS, "%s: absent", path);
	r = pki_pem_decode(buffer_bytes(&text), labels, &der);
	if (r < 0)
		return fault_trace(r);
	if (r == PKI_PEM_BAD)
		return fault_new(FAULT_SETTINGS, "%s: not one block " LABEL, path);

	const unsigned char *p = der.data;
	CLEANUP(pki_handle_encrypted_done)
	X509_SIG *encrypted = d2i_X509_SIG(NULL, &p, (long)der.len);
	if (encrypted == NULL || p != der.data + der.len) {
		ERR_clear_error();
		return fault_new(FAULT_SETTINGS, "%s: not an encrypted PKCS#8 key", path);
	}
	*ret_encrypted = STEAL(encrypted);
	return 0;
}

/* A key pair whose halves belong together, of a kind a CA may have. */
static bool is_usable(EVP_PKEY *key)
{
	if (!pki_key_is_for_ca(key))
		return false;
	CLEANUP(pki_handle_key_context_done) EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(key, NULL);
	return context != NULL && EVP_PKEY_pairwise_check(context) == 1;
}

int pki_private_key_load(const char *path, const struct secret *passphrase, EVP_PKEY **ret_key)
{
	CLEANUP(pki_handle_encrypted_done) X509_SIG *encrypted = NULL;
	int r = file_decode(path, &encrypted);
	if (r < 0)
		return fault_trace(r);
	if (!is_strong(encrypted))
		return fault_new(FAULT_SETTINGS,
			"%s: protected by less than AES-256-CBC with scrypt, or PBKDF2 with "
			"HMAC-SHA-256 and %d iterations",
			path, PKI_KEY_ITERATIONS_MIN);
	/* Straight from the locked pages: no callback, no copy of the passphrase. */
	CLEANUP(pki_handle_pkcs8_done)
	PKCS8_PRIV_KEY_INFO *opened = PKCS8_decrypt(
		encrypted, (const char *)passphrase->data, (int)passphrase->len);
	CLEANUP(pki_handle_key_done) EVP_PKEY *key = opened == NULL ? NULL : EVP_PKCS82PKEY(opened);
	if (key == NULL) {
		ERR_clear_error();
		return fault_new(FAULT_SETTINGS, "%s: the passphrase does not unlock it", path);
	}
	if (!is_usable(key)) {
		ERR_clear_error();
		return fault_new(FAULT_SETTINGS, "%s: not an RSA or EC key for a CA", path);
	}
	*ret_key = STEAL(key);
	return 0;
}

int pki_private_key_make(int bits, EVP_PKEY **ret_key)
{
	if (bits < PKI_KEY_BITS_MIN || bits > PKI_KEY_BITS_MAX)
		return fault_new(FAULT_SETTINGS, "an RSA key of %d bits: %d to %d", bits,
			PKI_KEY_BITS_MIN, PKI_KEY_BITS_MAX);
	EVP_PKEY *key = EVP_RSA_gen((size_t)bits);
	if (key == NULL)
		return fault_new(FAULT_CRYPTO, "no RSA key was made");
	*ret_key = key;
	return 0;
}

/* PBES2 of the parameters above; PBKDF2 rather than scrypt because more tools read it. */
static X509_SIG *encrypt(EVP_PKEY *key, const struct secret *passphrase)
{
	CLEANUP(pki_handle_pkcs8_done) PKCS8_PRIV_KEY_INFO *opened = EVP_PKEY2PKCS8(key);
	uint8_t salt[SALT_LEN];
	if (opened == NULL || random_fill(salt, sizeof(salt)) < 0)
		return NULL;
	X509_ALGOR *scheme = PKCS5_pbe2_set_iv(
		EVP_aes_256_cbc(), ITERATIONS, salt, sizeof(salt), NULL, NID_hmacWithSHA256);
	if (scheme == NULL)
		return NULL;
	X509_SIG *encrypted = PKCS8_set0_pbe(
		(const char *)passphrase->data, (int)passphrase->len, opened, scheme);
	if (encrypted == NULL)
		X509_ALGOR_free(scheme);
	return encrypted;
}

int pki_private_key_encode(EVP_PKEY *key, const struct secret *passphrase, struct buffer *ret_pem)
{
	CLEANUP(pki_handle_encrypted_done) X509_SIG *encrypted = encrypt(key, passphrase);
	uint8_t *der = NULL;
	int len = encrypted == NULL ? -1 : i2d_X509_SIG(encrypted, &der);
	if (len <= 0)
		return fault_new(FAULT_CRYPTO, "a private key was not encrypted");
	int r = pki_pem_encode(LABEL, (struct bytes){ der, (size_t)len }, ret_pem);
	OPENSSL_free(der);
	return r < 0 ? fault_trace(r) : 0;
}
