/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The leaves of the ledger that the front adds, one function an act: what the detail of each says
 * is decided here alone (docs/ledger.md). The leaf borrows from what it is made of.
 */
#pragma once

#include "ledger/leaf.h"
#include "model/facts.h"
#include "store/issuance.h"

struct front_leaf {
	struct leaf leaf;
	struct leaf_octets octets;
};

/* A certificate of that reservation, with the digests of its to-be-signed bytes and its DER. */
int front_leaf_issuance(const struct store_reserved *reserved, const struct digest *tbs,
	const struct digest *certificate, struct front_leaf *ret_leaf) MUST_CHECK;
/* A reservation given up: its serial is burnt (R7). */
int front_leaf_abandonment(const struct store_reserved *reserved, int64_t now_at,
	struct front_leaf *ret_leaf) MUST_CHECK;
/* K5. */
int front_leaf_delivery(const struct facts *facts, const char *clerk, struct front_leaf *ret_leaf)
	MUST_CHECK;
/* R1 to R8. */
struct front_revocation {
	const uint8_t *serial;
	const char *application, *municipality;
	enum revocation_cause cause;
	int64_t client_id; /* at whose word */
	const char *clerk;
	int64_t now_at;
};
int front_leaf_revocation(const struct front_revocation *revocation, struct front_leaf *ret_leaf)
	MUST_CHECK;
/* What an operator did to which client, in words: "suspended 12". */
int front_leaf_client(const char *subject, int64_t operator_id, int64_t now_at,
	struct front_leaf *ret_leaf) MUST_CHECK;
