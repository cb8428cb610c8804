/* SPDX-License-Identifier: Apache-2.0 */
#include "pki/csr.h"

#include <string.h>

#include <openssl/err.h>

#include "base/fault.h"
#include "pki/handle.h"
#include "pki/pem.h"
#include "pki/public_key.h"
#include "pki/tlv.h"

#define VERSION_1 0 /* RFC 2986 4.1 */

/* What a request is made of; borrows from it. */
struct parts {
	struct bytes info; /* CertificationRequestInfo, which the signature is over */
	struct bytes spki;
	struct bytes attributes;
	struct bytes algorithm;
	struct bytes signature;
	bool is_version_1;
};

/* AlgorithmIdentifiers of RFC 4055 5, the parameters NULL: all that is at least SHA-256 for RSA. */
#define RSA_ALGORITHM(last_)                                                                       \
	{                                                                                          \
		0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, (last_),   \
			0x05, 0x00                                                                 \
	}
static const struct {
	uint8_t algorithm[15];
	const char *digest;
} algorithms[] = {
	{ RSA_ALGORITHM(0x0b), "SHA256" },
	{ RSA_ALGORITHM(0x0c), "SHA384" },
	{ RSA_ALGORITHM(0x0d), "SHA512" },
};

static int refuse(enum refusal refusal, enum refusal *ret_refusal)
{
	*ret_refusal = refusal;
	return PKI_REFUSED;
}

int pki_csr_from_text(
	const char *text, size_t len, struct buffer *ret_der, enum refusal *ret_refusal)
{
	static const char *const labels[] = { "CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST",
		NULL };
	if (len > PKI_CSR_TEXT_MAX)
		return refuse(REFUSAL_CSR_MALFORMED, ret_refusal);
	BUFFER_CLEANUP struct buffer der = BUFFER(PKI_CSR_TEXT_MAX);
	int r = pki_pem_decode((struct bytes){ (const uint8_t *)text, len }, labels, &der);
	if (r < 0)
		return fault_trace(r);
	if (r == PKI_PEM_BAD || der.len > PKI_CSR_MAX)
		return refuse(REFUSAL_CSR_MALFORMED, ret_refusal);
	r = buffer_append(ret_der, buffer_bytes(&der));
	return r < 0 ? fault_trace(r) : 0;
}

/* AttributeTypeAndValue ::= SEQUENCE { OID, value } */
static bool take_attribute(struct bytes *rest)
{
	struct bytes attribute, oid;
	struct pki_tlv value;
	return pki_tlv_take(rest, DER_SEQUENCE, &attribute) &&
		pki_tlv_take(&attribute, DER_OID, &oid) && pki_tlv_next(&attribute, &value) &&
		attribute.len == 0;
}

/* RelativeDistinguishedName ::= SET OF AttributeTypeAndValue, one at least */
static bool take_relative_name(struct bytes *rest)
{
	struct bytes attributes;
	if (!pki_tlv_take(rest, DER_SET, &attributes) || attributes.len == 0)
		return false;
	while (attributes.len > 0)
		if (!take_attribute(&attributes))
			return false;
	return true;
}

/* Name ::= SEQUENCE OF RelativeDistinguishedName. What it says is nobody's business here. */
static bool is_name(struct bytes names)
{
	while (names.len > 0)
		if (!take_relative_name(&names))
			return false;
	return true;
}

/* CertificationRequestInfo: version, subject, key, attributes. */
static bool info_read(struct bytes info, struct parts *ret_parts)
{
	struct bytes version, subject;
	struct pki_tlv spki;
	if (!pki_tlv_take_unsigned(&info, &version) ||
		!pki_tlv_take(&info, DER_SEQUENCE, &subject) || !is_name(subject) ||
		!pki_tlv_next(&info, &spki) || spki.tag != DER_SEQUENCE ||
		!pki_tlv_take(&info, DER_CONTEXT_HOLDER(0), &ret_parts->attributes) || info.len > 0)
		return false;
	ret_parts->is_version_1 = version.len == 1 && version.data[0] == VERSION_1;
	ret_parts->spki = spki.whole;
	return true;
}

/* CertificationRequest: info, algorithm, signature. */
static bool parts_read(struct bytes request, struct parts *ret_parts)
{
	struct bytes content;
	struct pki_tlv info, algorithm;
	if (!pki_tlv_is_strict(request) || !pki_tlv_take(&request, DER_SEQUENCE, &content) ||
		!pki_tlv_next(&content, &info) || info.tag != DER_SEQUENCE ||
		!pki_tlv_next(&content, &algorithm) || algorithm.tag != DER_SEQUENCE ||
		!pki_tlv_take_bits(&content, &ret_parts->signature) || content.len > 0)
		return false;
	ret_parts->info = info.whole;
	ret_parts->algorithm = algorithm.whole;
	return info_read(info.content, ret_parts);
}

/* Cuts the request off what follows it. */
static enum refusal request_read(struct bytes der, struct parts *ret_parts)
{
	size_t len;
	if (der.len > PKI_CSR_MAX || !pki_tlv_first_len(der, &len))
		return REFUSAL_CSR_MALFORMED;
	if (len < der.len)
		return REFUSAL_CSR_TRAILING;
	if (!parts_read(der, ret_parts))
		return REFUSAL_CSR_MALFORMED;
	if (!ret_parts->is_version_1)
		return REFUSAL_CSR_VERSION;
	return ret_parts->attributes.len > 0 ? REFUSAL_CSR_ATTRIBUTES : REFUSAL_NONE;
}

static const char *digest_of_algorithm(struct bytes algorithm)
{
	for (size_t i = 0; i < LENGTH_OF(algorithms); i++)
		if (bytes_equal(algorithm, BYTES(algorithms[i].algorithm)))
			return algorithms[i].digest;
	return NULL;
}

/* The self-signature: whoever asks has the private key (K3). */
static int signature_check(const struct parts *parts, const struct pki_public_key_numbers *numbers,
	const char *digest, enum refusal *ret_refusal)
{
	CLEANUP(pki_handle_key_done) EVP_PKEY *key = NULL;
	int r = pki_public_key_open(numbers, &key);
	if (r < 0)
		return fault_trace(r);
	CLEANUP(pki_handle_digest_context_done) EVP_MD_CTX *context = EVP_MD_CTX_new();
	if (context == NULL)
		return fault_new(FAULT_MEMORY, "no memory for a signature");
	if (EVP_DigestVerifyInit_ex(context, NULL, digest, NULL, NULL, key, NULL) != 1)
		return fault_new(FAULT_CRYPTO, "a public key cannot verify");
	if (EVP_DigestVerify(context, parts->signature.data, parts->signature.len, parts->info.data,
		    parts->info.len) == 1)
		return 0;
	ERR_clear_error();
	return refuse(REFUSAL_CSR_SIGNATURE_WRONG, ret_refusal);
}

int pki_csr_check(struct bytes der, struct pki_public_key *ret_key, enum refusal *ret_refusal)
{
	struct parts parts;
	enum refusal refusal = request_read(der, &parts);
	if (refusal != REFUSAL_NONE)
		return refuse(refusal, ret_refusal);
	/* The key before the signature: no work is done with numbers that are out of bounds. */
	struct pki_public_key_numbers numbers;
	int r = pki_public_key_judge(parts.spki, &numbers, ret_refusal);
	if (r != 0)
		return r < 0 ? fault_trace(r) : r;
	const char *digest = digest_of_algorithm(parts.algorithm);
	if (digest == NULL)
		return refuse(REFUSAL_CSR_SIGNATURE_ALGORITHM, ret_refusal);
	r = signature_check(&parts, &numbers, digest, ret_refusal);
	if (r != 0)
		return r < 0 ? fault_trace(r) : r;
	r = pki_public_key_copy(parts.spki, ret_key);
	return r < 0 ? fault_trace(r) : 0;
}
