/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include <openssl/x509.h>

#include "base/fault.h"
#include "pki/ca.h"
#include "pki/certificate.h"
#include "pki/extension.h"
#include "pki/name.h"

#define VERSION_3 2
#define UNIT_GOVERNOR "Governor"

/* What is signed, before there is a CA. */
struct making {
	const struct pki_ca_request *request;
	EVP_PKEY *key;
	struct buffer spki;
	uint8_t serial[SERIAL_LEN];
	uint8_t key_id[PKI_KEY_ID_LEN];
};

static void names(struct pki_der *der, const struct pki_ca_request *request)
{
	pki_name_attribute(der, PKI_NAME_COUNTRY, PKI_NAME_COUNTRY_JP);
	pki_name_attribute(der, PKI_NAME_ORGANISATION, request->organisation);
	pki_name_attribute(der, PKI_NAME_UNIT, request->prefecture);
	pki_name_attribute(der, PKI_NAME_UNIT, UNIT_GOVERNOR);
	if (request->kind == SERVICE_REHEARSAL)
		pki_name_attribute(der, PKI_NAME_UNIT, PKI_NAME_UNIT_REHEARSAL);
}

static void name(struct pki_der *der, const struct pki_ca_request *request)
{
	pki_der_open(der, DER_SEQUENCE);
	names(der, request);
	pki_der_close(der);
}

/* CA:TRUE, and no CA below it. */
static void basic_constraints(struct pki_der *der)
{
	pki_extension_open(der, PKI_OID_BASIC_CONSTRAINTS, true);
	pki_der_open(der, DER_SEQUENCE);
	pki_der_element(der, DER_BOOLEAN, (struct bytes){ (uint8_t[]){ 0xff }, 1 });
	pki_der_number(der, 0);
	pki_der_close(der);
	pki_extension_close(der);
}

static void extensions(struct pki_der *der, const struct making *making)
{
	const struct pki_ca_request *request = making->request;
	pki_der_open(der, DER_CONTEXT_HOLDER(3));
	pki_der_open(der, DER_SEQUENCE);
	pki_extension_key_usage(der, PKI_KEY_USAGE_CERT_SIGN | PKI_KEY_USAGE_CRL_SIGN);
	basic_constraints(der);
	pki_extension_subject_key_id(der, BYTES(making->key_id));
	pki_extension_alt_name(
		der, PKI_OID_SUBJECT_ALT_NAME, request->alt_organisation, request->alt_units);
	pki_extension_crl_point_open(der);
	pki_der_open(der, PKI_GENERAL_NAME_DIRECTORY);
	name(der, request);
	pki_der_close(der);
	pki_extension_crl_point_close(der);
	pki_der_close(der);
	pki_der_close(der);
}

static int tbs_build(const struct making *making, struct buffer *ret_tbs)
{
	const struct pki_ca_request *request = making->request;
	struct pki_der der = pki_der_begin(ret_tbs);
	pki_der_open(&der, DER_SEQUENCE);
	pki_der_open(&der, DER_CONTEXT_HOLDER(0));
	pki_der_number(&der, VERSION_3);
	pki_der_close(&der);
	pki_der_unsigned(&der, BYTES(making->serial));
	pki_der_raw(&der, pki_key_signature_algorithm(making->key));
	name(&der, request);
	pki_der_open(&der, DER_SEQUENCE);
	pki_der_time(&der, request->not_before_at);
	pki_der_time(&der, pki_certificate_end_at(request->not_before_at, request->years));
	pki_der_close(&der);
	name(&der, request);
	pki_der_raw(&der, buffer_bytes(&making->spki));
	extensions(&der, making);
	pki_der_close(&der);
	int r = pki_der_end(&der);
	return r < 0 ? fault_trace(r) : 0;
}

static int key_read(EVP_PKEY *key, struct making *making)
{
	uint8_t *spki = NULL;
	int len = i2d_PUBKEY(key, &spki);
	if (len <= 0)
		return fault_new(FAULT_CRYPTO, "a public key cannot be encoded");
	int r = buffer_append(&making->spki, (struct bytes){ spki, (size_t)len });
	OPENSSL_free(spki);
	if (r == 0)
		r = pki_extension_key_id(buffer_bytes(&making->spki), making->key_id);
	return r < 0 ? fault_trace(r) : 0;
}

/* 127 random bits. */
static int serial_draw(uint8_t serial[SERIAL_LEN])
{
	int r = random_fill(serial, SERIAL_LEN);
	if (r < 0)
		return fault_trace(r);
	serial[0] &= 0x7f;
	return 0;
}

/* Reads back what was made with the eyes of those who will load it. */
static int read_back(const struct pki_ca_request *request, struct bytes der)
{
	struct pki_ca ca;
	int r = pki_ca_from_der(der, &ca);
	if (r < 0)
		return fault_trace(r);
	bool is_kind = ca.kind == request->kind;
	pki_ca_done(&ca);
	if (!is_kind)
		return fault_new(FAULT_SETTINGS, "a production CA cannot bear the unit %s",
			PKI_NAME_UNIT_REHEARSAL);
	return 0;
}

static int make(struct making *making, struct buffer *der)
{
	BUFFER_CLEANUP struct buffer tbs = BUFFER(PKI_CA_CERTIFICATE_MAX);
	uint8_t signature[PKI_SIGNATURE_MAX];
	size_t signature_len = 0;
	int r = serial_draw(making->serial);
	if (r == 0)
		r = key_read(making->key, making);
	if (r == 0)
		r = tbs_build(making, &tbs);
	if (r == 0)
		r = pki_sign(making->key, buffer_bytes(&tbs), signature, &signature_len);
	if (r < 0)
		return fault_trace(r);
	const struct pki_ca ca = { .signature_algorithm = pki_key_signature_algorithm(
					   making->key) };
	r = pki_certificate_assemble(
		&ca, buffer_bytes(&tbs), (struct bytes){ signature, signature_len }, der);
	return r < 0 ? fault_trace(r) : 0;
}

int pki_ca_make(const struct pki_ca_request *request, EVP_PKEY *key, struct buffer *ret_der)
{
	if (!pki_key_is_for_ca(key))
		return fault_new(FAULT_SETTINGS, "not an RSA or EC key for a CA");
	if (request->years < 1 || request->years > PKI_CA_YEARS_MAX)
		return fault_new(FAULT_SETTINGS, "a CA of %d years", request->years);
	struct making making = { .request = request, .key = key, .spki = BUFFER(SPKI_MAX) };
	BUFFER_CLEANUP struct buffer der = BUFFER(PKI_CA_CERTIFICATE_MAX);
	int r = make(&making, &der);
	buffer_done(&making.spki);
	if (r == 0)
		r = read_back(request, buffer_bytes(&der));
	if (r == 0)
		r = buffer_append(ret_der, buffer_bytes(&der));
	return r < 0 ? fault_trace(r) : 0;
}
