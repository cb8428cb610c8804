/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The profile of the user signing certificate (docs/profile.md): everything about it that is not
 * the applicant's, as settings of the signer. Its digest stands in reservation, journal and leaf.
 */
#pragma once

#include "base/digest.h"
#include "base/settings.h"

#define PKI_OID_TEXT_MAX 64
#define PKI_PROFILE_ISSUER_ALT_MAX 8 /* organisational units of the Japanese issuer name */

struct pki_profile {
	const char *name;       /* "juki-signature" */
	const char *prefecture; /* subject L, romaji: "Chiba-ken" */
	const char *policy_oid; /* "1.2.392.200149.8.5.1.1.10" */
	const char *item_oid;   /* arc of the six items: "1.2.392.200149.8.5.5" */
	const char *cps_uri;
	const char *issuer_alt_organisation; /* 公的個人認証サービス */
	const char *issuer_alt_units;        /* "千葉県|千葉県知事": OUs separated by '|' */
	const char *crl_uri; /* prefix; the full CRL is at <crl_uri><CA key id, 40 hex>.crl */
	const char *ca_issuers_uri; /* prefix, "" none; <ca_issuers_uri><CA key id, 40 hex>.cer */
	const char *ocsp_uri;       /* "" none */
	int64_t crl_validity_s;     /* nextUpdate - thisUpdate, also the most the signer signs */
	int64_t validity_years;     /* the signer's own P5 ceiling */
};

/* Rows "profile.…" to be joined into the signer's settings table; offsets within struct pki_profile. */
extern const struct setting pki_profile_settings[];
extern const size_t pki_profile_settings_count;

/*
 * What a table of settings cannot judge: object identifiers, URIs, the Japanese name. FAULT_SETTINGS
 * says which row is wrong; for programs, once, after settings_load().
 */
int pki_profile_check(const struct pki_profile *profile) MUST_CHECK;

/* SHA-256 of lines "key=value\n", one a row in the table's order, without the CRL's. */
int pki_profile_digest(const struct pki_profile *profile, struct digest *ret_digest) MUST_CHECK;
