/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Applications: opened, paid, delivered, read. Every _begin opens a transaction, checks the client,
 * takes the locks in the one order (resident, then application), and reads the facts under them;
 * the errand then decides and either finishes or calls store_rollback().
 */
#pragma once

#include "model/facts.h"
#include "model/leaf.h"
#include "store/connection.h"

/* Facts for opening: the client, its municipality, the resident who holds the card (locked). STORE_NOT_FOUND: client unknown. */
int store_opening_begin(struct store *store, const struct digest *fingerprint,
	const char *card_number, struct facts *ret_facts) MUST_CHECK;
/* Inserts the application in its first state(s) and commits. STORE_RETRY. */
int store_opening_finish(struct store *store, const struct application *application,
	const struct visit *visit) MUST_CHECK;

/* Facts for any later act on an application of the client's own municipality (terminals) or of any
 * (operators). STORE_NOT_FOUND also for another municipality's: nothing tells the two apart. */
int store_application_begin(struct store *store, const struct digest *fingerprint,
	const char *application_id, struct facts *ret_facts) MUST_CHECK;
/* P6. Commits. */
int store_fee_finish(struct store *store, const char *application_id, int32_t amount_yen,
	const char *receipt_number, const char *clerk) MUST_CHECK;
/* K5: state delivered with its leaf. Commits. */
int store_delivery_finish(struct store *store, const char *application_id, const char *clerk,
	const struct leaf *leaf, const struct leaf_octets *octets) MUST_CHECK;

/* What reading an application tells. */
struct store_application_view {
	struct application application;
	int64_t receipt_at; /* 0: no fee yet */
	char receipt_number[RECEIPT_NUMBER_MAX + 1];
	int64_t delivered_at; /* 0: not yet */
	bool has_certificate;
	struct certificate certificate;
	bool revoked;
	int64_t revoked_at;
	enum revocation_cause revoked_cause;
	bool closed_before_issue; /* P3: not issued and the closing has passed: reads as lapsed */
};
/* STORE_NOT_FOUND as above. No lock, one round trip. */
int store_application_view(struct store *store, const struct digest *fingerprint,
	const char *application_id, struct client *ret_client,
	struct store_application_view *ret_view) MUST_CHECK;
