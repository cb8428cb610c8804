/* SPDX-License-Identifier: Apache-2.0 */
#include "pki/certificate.h"

#include <stdio.h>
#include <string.h>

#include "base/fault.h"
#include "pki/extension.h"
#include "pki/name.h"
#include "pki/subject_alt.h"

#define VERSION_3 2 /* RFC 5280 4.1.2.1 */
#define CPS_OID "1.3.6.1.5.5.7.2.1"
#define OCSP_OID "1.3.6.1.5.5.7.48.1"
#define CA_ISSUERS_OID "1.3.6.1.5.5.7.48.2"
#define KEY_ID_FILE_SIZE (2 * PKI_KEY_ID_LEN + sizeof(".crl"))

int64_t pki_certificate_end_at(int64_t first_at, int years)
{
	struct date anniversary = jst_of_instant(first_at).date;
	anniversary.year += years;
	/* A 29 February that does not exist: the 28th, which date_add_years() makes of it, is the last. */
	if (!date_exists(anniversary))
		return day_last_second_at(date_add_years(anniversary, 0));
	return day_last_second_at(date_add_days(anniversary, -1));
}

/* Profile: instant of the issue in JST, municipality, three digits, one capital letter. */
static bool cn_fits(const struct reservation *reservation)
{
	struct civil_time civil = jst_of_instant(reservation->reserved_at);
	char expected[64];
	(void)snprintf(expected, sizeof(expected), "%04d%02d%02d%02d%02d%02d%s", civil.date.year,
		civil.date.month, civil.date.day, civil.hour, civil.minute, civil.second,
		reservation->municipality);
	size_t len = strlen(expected);
	const char *cn = reservation->cn;
	return len == CN_LEN - 4 && strnlen(cn, CN_LEN + 1) == CN_LEN &&
		memcmp(cn, expected, len) == 0 && strspn(cn, "0123456789") == CN_LEN - 1 &&
		cn[CN_LEN - 1] >= 'A' && cn[CN_LEN - 1] <= 'Z';
}

/* 127 bits, not all zero. */
static bool serial_fits(const uint8_t serial[SERIAL_LEN])
{
	static const uint8_t zero[SERIAL_LEN];
	return (serial[0] & 0x80) == 0 && memcmp(serial, zero, SERIAL_LEN) != 0;
}

/* P5: whole, not past the profile's ceiling, within the CA certificate's own. */
static bool validity_fits(const struct pki_profile *profile, const struct pki_ca *ca,
	const struct reservation *reservation)
{
	int64_t first_at = reservation->reserved_at;
	int64_t last_at = reservation->not_after_at;
	return last_at > first_at && last_at % SECOND == 0 && first_at >= ca->not_before_at &&
		last_at <= ca->not_after_at &&
		last_at <= pki_certificate_end_at(first_at, (int)profile->validity_years);
}

static int reservation_check(const struct pki_profile *profile, const struct pki_ca *ca,
	const struct reservation *reservation)
{
	if (!digest_equal(&reservation->ca_key_id, &ca->key_digest))
		return fault_new(FAULT_STATE, "a reservation for another CA key");
	if (reservation->abandoned)
		return fault_new(FAULT_STATE, "an abandoned reservation");
	if (!serial_fits(reservation->serial))
		return fault_new(FAULT_LIMIT, "a serial number that is zero or not positive");
	if (!validity_fits(profile, ca, reservation))
		return fault_new(FAULT_LIMIT, "a validity past its ceiling or outside the CA's");
	if (!cn_fits(reservation))
		return fault_new(FAULT_LIMIT, "a CN that is not of the issue");
	if (reservation->spki_len > SPKI_MAX)
		return fault_new(FAULT_LIMIT, "a key of %zu octets", reservation->spki_len);
	return 0;
}

static void validity(struct pki_der *der, const struct reservation *reservation)
{
	pki_der_open(der, DER_SEQUENCE);
	pki_der_time(der, reservation->reserved_at);
	pki_der_time(der, reservation->not_after_at);
	pki_der_close(der);
}

static void subject_name(struct pki_der *der, const struct pki_profile *profile,
	const struct reservation *reservation)
{
	pki_der_open(der, DER_SEQUENCE);
	pki_name_attribute(der, PKI_NAME_COUNTRY, PKI_NAME_COUNTRY_JP);
	pki_name_attribute(der, PKI_NAME_LOCALITY, profile->prefecture);
	pki_name_attribute(der, PKI_NAME_LOCALITY, reservation->romaji);
	pki_name_attribute(der, PKI_NAME_COMMON_NAME, reservation->cn);
	pki_der_close(der);
}

/* One policy with one CPS pointer (RFC 5280 4.2.1.4). */
static void policies(struct pki_der *der, const struct pki_profile *profile)
{
	pki_extension_open(der, PKI_OID_POLICIES, true);
	pki_der_open(der, DER_SEQUENCE); /* CertificatePolicies */
	pki_der_open(der, DER_SEQUENCE); /* PolicyInformation */
	pki_der_oid(der, profile->policy_oid);
	pki_der_open(der, DER_SEQUENCE); /* policyQualifiers */
	pki_der_open(der, DER_SEQUENCE);
	pki_der_oid(der, CPS_OID);
	pki_der_text(der, DER_IA5_STRING, profile->cps_uri);
	pki_der_close(der);
	pki_der_close(der);
	pki_der_close(der);
	pki_der_close(der);
	pki_extension_close(der);
}

/* "<key identifier>.crl", the file of this CA key. */
static void key_id_file(const struct pki_ca *ca, const char *ending, char out[KEY_ID_FILE_SIZE])
{
	hex_encode(BYTES(ca->key_id), out);
	(void)snprintf(
		out + 2 * PKI_KEY_ID_LEN, KEY_ID_FILE_SIZE - 2 * PKI_KEY_ID_LEN, "%s", ending);
}

/* Two names of one point: the municipality's entry below the issuer, and the published file. */
static void crl_points(struct pki_der *der, const struct pki_profile *profile,
	const struct pki_ca *ca, const struct reservation *reservation)
{
	char common_name[MUNICIPALITY_ROMAJI_MAX + sizeof(" CRLDP")];
	(void)snprintf(common_name, sizeof(common_name), "%s CRLDP", reservation->romaji);
	char file[KEY_ID_FILE_SIZE];
	key_id_file(ca, ".crl", file);

	pki_extension_crl_point_open(der);
	pki_der_open(der, PKI_GENERAL_NAME_DIRECTORY);
	pki_der_open(der, DER_SEQUENCE);
	pki_der_raw(der, ca->subject_names);
	pki_name_attribute(der, PKI_NAME_UNIT, "CRL Distribution Points");
	pki_name_attribute(der, PKI_NAME_COMMON_NAME, common_name);
	pki_der_close(der);
	pki_der_close(der);
	pki_extension_uri(der, profile->crl_uri, file);
	pki_extension_crl_point_close(der);
}

static void access_description(
	struct pki_der *der, const char *oid, const char *prefix, const char *rest)
{
	if (*prefix == '\0')
		return;
	pki_der_open(der, DER_SEQUENCE);
	pki_der_oid(der, oid);
	pki_extension_uri(der, prefix, rest);
	pki_der_close(der);
}

/* RFC 5280 4.2.2.1; an empty list is not allowed, so none set is no extension. */
static void authority_info(
	struct pki_der *der, const struct pki_profile *profile, const struct pki_ca *ca)
{
	if (*profile->ocsp_uri == '\0' && *profile->ca_issuers_uri == '\0')
		return;
	char file[KEY_ID_FILE_SIZE];
	key_id_file(ca, ".cer", file);
	pki_extension_open(der, PKI_OID_AUTHORITY_INFO, false);
	pki_der_open(der, DER_SEQUENCE);
	access_description(der, OCSP_OID, profile->ocsp_uri, "");
	access_description(der, CA_ISSUERS_OID, profile->ca_issuers_uri, file);
	pki_der_close(der);
	pki_extension_close(der);
}

/* In the order of docs/profile.md. */
static void extensions(struct pki_der *der, const struct pki_profile *profile,
	const struct pki_ca *ca, const struct pki_subject *subject, struct bytes key_id)
{
	pki_der_open(der, DER_CONTEXT_HOLDER(3));
	pki_der_open(der, DER_SEQUENCE);
	pki_extension_key_usage(
		der, PKI_KEY_USAGE_DIGITAL_SIGNATURE | PKI_KEY_USAGE_NON_REPUDIATION);
	policies(der, profile);
	pki_subject_alt_extension(der, profile->item_oid, &subject->resident);
	pki_extension_alt_name(der, PKI_OID_ISSUER_ALT_NAME, profile->issuer_alt_organisation,
		profile->issuer_alt_units);
	crl_points(der, profile, ca, &subject->reservation);
	authority_info(der, profile, ca);
	pki_extension_authority_key_id(der, BYTES(ca->key_id));
	pki_extension_subject_key_id(der, key_id);
	pki_der_close(der);
	pki_der_close(der);
}

int pki_certificate_build(const struct pki_profile *profile, const struct pki_ca *ca,
	const struct pki_subject *subject, struct buffer *ret_tbs)
{
	const struct reservation *reservation = &subject->reservation;
	int r = reservation_check(profile, ca, reservation);
	if (r < 0)
		return fault_trace(r);
	const struct bytes spki = { reservation->spki, reservation->spki_len };
	uint8_t key_id[PKI_KEY_ID_LEN];
	r = pki_extension_key_id(spki, key_id);
	if (r < 0)
		return fault_trace(r);

	struct pki_der der = pki_der_begin(ret_tbs);
	pki_der_open(&der, DER_SEQUENCE);
	pki_der_open(&der, DER_CONTEXT_HOLDER(0));
	pki_der_number(&der, VERSION_3);
	pki_der_close(&der);
	pki_der_unsigned(&der, BYTES(reservation->serial));
	pki_der_raw(&der, ca->signature_algorithm);
	pki_der_raw(&der, buffer_bytes(&ca->subject_der));
	validity(&der, reservation);
	subject_name(&der, profile, reservation);
	pki_der_raw(&der, spki);
	extensions(&der, profile, ca, subject, BYTES(key_id));
	pki_der_close(&der);
	r = pki_der_end(&der);
	return r < 0 ? fault_trace(r) : 0;
}

int pki_certificate_assemble(
	const struct pki_ca *ca, struct bytes tbs, struct bytes signature, struct buffer *ret_der)
{
	struct pki_der der = pki_der_begin(ret_der);
	pki_der_open(&der, DER_SEQUENCE);
	pki_der_raw(&der, tbs);
	pki_der_raw(&der, ca->signature_algorithm);
	pki_der_bits(&der, signature, 0);
	pki_der_close(&der);
	int r = pki_der_end(&der);
	return r < 0 ? fault_trace(r) : 0;
}
