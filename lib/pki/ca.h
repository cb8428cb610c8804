/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CA certificates: loaded and judged, or made self-signed in the ceremony. A certificate whose
 * subject carries OU=REHEARSAL is a rehearsal's, and only that opens the rehearsal's clock.
 */
#pragma once

#include <openssl/x509.h>

#include "base/clock.h"
#include "model/programme.h"
#include "pki/key.h"

#define PKI_KEY_ID_LEN 20           /* octets; RFC 5280 4.2.1.2 method 1 */
#define PKI_CA_CERTIFICATE_MAX 4096 /* octets of DER */
#define PKI_CA_TEXT_MAX 8192        /* octets of PEM */
#define PKI_CA_YEARS_MAX 30

struct pki_ca {
	X509 *certificate;
	struct buffer der;
	struct buffer subject_der;      /* exactly the certificate's subject octets */
	struct bytes subject_names;     /* its content, the relative names; in subject_der */
	uint8_t key_id[PKI_KEY_ID_LEN]; /* subjectKeyIdentifier */
	struct digest key_digest;       /* SHA-256 of its SubjectPublicKeyInfo */
	int64_t not_before_at, not_after_at;
	enum service_kind kind;
	struct bytes signature_algorithm; /* AlgorithmIdentifier of what its key signs; for ever */
};

/*
 * One PEM file, and nothing else in it. FAULT_SETTINGS unless it is a self-signed CA certificate as
 * docs/profile.md has it. pki_ca_done() it; may be read by many threads.
 */
int pki_ca_load(const char *path, struct pki_ca *ret_ca) MUST_CHECK;
int pki_ca_from_der(struct bytes der, struct pki_ca *ret_ca) MUST_CHECK;
void pki_ca_done(struct pki_ca *ca);

/*
 * The service's clock: the real one for production, the file's for a rehearsal. A path ("" and NULL
 * are none) is given for a rehearsal and only for one, else FAULT_SETTINGS. clock_done() it.
 */
int pki_ca_clock_open(const struct pki_ca *ca, const char *rehearsal_path, struct clock *ret_clock)
	MUST_CHECK;

/* What the ceremony decides of a self-signed CA. */
struct pki_ca_request {
	enum service_kind kind;
	const char *organisation;     /* "JPKI" */
	const char *prefecture;       /* OU, romaji: "Chiba" */
	const char *alt_organisation; /* subjectAltName directoryName, Japanese */
	const char *alt_units;        /* separated by '|' */
	int64_t not_before_at;
	int years; /* ten; ends 23:59:59 JST of the day before the anniversary */
};
/*
 * Builds and signs; the result has passed pki_ca_from_der(). FAULT_LIMIT when a text does not fit.
 */
int pki_ca_make(const struct pki_ca_request *request, EVP_PKEY *key, struct buffer *ret_der)
	MUST_CHECK;
/* One block CERTIFICATE in lines of 64. */
int pki_certificate_to_pem(struct bytes der, struct buffer *ret_pem) MUST_CHECK;
