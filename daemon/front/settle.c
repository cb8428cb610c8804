/* SPDX-License-Identifier: Apache-2.0 */
#include "front/settle.h"

#include <stdlib.h>

#include "base/fault.h"
#include "base/log.h"
#include "front/settle_journal.h"
#include "front/settle_record.h"

#define ROUND_MS 30000 /* a round's deadline */
#define REST_MS 100    /* between looks whether a round is wanted */
#define OVERDUE_MAX 64 /* reservations given up in one round */

/* Beyond the limit, so that the front of the host whose journal may hold it comes first. */
#define OVERDUE_AGE (STORE_RESERVATION_LIMIT + 30 * SECOND)
/*
 * The same while a record of our journal waits for its limit: one behind it may be older by as much,
 * because a reservation may reach the signer late, and must not be given up before it was read.
 */
#define OVERDUE_AGE_WAITING (OVERDUE_AGE + STORE_RESERVATION_LIMIT)

int front_settle_init(struct front_settle *settle, const struct front_settings *settings,
	struct front_waiting *waiting, struct front_metrics *metrics)
{
	*settle = (struct front_settle){
		.settings = settings, .waiting = waiting, .metrics = metrics
	};
	settle->journal = malloc(sizeof(*settle->journal));
	if (settle->journal == NULL)
		return fault_new(FAULT_MEMORY, "no memory for a journal's records");
	int r = front_thread_init(&settle->thread);
	if (r < 0)
		return fault_trace(r);
	r = wire_line_init(&settle->line, settings->signer_socket);
	return r < 0 ? fault_trace(r) : 0;
}

void front_settle_done(struct front_settle *settle)
{
	front_thread_done(&settle->thread);
	store_close(settle->store);
	wire_line_done(&settle->line);
	free(settle->journal);
}

static int open_store(struct front_settle *settle, struct deadline deadline)
{
	if (settle->store != NULL && !store_is_open(settle->store)) {
		store_close(settle->store);
		settle->store = NULL;
	}
	if (settle->store == NULL) {
		int r = store_open(
			settle->settings->database, STORE_FRONT, deadline, &settle->store);
		if (r > 0)
			return fault_new(FAULT_UNAVAILABLE, "database: another schema");
		if (r < 0)
			return fault_trace(r);
	}
	store_set_deadline(settle->store, deadline);
	return 0;
}

/* Gives up what no journal answers; what of that age stands in ours is settled by now. */
static int give_up_overdue(struct front_settle *settle, int64_t age_us)
{
	int64_t ids[OVERDUE_MAX];
	size_t count;
	int r = store_reservation_overdue(settle->store, age_us, ids, OVERDUE_MAX, &count);
	if (r < 0)
		return fault_trace(r);
	for (size_t i = 0; i < count; i++) {
		bool is_done;
		r = front_settle_abandon(settle->store, ids[i], settle->now_at, &is_done);
		if (r < 0)
			return fault_trace(r);
		if (!is_done)
			continue;
		front_metrics_settled(settle->metrics, FRONT_SETTLED_ABANDONED);
		log_event(LOG_LEVEL_NOTICE, "overdue-abandoned", "reservation=%lld",
			(long long)ids[i]);
	}
	return 0;
}

/* A stranger's journal or database says nothing about ours; waiting.c tells of it. */
static bool belong_together(const struct front_settle *settle, const struct store_system *system,
	const struct wire_status *status)
{
	const struct pki_ca *ca = settle->waiting->ca;
	return system->kind == ca->kind && status->kind == ca->kind &&
		digest_equal(&status->ca_key, &ca->key_digest);
}

static int settle_all(struct front_settle *settle, struct deadline deadline)
{
	int r = open_store(settle, deadline);
	if (r < 0)
		return fault_trace(r);
	struct store_system system;
	r = store_system_load(settle->store, &system);
	if (r < 0)
		return fault_trace(r);
	settle->now_at = system.now_at;
	struct wire_status status;
	r = front_settle_journal_status(settle, deadline, &status);
	if (r < 0)
		return fault_trace(r);
	if (!belong_together(settle, &system, &status))
		return 0;
	r = front_settle_journal(settle, status.signer, deadline);
	if (r == FRONT_SETTLE_STOPPED || r < 0)
		return r < 0 ? fault_trace(r) : r;
	front_waiting_set(settle->waiting, FRONT_LACK_COMPARED, false);
	r = give_up_overdue(settle, r == FRONT_SETTLE_WAITS ? OVERDUE_AGE_WAITING : OVERDUE_AGE);
	return r < 0 ? fault_trace(r) : 0;
}

void front_settle_round(struct front_settle *settle)
{
	/* A person has to look first; a restored database is not to be written to (L2). */
	if (front_waiting_lacks(settle->waiting, FRONT_LACK_RESTORED) ||
		front_waiting_lacks(settle->waiting, FRONT_LACK_JOURNAL))
		return;
	int r = settle_all(settle, deadline_after_ms(ROUND_MS));
	if (r >= 0)
		return;
	if (settle->store != NULL)
		store_rollback(settle->store);
	/* waiting.c tells of what is away. */
	if (fault_kind(r) != FAULT_UNAVAILABLE)
		log_fault("settling", r);
}

/* While nothing can be issued because of us, at once; but not before both can be asked. */
static bool is_round_wanted(const struct front_settle *settle, int64_t due_us)
{
	const struct front_waiting *waiting = settle->waiting;
	if (front_waiting_lacks(waiting, FRONT_LACK_DATABASE) ||
		front_waiting_lacks(waiting, FRONT_LACK_SIGNER))
		return false;
	return monotonic_us() >= due_us || front_waiting_lacks(waiting, FRONT_LACK_COMPARED);
}

static void *run(void *context)
{
	struct front_settle *settle = context;
	int64_t interval_us = settle->settings->settle_interval_s * SECOND;
	int64_t due_us = monotonic_us() + interval_us;
	while (front_thread_rest(&settle->thread, REST_MS)) {
		if (!is_round_wanted(settle, due_us))
			continue;
		front_settle_round(settle);
		due_us = monotonic_us() + interval_us;
	}
	return NULL;
}

int front_settle_start(struct front_settle *settle)
{
	int r = front_thread_start(&settle->thread, run, settle);
	return r < 0 ? fault_trace(r) : 0;
}
