/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Settling: a thread that brings the database to where the signer's journal is, whatever a crash
 * left in between, and acknowledges that to the signer; it also gives reservations up that no
 * journal answers. Until it has compared both once, nothing is issued; where they contradict
 * each other nothing is issued until a person has looked and the service was started again.
 */
#pragma once

#include "front/metrics.h"
#include "front/thread.h"
#include "front/waiting.h"
#include "store/issuance.h"

struct front_settle {
	struct front_thread thread;
	const struct front_settings *settings; /* borrowed, as the others */
	struct front_waiting *waiting;
	struct front_metrics *metrics;
	struct store *store;
	struct wire_line line;
	struct wire_journal *journal; /* the latest answer, on the heap: it is large */
	int64_t now_at;               /* hakko.now() at the round's beginning */
	atomic_int_fast64_t position; /* settled up to here */
	atomic_int_fast64_t head;     /* the journal's newest record */
};

int front_settle_init(struct front_settle *settle, const struct front_settings *settings,
	struct front_waiting *waiting, struct front_metrics *metrics) MUST_CHECK;
void front_settle_done(struct front_settle *settle);
/* One round, now; what cannot be reached is left for the next. */
void front_settle_round(struct front_settle *settle);
int front_settle_start(struct front_settle *settle) MUST_CHECK;
