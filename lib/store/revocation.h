/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Revocations (effective when recorded, final), CRLs, and the ledger's leaves as read.
 */
#pragma once

#include "model/application.h"
#include "model/leaf.h"
#include "store/connection.h"

/* What the errand needs to know of a certificate. STORE_NOT_FOUND also when `municipality` (not NULL) is another. */
struct store_certificate_view {
	struct certificate certificate;
	char municipality[MUNICIPALITY_CODE_LEN + 1];
	struct digest key; /* SHA-256 of SPKI */
	bool revoked;
	int64_t revoked_at;
	enum revocation_cause cause;
	int64_t now_at;
};
int store_certificate_load(struct store *store, const uint8_t serial[SERIAL_LEN],
	const char *municipality, struct store_certificate_view *ret_view) MUST_CHECK;
/* One short transaction: revocation, leaf, NOTIFY hakko_revoked. STORE_REVOKED, STORE_NOT_FOUND. */
int store_revocation_insert(struct store *store, const uint8_t serial[SERIAL_LEN],
	enum revocation_cause cause, int64_t client_id, const char *clerk, const struct leaf *leaf,
	const struct leaf_octets *octets) MUST_CHECK;

/* Asks for a CRL now (NOTIFY hakko_publish); it counts as a revision, so no request is lost. */
int store_crl_request(struct store *store) MUST_CHECK;

/* One revoked serial, as a CRL entry needs it. */
struct store_revoked {
	uint8_t serial[SERIAL_LEN];
	int64_t revoked_at;
	int crl_reason;
};
/* What a CRL is built from, inside one REPEATABLE READ transaction under the publication lock. STORE_STALE: another host publishes. */
struct store_crl_begun {
	int64_t last_number; /* 0: none */
	int64_t last_this_update_at;
	int64_t now_at;
	int64_t revision; /* rises with every revocation recorded; stands in the stored CRL */
};
int store_crl_begin(struct store *store, struct store_crl_begun *ret_begun) MUST_CHECK;
/* The next entries in serial order, constant memory: at most `max`; ret_count 0 at the end. May be run twice (count, then send): store_crl_rewind(). */
int store_crl_entries(struct store *store, struct store_revoked *ret_entries, size_t max,
	size_t *ret_count) MUST_CHECK;
int store_crl_rewind(struct store *store) MUST_CHECK;
struct store_crl {
	int64_t number, this_update_at, next_update_at, entries;
	struct digest digest; /* of the whole DER */
	int64_t revision;
};
/* Number compare-and-set, leaf, commit. STORE_STALE. */
int store_crl_finish(struct store *store, const struct store_crl *crl, const struct leaf *leaf,
	const struct leaf_octets *octets) MUST_CHECK;
/* The newest stored CRL and the newest revision: is anything waiting? STORE_NOT_FOUND: no CRL yet (revision still given). */
int store_crl_latest(struct store *store, struct store_crl *ret_crl, int64_t *ret_revision)
	MUST_CHECK;

/* Where a leaf stands in the order of reading, until it has a place in the ledger. Zeros: before all. */
struct store_leaf_cursor {
	int64_t xid, id; /* its transaction, and which of that transaction's */
};
/* A leaf as an auditor reads it. */
struct store_leaf {
	struct store_leaf_cursor at;
	enum leaf_kind kind;
	int64_t happened_at;
	struct leaf_octets octets;
};
/*
 * By serial (NULL: any) and by from_at <= happened_at < to_at, those after `after`, in that order,
 * at most `max`. Leaves as young as the oldest running transaction are not given yet: late, but
 * none is lost. The reading is recorded first, in the same transaction.
 */
int store_leaf_list(struct store *store, int64_t client_id, const uint8_t *serial, int64_t from_at,
	int64_t to_at, struct store_leaf_cursor after, struct store_leaf *ret_leaves, size_t max,
	size_t *ret_count) MUST_CHECK;
