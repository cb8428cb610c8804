/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the signer judges of a reservation by itself, taking nobody's word: the clock, the CA key,
 * the profile, the validity, the fields. Pure: touches nothing. The CSR is pki's to judge.
 */
#pragma once

#include "model/refusal.h"
#include "wire/message.h"

#define SIGNER_RESERVATION_MAX_AGE (60 * SECOND) /* design: a reservation is signed within it */

/* What reservations are judged by. */
struct signer_limits {
	int64_t closing_at;
	int64_t clock_skew; /* microseconds that other clocks may be ahead */
	struct digest ca_key, profile;
	int64_t ca_not_before_at, ca_not_after_at;
	int validity_years; /* P5 */
};

/* P1, P1a, L4: PROGRAMME_CLOSED, RESERVATION_STALE, RESERVATION_AHEAD or REFUSAL_NONE. */
enum refusal signer_check_clock(
	const struct signer_limits *limits, const struct reservation *reservation, int64_t now_at);
/*
 * CA_KEY_OTHER, PROFILE_OTHER, VALIDITY_OUTSIDE (P5), FIELDS_INVALID or REFUSAL_NONE. Of the resident
 * the certificate's items are judged: lengths, flags, UTF-8; the repertoire is policy's.
 */
enum refusal signer_check_fields(const struct signer_limits *limits,
	const struct reservation *reservation, const struct resident *resident);
