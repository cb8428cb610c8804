/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What settling does with one record of the signer's journal (docs/architecture.md, "Settling").
 * Pure: no I/O, no clock.
 */
#pragma once

#include "store/issuance.h"
#include "wire/message.h"

enum front_settle_step {
	FRONT_SETTLE_PASS,     /* nothing to do: on to the next */
	FRONT_SETTLE_WAIT,     /* younger than its limit: its request may still settle it */
	FRONT_SETTLE_RECORD,   /* signed and not recorded */
	FRONT_SETTLE_LATE,     /* signed, and abandoned before it was recorded */
	FRONT_SETTLE_ABANDON,  /* never signed, and nobody signs it any more */
	FRONT_SETTLE_RESTORED, /* the database does not know the reservation: it was restored */
};

/* `reserved` is NULL when the database knows no such reservation; only intents need one. */
enum front_settle_step front_settle_plan(const struct wire_journal_record *record,
	const struct store_reserved *reserved, int64_t now_at);
/* Whether the record is about a reservation at all. */
bool front_settle_needs_reservation(const struct wire_journal_record *record);
