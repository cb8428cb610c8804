/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The signer's journal against the database, record by record: what one of them lacks is brought
 * there, what they contradict each other in stops all issuance. Called by the settling thread.
 */
#pragma once

#include "front/settle.h"

int front_settle_journal_status(struct front_settle *settle, struct deadline deadline,
	struct wire_status *ret_status) MUST_CHECK;

#define FRONT_SETTLE_STOPPED 3 /* journal and database contradict each other */
#define FRONT_SETTLE_WAITS 4   /* a record has to wait, and whatever comes after it */
/* Settles everything up to the journal's end. FRONT_SETTLE_WAITS, FRONT_SETTLE_STOPPED. */
int front_settle_journal(struct front_settle *settle, const uint8_t signer[SIGNER_ID_LEN],
	struct deadline deadline) MUST_CHECK;
