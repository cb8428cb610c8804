/* SPDX-License-Identifier: Apache-2.0 */
#include "pki/public_key.h"

#include <assert.h>
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/params.h>

#include "base/fault.h"
#include "pki/factor.h"
#include "pki/handle.h"
#include "pki/tlv.h"

/* OpenSSL's decoder of public keys takes a hundred microseconds, so SPKIs are read here (tlv.h). */

static const uint8_t rsa_oid[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01 };
static const uint8_t null_element[] = { DER_NULL, 0x00 };
static const uint8_t exponent_wanted[] = { 0x01, 0x00, 0x01 };

static int refuse(enum refusal refusal, enum refusal *ret_refusal)
{
	*ret_refusal = refusal;
	return PKI_REFUSED;
}

/* RFC 3279 2.3.1: RSAPublicKey in the bit string, algorithm rsaEncryption with NULL. */
static enum refusal numbers_read(struct bytes spki, struct pki_public_key_numbers *ret_numbers)
{
	struct bytes content, algorithm, oid, bits, numbers;
	if (!pki_tlv_is_strict(spki) || !pki_tlv_take(&spki, DER_SEQUENCE, &content) ||
		spki.len > 0 || !pki_tlv_take(&content, DER_SEQUENCE, &algorithm) ||
		!pki_tlv_take(&algorithm, DER_OID, &oid) || !pki_tlv_take_bits(&content, &bits) ||
		content.len > 0)
		return REFUSAL_KEY_ENCODING;
	if (!bytes_equal(oid, BYTES(rsa_oid)))
		return REFUSAL_KEY_TYPE;
	if (!pki_tlv_take_octets(&algorithm, BYTES(null_element)) || algorithm.len > 0 ||
		!pki_tlv_take(&bits, DER_SEQUENCE, &numbers) || bits.len > 0 ||
		!pki_tlv_take_unsigned(&numbers, &ret_numbers->modulus) ||
		!pki_tlv_take_unsigned(&numbers, &ret_numbers->exponent) || numbers.len > 0)
		return REFUSAL_KEY_ENCODING;
	return REFUSAL_NONE;
}

static size_t bits_of(struct bytes number)
{
	size_t bits = 8 * number.len;
	for (unsigned int top = number.data[0]; bits > 0 && (top & 0x80) == 0; top <<= 1)
		bits--;
	return bits;
}

static enum refusal numbers_judge(const struct pki_public_key_numbers *numbers)
{
	if (numbers->modulus.len > PKI_KEY_BITS_MAX / 8 ||
		bits_of(numbers->modulus) < PKI_KEY_BITS_MIN)
		return REFUSAL_KEY_SIZE;
	if (!bytes_equal(numbers->exponent, BYTES(exponent_wanted)))
		return REFUSAL_KEY_EXPONENT;
	if (pki_factor_is_found(numbers->modulus))
		return REFUSAL_KEY_EVEN_OR_SMALL_FACTOR;
	return REFUSAL_NONE;
}

int pki_public_key_judge(
	struct bytes spki, struct pki_public_key_numbers *ret_numbers, enum refusal *ret_refusal)
{
	struct pki_public_key_numbers numbers;
	enum refusal refusal = numbers_read(spki, &numbers);
	if (refusal == REFUSAL_NONE)
		refusal = numbers_judge(&numbers);
	if (refusal != REFUSAL_NONE)
		return refuse(refusal, ret_refusal);
	*ret_numbers = numbers;
	return 0;
}

int pki_public_key_copy(struct bytes spki, struct pki_public_key *ret_key)
{
	assert(spki.len <= SPKI_MAX); /* canonical, and its numbers have their sizes */
	struct digest digest;
	int r = digest_of(spki, &digest);
	if (r < 0)
		return fault_trace(r);
	memcpy(ret_key->spki, spki.data, spki.len);
	ret_key->spki_len = spki.len;
	ret_key->digest = digest;
	return 0;
}

int pki_public_key_check(
	struct bytes spki, struct pki_public_key *ret_key, enum refusal *ret_refusal)
{
	struct pki_public_key_numbers numbers;
	int r = pki_public_key_judge(spki, &numbers, ret_refusal);
	if (r != 0)
		return r < 0 ? fault_trace(r) : r;
	r = pki_public_key_copy(spki, ret_key);
	return r < 0 ? fault_trace(r) : 0;
}

/* OpenSSL takes numbers in the host's order of octets; ours are big-endian. */
static OSSL_PARAM number_param(const char *key, struct bytes number, uint8_t *store)
{
	for (size_t i = 0; i < number.len; i++)
		store[i] = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? number.data[i]
								  : number.data[number.len - 1 - i];
	return OSSL_PARAM_construct_BN(key, store, number.len);
}

int pki_public_key_open(const struct pki_public_key_numbers *numbers, EVP_PKEY **ret_key)
{
	uint8_t modulus[PKI_KEY_BITS_MAX / 8];
	uint8_t exponent[sizeof(exponent_wanted)];
	OSSL_PARAM params[] = {
		number_param(OSSL_PKEY_PARAM_RSA_N, numbers->modulus, modulus),
		number_param(OSSL_PKEY_PARAM_RSA_E, numbers->exponent, exponent),
		OSSL_PARAM_construct_end(),
	};
	CLEANUP(pki_handle_key_context_done)
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	EVP_PKEY *key = NULL;
	if (context == NULL || EVP_PKEY_fromdata_init(context) != 1 ||
		EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, params) != 1)
		return fault_new(FAULT_CRYPTO, "OpenSSL does not take a public key");
	*ret_key = key;
	return 0;
}
