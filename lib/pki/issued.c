/* SPDX-License-Identifier: Apache-2.0 */
#include "pki/issued.h"

#include <string.h>

#include <openssl/err.h>

#include "base/fault.h"
#include "pki/handle.h"
#include "pki/pem.h"
#include "pki/tlv.h"

/* The serial number, filled up with zeros in front. */
static bool take_serial(struct bytes *rest, uint8_t out[SERIAL_LEN])
{
	struct bytes octets;
	if (!pki_tlv_take_unsigned(rest, &octets) || octets.len > SERIAL_LEN)
		return false;
	memset(out, 0, SERIAL_LEN - octets.len);
	memcpy(out + SERIAL_LEN - octets.len, octets.data, octets.len);
	return true;
}

/* TBSCertificate: version, serial, algorithm, issuer, validity, subject, key (RFC 5280 4.1). */
static bool read_tbs(struct bytes tbs, struct pki_issued *issued)
{
	struct bytes version;
	struct pki_tlv element;
	if (!pki_tlv_take(&tbs, DER_CONTEXT_HOLDER(0), &version) ||
		!take_serial(&tbs, issued->serial))
		return false;
	for (int i = 0; i < 4; i++)
		if (!pki_tlv_next(&tbs, &element) || element.tag != DER_SEQUENCE)
			return false;
	if (!pki_tlv_next(&tbs, &element) || element.tag != DER_SEQUENCE)
		return false;
	issued->spki = element.whole;
	return true;
}

int pki_issued_read(struct bytes der, struct pki_issued *ret_issued)
{
	struct pki_issued issued;
	struct pki_tlv tbs, algorithm;
	struct bytes certificate, signature;
	if (!pki_tlv_take(&der, DER_SEQUENCE, &certificate) || der.len != 0 ||
		!pki_tlv_next(&certificate, &tbs) || tbs.tag != DER_SEQUENCE ||
		!pki_tlv_next(&certificate, &algorithm) || algorithm.tag != DER_SEQUENCE ||
		!pki_tlv_take_bits(&certificate, &signature) || certificate.len != 0)
		return PKI_ISSUED_BAD;
	issued.tbs = tbs.whole;
	if (!read_tbs(tbs.content, &issued))
		return PKI_ISSUED_BAD;
	*ret_issued = issued;
	return 0;
}

int pki_issued_fingerprint(struct bytes pem, struct digest *ret_fingerprint)
{
	static const char *const labels[] = { "CERTIFICATE", NULL };
	BUFFER_CLEANUP struct buffer der = BUFFER(PKI_PEER_MAX);
	int r = pki_pem_decode(pem, labels, &der);
	if (r < 0 && fault_kind(r) != FAULT_LIMIT)
		return fault_trace(r);
	if (r != 0)
		return PKI_ISSUED_BAD;

	const unsigned char *end = der.data;
	CLEANUP(pki_handle_certificate_done)
	X509 *certificate = d2i_X509(NULL, &end, (long)der.len);
	if (certificate == NULL || end != der.data + der.len ||
		X509_get_version(certificate) != X509_VERSION_3) {
		ERR_clear_error();
		return PKI_ISSUED_BAD;
	}
	r = digest_of(buffer_bytes(&der), ret_fingerprint);
	return r < 0 ? fault_trace(r) : 0;
}
