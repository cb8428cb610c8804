/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CRLs (RFC 5280 section 5) in the pieces that signer and publisher share: the publisher encodes
 * the entries, the signer writes everything around them, checks each entry and signs. A CRL is
 * outer || header || entries || trailer || signature part; nobody holds all of it in memory.
 */
#pragma once

#include "pki/ca.h"

#define PKI_CRL_ENTRY_MIN 20 /* octets of one encoded entry: one of serial, no reason */
#define PKI_CRL_ENTRY_MAX 64
#define PKI_CRL_FRAME_MAX 65536 /* octets of entries handed over at once */
#define PKI_CRL_HEADER_MAX 1024
#define PKI_CRL_TRAILER_MAX 512
#define PKI_CRL_LEN_MAX (UINT64_C(1) << 40) /* octets of all entries */

struct pki_crl_entry {
	uint8_t serial[SERIAL_LEN];
	int64_t revoked_at; /* its second is the revocationDate */
	int reason;         /* RFC 5280 5.3.1, 0: no reasonCode */
};

struct pki_crl_request {
	int64_t number;
	int64_t this_update_at;
	int64_t next_update_at;
	uint64_t entries_len; /* octets of all encoded entries; 0: the list is left out */
	uint64_t count;
};

/* Appends one encoded entry. FAULT_LIMIT: serial not positive, reason none of R1 to R8's. */
int pki_crl_entry_build(const struct pki_crl_entry *entry, struct buffer *ret_entries) MUST_CHECK;

/*
 * Strict reading of a run of whole entries, one after the other, at most PKI_CRL_FRAME_MAX octets a
 * call; begins all zero but `latest_allowed_at`. PKI_CRL_BAD leaves `scan` as it was.
 */
struct pki_crl_scan {
	uint8_t last_serial[SERIAL_LEN];
	uint64_t count;
	uint64_t len;
	int64_t latest_allowed_at; /* no revocationDate after it */
};
#define PKI_CRL_BAD 1 /* not strict DER, serials not rising, a date ahead, a foreign reason */
int pki_crl_scan(struct pki_crl_scan *scan, struct bytes entries) MUST_CHECK;

/*
 * TBSCertList up to the entries: its length, version, algorithm, issuer, times, the list's tag and
 * length. FAULT_LIMIT when number, times, count and length do not go together. The caller holds
 * nextUpdate against profile.crl_validity_s.
 */
int pki_crl_header_build(const struct pki_ca *ca, const struct pki_crl_request *request,
	struct buffer *ret_header) MUST_CHECK;
/* The rest of TBSCertList: crlExtensions (authorityKeyIdentifier, cRLNumber). */
int pki_crl_trailer_build(const struct pki_ca *ca, const struct pki_crl_request *request,
	struct buffer *ret_trailer) MUST_CHECK;
/*
 * CertificateList's own tag and length, for `tbs_len` octets of header, entries and trailer, and
 * that signature.
 */
int pki_crl_outer_build(const struct pki_ca *ca, uint64_t tbs_len, struct bytes signature,
	struct buffer *ret_outer) MUST_CHECK;
/* signatureAlgorithm and signatureValue. */
int pki_crl_signature_build(
	const struct pki_ca *ca, struct bytes signature, struct buffer *ret_part) MUST_CHECK;
