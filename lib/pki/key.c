/* SPDX-License-Identifier: Apache-2.0 */
#include "pki/key.h"

#include <assert.h>
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "base/fault.h"
#include "pki/handle.h"

#define CA_EXPONENT 65537

/* RFC 4055 5: sha256WithRSAEncryption, the parameters NULL. */
static const uint8_t rsa_algorithm[] = { 0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d,
	0x01, 0x01, 0x0b, 0x05, 0x00 };
/* RFC 5758 3.2: ecdsa-with-SHA256, the parameters absent. */
static const uint8_t ec_algorithm[] = { 0x30, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04,
	0x03, 0x02 };

struct bytes pki_key_signature_algorithm(const EVP_PKEY *key)
{
	if (EVP_PKEY_is_a(key, "RSA"))
		return BYTES(rsa_algorithm);
	assert(EVP_PKEY_is_a(key, "EC"));
	return BYTES(ec_algorithm);
}

static bool rsa_fits(const EVP_PKEY *key)
{
	CLEANUP(pki_handle_number_done) BIGNUM *exponent = NULL;
	int bits = EVP_PKEY_get_bits(key);
	return bits >= PKI_KEY_BITS_MIN && bits <= PKI_KEY_BITS_MAX &&
		EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &exponent) == 1 &&
		BN_is_word(exponent, CA_EXPONENT);
}

bool pki_key_is_for_ca(const EVP_PKEY *key)
{
	if (EVP_PKEY_is_a(key, "RSA"))
		return rsa_fits(key);
	char group[32];
	return EVP_PKEY_is_a(key, "EC") &&
		EVP_PKEY_get_group_name(key, group, sizeof(group), NULL) == 1 &&
		(strcmp(group, "prime256v1") == 0 || strcmp(group, "secp384r1") == 0);
}

int pki_key_digest(const EVP_PKEY *key, struct digest *ret_digest)
{
	uint8_t *spki = NULL;
	int len = i2d_PUBKEY(key, &spki);
	if (len <= 0)
		return fault_new(FAULT_CRYPTO, "a public key cannot be encoded");
	int r = digest_of((struct bytes){ spki, (size_t)len }, ret_digest);
	OPENSSL_free(spki);
	return r < 0 ? fault_trace(r) : 0;
}

int pki_verify(EVP_PKEY *key, struct bytes octets, struct bytes signature)
{
	CLEANUP(pki_handle_digest_context_done) EVP_MD_CTX *context = EVP_MD_CTX_new();
	if (context == NULL)
		return fault_new(FAULT_MEMORY, "no memory for a signature");
	if (EVP_DigestVerifyInit_ex(context, NULL, "SHA256", NULL, NULL, key, NULL) != 1)
		return fault_new(FAULT_CRYPTO, "a key cannot verify");
	if (EVP_DigestVerify(context, signature.data, signature.len, octets.data, octets.len) == 1)
		return 0;
	ERR_clear_error();
	return PKI_SIGNATURE_WRONG;
}

int pki_sign(
	EVP_PKEY *key, struct bytes octets, uint8_t signature[PKI_SIGNATURE_MAX], size_t *ret_len)
{
	CLEANUP(pki_handle_digest_context_done) EVP_MD_CTX *context = EVP_MD_CTX_new();
	if (context == NULL)
		return fault_new(FAULT_MEMORY, "no memory for a signature");
	if (EVP_DigestSignInit_ex(context, NULL, "SHA256", NULL, NULL, key, NULL) != 1)
		return fault_new(FAULT_CRYPTO, "a key cannot sign");
	uint8_t made[PKI_SIGNATURE_MAX];
	size_t len = sizeof(made);
	if (EVP_DigestSign(context, made, &len, octets.data, octets.len) != 1)
		return fault_new(FAULT_CRYPTO, "a signature was not made");

	/* One faulty RSA signature gives the key away: none leaves without being verified. */
	int r = pki_verify(key, octets, (struct bytes){ made, len });
	if (r < 0)
		return fault_trace(r);
	if (r == PKI_SIGNATURE_WRONG)
		return fault_new(FAULT_CRYPTO, "a signature does not verify: faulty hardware?");
	memcpy(signature, made, len);
	*ret_len = len;
	return 0;
}
