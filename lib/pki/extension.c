/* SPDX-License-Identifier: Apache-2.0 */
#include "pki/extension.h"

#include <assert.h>
#include <string.h>

#include <openssl/evp.h>

#include "base/fault.h"
#include "pki/name.h"
#include "pki/tlv.h"

void pki_extension_open(struct pki_der *der, const char *oid, bool is_critical)
{
	pki_der_open(der, DER_SEQUENCE);
	pki_der_oid(der, oid);
	if (is_critical)
		pki_der_element(der, DER_BOOLEAN, (struct bytes){ (uint8_t[]){ 0xff }, 1 });
	pki_der_open(der, DER_OCTET_STRING);
}

void pki_extension_close(struct pki_der *der)
{
	pki_der_close(der);
	pki_der_close(der);
}

void pki_extension_key_usage(struct pki_der *der, unsigned int usage)
{
	assert(usage > 0 && usage <= UINT8_MAX);
	unsigned int unused = 0;
	while ((usage >> unused & 1) ==
		0) /* a named bit list ends with its last one (X.690 11.2.2) */
		unused++;
	pki_extension_open(der, PKI_OID_KEY_USAGE, true);
	pki_der_bits(der, (struct bytes){ (uint8_t[]){ (uint8_t)usage }, 1 }, unused);
	pki_extension_close(der);
}

void pki_extension_subject_key_id(struct pki_der *der, struct bytes key_id)
{
	pki_extension_open(der, PKI_OID_SUBJECT_KEY_ID, false);
	pki_der_element(der, DER_OCTET_STRING, key_id);
	pki_extension_close(der);
}

void pki_extension_authority_key_id(struct pki_der *der, struct bytes key_id)
{
	pki_extension_open(der, PKI_OID_AUTHORITY_KEY_ID, false);
	pki_der_open(der, DER_SEQUENCE);
	pki_der_element(der, DER_CONTEXT(0), key_id);
	pki_der_close(der);
	pki_extension_close(der);
}

void pki_extension_alt_name(
	struct pki_der *der, const char *oid, const char *organisation, const char *units)
{
	pki_extension_open(der, oid, false);
	pki_der_open(der, DER_SEQUENCE);
	pki_der_open(der, PKI_GENERAL_NAME_DIRECTORY);
	pki_name_japanese(der, organisation, units);
	pki_der_close(der);
	pki_der_close(der);
	pki_extension_close(der);
}

void pki_extension_crl_point_open(struct pki_der *der)
{
	pki_extension_open(der, PKI_OID_CRL_POINTS, false);
	pki_der_open(der, DER_SEQUENCE);          /* CRLDistributionPoints */
	pki_der_open(der, DER_SEQUENCE);          /* DistributionPoint */
	pki_der_open(der, DER_CONTEXT_HOLDER(0)); /* distributionPoint, a CHOICE */
	pki_der_open(der, DER_CONTEXT_HOLDER(0)); /* fullName */
}

void pki_extension_crl_point_close(struct pki_der *der)
{
	for (int i = 0; i < 4; i++)
		pki_der_close(der);
	pki_extension_close(der);
}

void pki_extension_uri(struct pki_der *der, const char *prefix, const char *rest)
{
	struct bytes first = bytes_of_text(prefix);
	struct bytes second = bytes_of_text(rest);
	pki_der_header(der, PKI_GENERAL_NAME_URI, first.len + second.len);
	pki_der_raw(der, first);
	pki_der_raw(der, second);
}

int pki_extension_key_id(struct bytes spki, uint8_t ret_key_id[PKI_KEY_ID_LEN])
{
	struct bytes bits;
	unsigned int len = 0;
	if (!pki_tlv_key_bits(spki, &bits))
		return fault_new(FAULT_LIMIT, "octets that are no public key");
	uint8_t digest[EVP_MAX_MD_SIZE];
	if (EVP_Digest(bits.data, bits.len, digest, &len, EVP_sha1(), NULL) != 1)
		return fault_new(FAULT_CRYPTO, "SHA-1 does not work");
	assert(len == PKI_KEY_ID_LEN);
	memcpy(ret_key_id, digest, PKI_KEY_ID_LEN);
	return 0;
}
