/* SPDX-License-Identifier: Apache-2.0 */
#include "pki/profile.h"

#include <inttypes.h>
#include <string.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "pki/name.h"
#include "pki/text.h"

#define AT(member_) offsetof(struct pki_profile, member_)
#define URI_MAX 200          /* octets; a certificate holds four of them */
#define DIGEST_TEXT_MAX 8192 /* octets of what the digest is made of */
#define CRL_VALIDITY_KEY "profile.crl_validity_s"

const struct setting pki_profile_settings[] = {
	{ "profile.name", SETTING_TEXT, AT(name), "juki-signature", 0, 64,
		"Name of the certificate profile." },
	{ "profile.prefecture", SETTING_TEXT, AT(prefecture), "Chiba-ken", 0, 64,
		"First L of the subject: the prefecture in romaji." },
	{ "profile.policy_oid", SETTING_TEXT, AT(policy_oid), "1.2.392.200149.8.5.1.1.10", 0,
		PKI_OID_TEXT_MAX, "Object identifier of the certificate policy." },
	{ "profile.item_oid", SETTING_TEXT, AT(item_oid), "1.2.392.200149.8.5.5", 0,
		PKI_OID_TEXT_MAX - 2, "Arc of the six personal items, .1 to .6 below it." },
	{ "profile.cps_uri", SETTING_TEXT, AT(cps_uri), "http://www.jpki.go.jp/cps.html", 0,
		URI_MAX, "URI of the certification practice statement." },
	{ "profile.issuer_alt_organisation", SETTING_TEXT, AT(issuer_alt_organisation),
		"公的個人認証サービス", 0, 256, "O of the issuer's name in Japanese." },
	{ "profile.issuer_alt_units", SETTING_TEXT, AT(issuer_alt_units), "千葉県|千葉県知事", 0,
		512, "OUs of the issuer's name in Japanese, from the top, separated by '|'." },
	{ "profile.crl_uri", SETTING_TEXT, AT(crl_uri), NULL, 0, URI_MAX,
		"Prefix of the CRL's URI; the CA's key identifier and .crl follow." },
	{ "profile.ca_issuers_uri", SETTING_TEXT, AT(ca_issuers_uri), "", 0, URI_MAX,
		"Prefix of the CA certificate's URI; the key identifier and .cer follow." },
	{ "profile.ocsp_uri", SETTING_TEXT, AT(ocsp_uri), "", 0, URI_MAX,
		"URI of the OCSP responder." },
	{ "profile.validity_years", SETTING_NUMBER, AT(validity_years), "3", 1, 10,
		"The longest validity the signer signs, in years (P5)." },
	{ CRL_VALIDITY_KEY, SETTING_NUMBER, AT(crl_validity_s), "172800", 3600, 2678400,
		"The longest from a CRL's thisUpdate to its nextUpdate, in seconds." },
};
const size_t pki_profile_settings_count = LENGTH_OF(pki_profile_settings);

/* Whether `dotted` is an object identifier, by encoding it. */
static bool is_oid(const char *dotted)
{
	BUFFER_CLEANUP struct buffer octets = BUFFER(PKI_OID_TEXT_MAX);
	struct pki_der der = pki_der_begin(&octets);
	pki_der_oid(&der, dotted);
	return strlen(dotted) <= PKI_OID_TEXT_MAX && pki_der_end(&der) == 0;
}

static bool is_uri_or_none(const char *text)
{
	return *text == '\0' || pki_text_is_uri(text);
}

/* Whether the Japanese name fits, by writing it. */
static bool is_japanese_name(const struct pki_profile *profile)
{
	size_t count = pki_name_units_count(profile->issuer_alt_units);
	if (count == 0 || count > PKI_PROFILE_ISSUER_ALT_MAX)
		return false;
	BUFFER_CLEANUP struct buffer octets = BUFFER(DIGEST_TEXT_MAX);
	struct pki_der der = pki_der_begin(&octets);
	pki_name_japanese(&der, profile->issuer_alt_organisation, profile->issuer_alt_units);
	return pki_der_end(&der) == 0;
}

int pki_profile_check(const struct pki_profile *profile)
{
	const struct {
		const char *key;
		bool is_good;
	} rows[] = {
		{ "profile.name", *profile->name != '\0' },
		{ "profile.prefecture", *profile->prefecture != '\0' },
		{ "profile.policy_oid", is_oid(profile->policy_oid) },
		{ "profile.item_oid", is_oid(profile->item_oid) },
		{ "profile.cps_uri", pki_text_is_uri(profile->cps_uri) },
		{ "profile.issuer_alt_units", is_japanese_name(profile) },
		{ "profile.crl_uri", pki_text_is_uri(profile->crl_uri) },
		{ "profile.ca_issuers_uri", is_uri_or_none(profile->ca_issuers_uri) },
		{ "profile.ocsp_uri", is_uri_or_none(profile->ocsp_uri) },
	};
	for (size_t i = 0; i < LENGTH_OF(rows); i++)
		if (!rows[i].is_good)
			return fault_new(
				FAULT_SETTINGS, "%s: cannot stand in a certificate", rows[i].key);
	return 0;
}

/* Appends "key=value\n" of one row. */
static int row_append(
	const struct setting *row, const struct pki_profile *profile, struct buffer *text)
{
	const char *place = (const char *)profile + row->offset;
	if (row->type == SETTING_NUMBER) {
		int64_t number;
		memcpy(&number, place, sizeof(number));
		int r = buffer_printf(text, "%s=%" PRId64 "\n", row->key, number);
		return r < 0 ? fault_trace(r) : 0;
	}
	const char *value;
	memcpy(&value, place, sizeof(value));
	int r = buffer_printf(text, "%s=%s\n", row->key, value);
	return r < 0 ? fault_trace(r) : 0;
}

int pki_profile_digest(const struct pki_profile *profile, struct digest *ret_digest)
{
	BUFFER_CLEANUP struct buffer text = BUFFER(DIGEST_TEXT_MAX);
	for (size_t i = 0; i < pki_profile_settings_count; i++) {
		const struct setting *row = &pki_profile_settings[i];
		if (strcmp(row->key, CRL_VALIDITY_KEY) == 0)
			continue;
		int r = row_append(row, profile, &text);
		if (r < 0)
			return fault_trace(r);
	}
	int r = digest_of(buffer_bytes(&text), ret_digest);
	return r < 0 ? fault_trace(r) : 0;
}
