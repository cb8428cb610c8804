/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One issuance: reservation, record, abandonment, and what settling asks (docs/architecture.md).
 */
#pragma once

#include "model/facts.h"
#include "model/leaf.h"
#include "store/connection.h"

/* RESERVATION_MAX_AGE plus twice the allowed clock skew: after this nobody signs it any more. */
#define STORE_RESERVATION_LIMIT (64 * SECOND)
#define STORE_RESERVATION_FRESH (60 * SECOND)

/* What stands of an application when its CSR comes. */
struct store_issuance {
	struct facts facts;
	bool issued; /* `certificate` and `issued_key` are filled */
	struct certificate certificate;
	struct digest issued_key;
	bool reserved; /* an open reservation: `reservation` and `reserved_key` are filled */
	struct reservation reservation;
	struct digest reserved_key;
	struct resident certified; /* the record the reservation is about (or would be) */
};
/* Begins, one round trip. `key` is the SHA-256 of the submitted SPKI. STORE_NOT_FOUND. */
int store_issuance_begin(struct store *store, const struct digest *fingerprint,
	const char *application_id, const struct digest *key, struct store_issuance *ret_issuance)
	MUST_CHECK;
/*
 * Inserts the reservation, binds the key (K4), sets the application `issuing`, commits; sets
 * reservation->id. The database refuses at or after the closing. STORE_CLOSED, STORE_RETRY (CN or
 * serial collided: draw again), STORE_KEY_TAKEN. The transaction is over in every case.
 */
int store_reservation_finish(struct store *store, struct reservation *reservation,
	enum key_maker maker, const char *clerk) MUST_CHECK;
/*
 * Gives an open reservation older than STORE_RESERVATION_LIMIT up, inside the transaction of
 * store_issuance_begin(): its serial is recorded as revoked (R7), the application is `approved`
 * again (the caller goes on with a new reservation, or calls store_commit()).
 */
int store_reservation_abandon(struct store *store, const struct reservation *reservation,
	const struct leaf *leaf, const struct leaf_octets *octets) MUST_CHECK;

/* What the record of one issuance holds. */
struct store_record {
	int64_t reservation;
	struct certificate certificate;
	struct digest tbs;
	uint8_t signer[16];
	int64_t position; /* of the intent in that signer's journal */
	struct digest hash;
	struct leaf leaf;
	struct leaf_octets octets;
};
/*
 * One transaction, one round trip: certificate, leaf, application `issued`. Doing it again is
 * harmless: gives the recorded certificate (whoever came first). STORE_ABANDONED; STORE_NOT_FOUND
 * (no such reservation: the database was restored).
 */
int store_issuance_record(struct store *store, const struct store_record *record,
	struct certificate *ret_recorded) MUST_CHECK;
#define STORE_GROUP_MAX 64
/*
 * The same of up to STORE_GROUP_MAX in one transaction: all whose reservations are open. Says which
 * ones it recorded; of the others (and of a reservation's second) nothing is said, ask for each.
 * Any outcome but 0 (STORE_RETRY, or what one of them brings) has recorded none.
 */
int store_issuance_group_record(struct store *store, const struct store_record *const *records,
	size_t count, bool *ret_recorded) MUST_CHECK;
/* Which of these reservations, up to STORE_GROUP_MAX, have their certificate recorded. */
int store_issuance_group_recorded(struct store *store, const int64_t *reservations, size_t count,
	bool *ret_recorded) MUST_CHECK;
/* A certificate of an abandoned reservation: recorded too, it stays revoked. */
int store_issuance_record_late(struct store *store, const struct store_record *record) MUST_CHECK;

/* What a leaf of settling needs of a reservation. STORE_NOT_FOUND. */
struct store_reserved {
	struct reservation reservation;
	int64_t terminal_id;
	char clerk[CLERK_MAX + 1];
	struct digest commitment; /* to the resident's record */
	bool recorded;
};
int store_reserved_load(struct store *store, int64_t reservation_id,
	struct store_reserved *ret_reserved) MUST_CHECK;

/* Open reservations older than `age_us` by hakko.now(); at most `max` ids. */
int store_reservation_overdue(struct store *store, int64_t age_us, int64_t *ret_ids, size_t max,
	size_t *ret_count) MUST_CHECK;
/* Locks resident and application of a reservation, in a transaction; STORE_NOT_FOUND when it is settled meanwhile. */
int store_reservation_lock(struct store *store, int64_t reservation_id,
	struct store_reserved *ret_reserved) MUST_CHECK;

/* How far a signer's journal is settled in the database. Position 0 and a zero hash: nothing yet. */
int store_journal_load(struct store *store, const uint8_t signer[16], int64_t *ret_position,
	struct digest *ret_hash) MUST_CHECK;
/* Compare-and-set from `from_position`. STORE_STALE. */
int store_journal_advance(struct store *store, const uint8_t signer[16], int64_t from_position,
	int64_t to_position, const struct digest *hash) MUST_CHECK;
