/* SPDX-License-Identifier: Apache-2.0 */
#include "pki/ca.h"

#include <assert.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "base/fault.h"
#include "base/file.h"
#include "pki/extension.h"
#include "pki/handle.h"
#include "pki/name.h"
#include "pki/pem.h"
#include "pki/tlv.h"

static const char label[] = "CERTIFICATE";

/* The fields of a certificate's to-be-signed part that are judged by their octets (RFC 5280 4.1). */
struct parts {
	struct bytes tbs;
	struct bytes algorithm;
	struct bytes signature;
	struct bytes issuer;
	struct bytes subject;
	struct bytes spki;
	int64_t not_before_at, not_after_at;
};

static bool whole_take(struct bytes *rest, struct bytes *ret_whole)
{
	struct pki_tlv element;
	if (!pki_tlv_next(rest, &element) || element.tag != DER_SEQUENCE)
		return false;
	*ret_whole = element.whole;
	return true;
}

static bool tbs_read(struct bytes tbs, struct parts *ret_parts)
{
	struct bytes content, version, serial, algorithm, validity;
	return pki_tlv_take(&tbs, DER_SEQUENCE, &content) &&
		pki_tlv_take(&content, DER_CONTEXT_HOLDER(0), &version) &&
		pki_tlv_take_unsigned(&content, &serial) && whole_take(&content, &algorithm) &&
		bytes_equal(algorithm, ret_parts->algorithm) &&
		whole_take(&content, &ret_parts->issuer) &&
		pki_tlv_take(&content, DER_SEQUENCE, &validity) &&
		pki_tlv_take_time(&validity, &ret_parts->not_before_at) &&
		pki_tlv_take_time(&validity, &ret_parts->not_after_at) && validity.len == 0 &&
		ret_parts->not_before_at < ret_parts->not_after_at &&
		whole_take(&content, &ret_parts->subject) && whole_take(&content, &ret_parts->spki);
}

static bool parts_read(struct bytes der, struct parts *ret_parts)
{
	struct bytes content;
	return pki_tlv_is_strict(der) && pki_tlv_take(&der, DER_SEQUENCE, &content) &&
		der.len == 0 && whole_take(&content, &ret_parts->tbs) &&
		whole_take(&content, &ret_parts->algorithm) &&
		pki_tlv_take_bits(&content, &ret_parts->signature) && content.len == 0 &&
		tbs_read(ret_parts->tbs, ret_parts);
}

static int extension_criticality(const X509 *certificate, int nid)
{
	int at = X509_get_ext_by_NID(certificate, nid, -1);
	if (at < 0 || X509_get_ext_by_NID(certificate, nid, at) >= 0)
		return -1;
	return X509_EXTENSION_get_critical(X509_get_ext(certificate, at));
}

/* CA:TRUE, and its key signs certificates and CRLs and nothing else; both said critically. */
static bool usage_fits(X509 *certificate)
{
	return X509_get_version(certificate) == X509_VERSION_3 &&
		extension_criticality(certificate, NID_basic_constraints) == 1 &&
		extension_criticality(certificate, NID_key_usage) == 1 &&
		(X509_get_extension_flags(certificate) & (EXFLAG_CA | EXFLAG_INVALID)) ==
		EXFLAG_CA &&
		X509_get_key_usage(certificate) == (KU_KEY_CERT_SIGN | KU_CRL_SIGN);
}

/* The identifier said is the one the key has: everything is matched by it. */
static int key_id_read(X509 *certificate, const struct parts *parts, uint8_t *ret_key_id)
{
	uint8_t computed[PKI_KEY_ID_LEN];
	int r = pki_extension_key_id(parts->spki, computed);
	if (r < 0)
		return fault_trace(r);
	const ASN1_OCTET_STRING *said = X509_get0_subject_key_id(certificate);
	if (said == NULL || ASN1_STRING_length(said) != PKI_KEY_ID_LEN ||
		memcmp(ASN1_STRING_get0_data(said), computed, PKI_KEY_ID_LEN) != 0)
		return fault_new(FAULT_SETTINGS,
			"CA certificate: subjectKeyIdentifier is absent or not SHA-1 of its key");
	memcpy(ret_key_id, computed, PKI_KEY_ID_LEN);
	return 0;
}

/* Self-signed by an algorithm that we make, over the octets that were read. */
static int signature_check(
	X509 *certificate, const struct parts *parts, struct bytes *ret_algorithm)
{
	EVP_PKEY *key = X509_get0_pubkey(certificate);
	if (key == NULL || !pki_key_is_for_ca(key))
		return fault_new(FAULT_SETTINGS, "CA certificate: not an RSA or EC key for a CA");
	struct bytes algorithm = pki_key_signature_algorithm(key);
	if (!bytes_equal(parts->issuer, parts->subject) ||
		!bytes_equal(parts->algorithm, algorithm))
		return fault_new(FAULT_SETTINGS, "CA certificate: not self-signed with SHA-256");
	int r = pki_verify(key, parts->tbs, parts->signature);
	if (r < 0)
		return fault_trace(r);
	if (r == PKI_SIGNATURE_WRONG)
		return fault_new(FAULT_SETTINGS, "CA certificate: its signature is wrong");
	*ret_algorithm = algorithm;
	return 0;
}

/* A rehearsal's subject has the unit by which everybody knows it. */
static int kind_read(const struct parts *parts, enum service_kind *ret_kind)
{
	BUFFER_CLEANUP struct buffer unit = BUFFER(64);
	struct pki_der der = pki_der_begin(&unit);
	pki_name_attribute(&der, PKI_NAME_UNIT, PKI_NAME_UNIT_REHEARSAL);
	int r = pki_der_end(&der);
	if (r < 0)
		return fault_trace(r);
	struct bytes subject = parts->subject;
	struct bytes names = { NULL, 0 };
	struct pki_tlv element;
	enum service_kind kind = SERVICE_PRODUCTION;
	if (!pki_tlv_take(&subject, DER_SEQUENCE, &names))
		return fault_new(FAULT_SETTINGS, "CA certificate: its subject is no name");
	while (pki_tlv_next(&names, &element))
		if (bytes_equal(element.whole, buffer_bytes(&unit)))
			kind = SERVICE_REHEARSAL;
	*ret_kind = kind;
	return 0;
}

/* Copies what is kept as octets; the handle is given last, when nothing can fail any more. */
static int keep(const struct parts *parts, struct bytes der, struct pki_ca *ca)
{
	ca->der = BUFFER(PKI_CA_CERTIFICATE_MAX);
	ca->subject_der = BUFFER(PKI_CA_CERTIFICATE_MAX);
	int r = buffer_append(&ca->der, der);
	if (r == 0)
		r = buffer_append(&ca->subject_der, parts->subject);
	if (r == 0)
		r = digest_of(parts->spki, &ca->key_digest);
	if (r < 0)
		return fault_trace(r);
	struct bytes subject = buffer_bytes(&ca->subject_der);
	bool is_sequence = pki_tlv_take(&subject, DER_SEQUENCE, &ca->subject_names);
	assert(is_sequence);
	(void)is_sequence;
	ca->not_before_at = parts->not_before_at;
	ca->not_after_at = parts->not_after_at;
	return 0;
}

/* Judges the certificate and fills `ca`, all but the handle. */
static int judge(X509 *certificate, const struct parts *parts, struct bytes der, struct pki_ca *ca)
{
	if (!usage_fits(certificate))
		return fault_new(FAULT_SETTINGS,
			"CA certificate: CA:TRUE and exactly keyCertSign and cRLSign, critical");
	int r = key_id_read(certificate, parts, ca->key_id);
	if (r == 0)
		r = signature_check(certificate, parts, &ca->signature_algorithm);
	if (r == 0)
		r = kind_read(parts, &ca->kind);
	if (r == 0)
		r = keep(parts, der, ca);
	return r < 0 ? fault_trace(r) : 0;
}

int pki_ca_from_der(struct bytes der, struct pki_ca *ret_ca)
{
	struct parts parts;
	if (der.len > PKI_CA_CERTIFICATE_MAX || !parts_read(der, &parts))
		return fault_new(FAULT_SETTINGS, "CA certificate: not strict DER of a certificate");
	const unsigned char *p = der.data;
	CLEANUP(pki_handle_certificate_done) X509 *certificate = d2i_X509(NULL, &p, (long)der.len);
	if (certificate == NULL || p != der.data + der.len) {
		ERR_clear_error();
		return fault_new(FAULT_SETTINGS, "CA certificate: OpenSSL does not read it");
	}
	struct pki_ca ca = { 0 };
	int r = judge(certificate, &parts, der, &ca);
	if (r < 0) {
		pki_ca_done(&ca);
		return fault_trace(r);
	}
	ca.certificate = STEAL(certificate);
	*ret_ca = ca;
	return 0;
}

int pki_ca_load(const char *path, struct pki_ca *ret_ca)
{
	static const char *const labels[] = { label, NULL };
	BUFFER_CLEANUP struct buffer text = BUFFER(0);
	BUFFER_CLEANUP struct buffer der = BUFFER(PKI_CA_TEXT_MAX);
	int r = file_read(path, PKI_CA_TEXT_MAX, &text);
	if (r < 0)
		return fault_trace(r);
	if (r == FILE_ABSENT)
		return fault_new(FAULT_SETTINGS, "%s: absent", path);
	r = pki_pem_decode(buffer_bytes(&text), labels, &der);
	if (r < 0)
		return fault_trace(r);
	if (r == PKI_PEM_BAD)
		return fault_new(FAULT_SETTINGS, "%s: not one block CERTIFICATE", path);
	r = pki_ca_from_der(buffer_bytes(&der), ret_ca);
	return r < 0 ? fault_trace(r) : 0;
}

void pki_ca_done(struct pki_ca *ca)
{
	X509_free(ca->certificate);
	buffer_done(&ca->der);
	buffer_done(&ca->subject_der);
	*ca = (struct pki_ca){ 0 };
}

int pki_ca_clock_open(const struct pki_ca *ca, const char *rehearsal_path, struct clock *ret_clock)
{
	bool has_path = rehearsal_path != NULL && *rehearsal_path != '\0';
	if (ca->kind == SERVICE_PRODUCTION) {
		if (has_path)
			return fault_new(FAULT_SETTINGS,
				"a rehearsal's clock is set, but the CA certificate is not a rehearsal's: "
				"production goes by the real clock");
		*ret_clock = clock_real();
		return 0;
	}
	if (!has_path)
		return fault_new(FAULT_SETTINGS,
			"the CA certificate is a rehearsal's: the rehearsal's clock file must be set");
	int r = clock_rehearsal_open(rehearsal_path, ret_clock);
	return r < 0 ? fault_trace(r) : 0;
}

int pki_certificate_to_pem(struct bytes der, struct buffer *ret_pem)
{
	int r = pki_pem_encode(label, der, ret_pem);
	return r < 0 ? fault_trace(r) : 0;
}
