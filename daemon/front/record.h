/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The record of one issuance, by whoever brings it: the errand that asked for it or the settler
 * that found it in the journal. The only place that makes the row.
 */
#pragma once

#include "front/leaf.h"
#include "front/recorder.h"
#include "wire/message.h"

/* A signed certificate and where its intent stands. */
struct front_signed {
	struct bytes der;
	struct digest tbs;
	const uint8_t *signer; /* SIGNER_ID_LEN octets */
	struct journal_place place;
};

/*
 * FAULT_PROTOCOL unless the certificate is the reservation's: serial, key, and to-be-signed bytes of
 * the digest the signer named. A certificate that is not is never recorded nor handed over.
 */
int front_record_check(const struct reservation *reservation, const struct front_signed *signed_one)
	MUST_CHECK;
/*
 * Records it, with others through the recorder or without one (NULL) by itself, and gives what
 * stands recorded, whoever came first. STORE_ABANDONED, STORE_NOT_FOUND (the database was restored),
 * STORE_RETRY.
 */
int front_record(struct front_recorder *recorder, struct store *store,
	const struct store_reserved *reserved, const struct front_signed *signed_one,
	struct certificate *ret_recorded) MUST_CHECK;
/* The certificate of an abandoned reservation; it stays revoked. */
int front_record_late(struct store *store, const struct store_reserved *reserved,
	const struct front_signed *signed_one) MUST_CHECK;
