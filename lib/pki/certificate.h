/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The user signing certificate, built from typed fields (docs/profile.md). The same fields give the
 * same to-be-signed octets, on any host. Touches memory only.
 */
#pragma once

#include "model/resident.h"
#include "pki/ca.h"
#include "pki/profile.h"

#define PKI_TBS_MAX 6144 /* octets of to-be-signed bytes */

/* Every applicant's input of the to-be-signed bytes. The key stands in the reservation. */
struct pki_subject {
	struct reservation reservation;
	struct resident resident; /* name, flags, address, flags, birth, sex are read */
};

/*
 * Appends the DER of TBSCertificate. Nothing is believed: FAULT_LIMIT when a field does not fit a
 * certificate (serial, a CN that is not of reserved_at and the municipality, a validity past P5's
 * ceiling or outside the CA's own, a text, the key), FAULT_STATE when the reservation is for another
 * CA key. Whether its profile is this one, the caller compares: the digest is made once.
 */
int pki_certificate_build(const struct pki_profile *profile, const struct pki_ca *ca,
	const struct pki_subject *subject, struct buffer *ret_tbs) MUST_CHECK;
/* Appends Certificate ::= SEQUENCE { tbs, signatureAlgorithm of the CA key, signature }. */
int pki_certificate_assemble(const struct pki_ca *ca, struct bytes tbs, struct bytes signature,
	struct buffer *ret_der) MUST_CHECK;
/*
 * The last second of the last day of `years` years that begin on the JST day of `first_at`: the day
 * before the anniversary, 28 February where the anniversary does not exist (P5).
 */
int64_t pki_certificate_end_at(int64_t first_at, int years);
