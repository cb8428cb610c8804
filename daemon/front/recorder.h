/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Groups records: while one worker's transaction is on its way, the workers that come after it
 * gather, and the next one of them records for all in one transaction of its own connection. Who
 * comes alone never waits. Shared by the workers; touches the database through the store it is
 * lent, never decides anything.
 */
#pragma once

#include <pthread.h>

#include "store/issuance.h"

struct front_recorder_entry;

struct front_recorder {
	pthread_mutex_t lock; /* of the rest */
	bool is_busy;         /* somebody leads */
	struct front_recorder_entry *first, *last;
};

void front_recorder_init(struct front_recorder *recorder);
void front_recorder_done(struct front_recorder *recorder);
/*
 * As store_issuance_record() does it, alone or with others. Waits no longer than the deadline of
 * the store of whoever records, then that of its own.
 */
int front_recorder_record(struct front_recorder *recorder, struct store *store,
	const struct store_record *record, struct certificate *ret_recorded) MUST_CHECK;
