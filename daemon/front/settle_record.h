/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The acts of settling, each a transaction of its own and harmless when done twice.
 */
#pragma once

#include "front/settle_plan.h"

/*
 * Gives the reservation up under the locks of resident and application: its serial is recorded as
 * revoked (R7). 0 also when it was settled meanwhile; FRONT_SETTLE_LATER when it could not be done
 * now. `ret_done` says whether this call did it.
 */
#define FRONT_SETTLE_LATER 1
int front_settle_abandon(
	struct store *store, int64_t reservation_id, int64_t now_at, bool *ret_done) MUST_CHECK;

#define FRONT_SETTLE_UNKNOWN 2 /* the database has no such reservation */
/*
 * Does what the plan says of one record. FRONT_SETTLE_LATER, FRONT_SETTLE_UNKNOWN; 0 when the record
 * is settled, with what was done in `ret_step`.
 */
int front_settle_record(struct store *store, const uint8_t signer[SIGNER_ID_LEN],
	const struct wire_journal_record *record, int64_t now_at, enum front_settle_step *ret_step)
	MUST_CHECK;
