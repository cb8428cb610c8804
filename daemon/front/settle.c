/* SPDX-License-Identifier: Apache-2.0 */
#include "front/settle.h"

#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "base/log.h"
#include "front/settle_record.h"

#define ROUND_MS 30000 /* a round's deadline */
#define RETRY_MS 250   /* the rest while nothing can be issued because of us */
#define OVERDUE_MAX 64 /* reservations given up in one round */

/* Beyond the limit, so that the front of the host whose journal may hold it comes first. */
#define OVERDUE_AGE (STORE_RESERVATION_LIMIT + 30 * SECOND)

/* Outcomes of a batch. */
#define MORE 1    /* the journal goes on */
#define LATER 2   /* a record has to wait; what comes after it too */
#define STOPPED 3 /* journal and database contradict each other */

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

/* Nothing is issued any more, until a person has settled it. */
static int stop(struct front_settle *settle, enum front_lack lack, int64_t position)
{
	if (!front_waiting_lacks(settle->waiting, lack))
		log_event(LOG_LEVEL_ERROR, "settling-stopped", "position=%lld text=\"%s\"",
			(long long)position, front_lack_text(lack));
	front_waiting_set(settle->waiting, lack, true);
	return STOPPED;
}

/* The place up to which the database holds this signer's journal. */
static int load_place(struct front_settle *settle, const uint8_t signer[SIGNER_ID_LEN],
	struct journal_place *ret_place)
{
	int r = store_journal_load(settle->store, signer, &ret_place->position, &ret_place->hash);
	return r < 0 ? fault_trace(r) : 0;
}

/*
 * The signer does not know the place that the database holds. Another front of this signer may just
 * have moved it (MORE); else the database has less than was acknowledged, or it is no place of
 * this journal (STOPPED).
 */
static int explain_mismatch(struct front_settle *settle, const struct journal_place *settled,
	const uint8_t signer[SIGNER_ID_LEN], int64_t acknowledged)
{
	struct journal_place held;
	int r = load_place(settle, signer, &held);
	if (r < 0)
		return fault_trace(r);
	if (held.position != settled->position)
		return MORE;
	enum front_lack lack = acknowledged > held.position ? FRONT_LACK_RESTORED
							    : FRONT_LACK_JOURNAL;
	return stop(settle, lack, held.position);
}

static int ask_status(
	struct front_settle *settle, struct deadline deadline, struct wire_status *ret_status)
{
	struct wire_refused refused;
	int r = wire_line_status(&settle->line, deadline, ret_status, &refused);
	if (r == WIRE_LINE_REFUSED)
		return fault_new(FAULT_UNAVAILABLE, "signer: %s", refused.code);
	return r < 0 ? fault_trace(r) : 0;
}

/*
 * Reads what follows `settled`, telling the signer that everything up to there is held: it looks
 * whether that is a place of its journal and not before what it was told already. MORE, STOPPED.
 */
static int read_journal(
	struct front_settle *settle, const struct journal_place *settled, struct deadline deadline)
{
	const struct wire_journal_request request = {
		.acknowledged = *settled,
		.after = settled->position,
		.limit = WIRE_JOURNAL_RECORDS_MAX,
	};
	struct wire_refused refused;
	int r = wire_line_journal(&settle->line, &request, deadline, settle->journal, &refused);
	if (r < 0)
		return fault_trace(r);
	if (r == 0) {
		atomic_store(&settle->head, settle->journal->head.position);
		return 0;
	}
	enum refusal refusal;
	if (refusal_from_text(refused.code, &refusal) != 0 || refusal != REFUSAL_JOURNAL_MISMATCH)
		return fault_new(FAULT_UNAVAILABLE, "signer: %s", refused.code);
	struct wire_status status;
	r = ask_status(settle, deadline, &status);
	if (r == 0)
		r = explain_mismatch(settle, settled, status.signer, status.acknowledged.position);
	return r < 0 ? fault_trace(r) : r;
}

static void tell(struct front_settle *settle, const struct wire_journal_record *record,
	enum front_settle_step step)
{
	static const struct {
		enum front_settle_step step;
		enum front_settled settled;
		const char *event;
	} rows[] = {
		{ FRONT_SETTLE_RECORD, FRONT_SETTLED_RECORDED, "settled-recorded" },
		{ FRONT_SETTLE_LATE, FRONT_SETTLED_LATE, "settled-late" },
		{ FRONT_SETTLE_ABANDON, FRONT_SETTLED_ABANDONED, "settled-abandoned" },
	};
	for (size_t i = 0; i < LENGTH_OF(rows); i++) {
		if (rows[i].step != step)
			continue;
		front_metrics_settled(settle->metrics, rows[i].settled);
		log_event(LOG_LEVEL_NOTICE, rows[i].event, "reservation=%lld position=%lld",
			(long long)record->reservation, (long long)record->place.position);
	}
}

/* Acts on the records in their order; gives how many of them are settled. 0, LATER, STOPPED. */
static int act(struct front_settle *settle, uint32_t *ret_settled)
{
	const struct wire_journal *journal = settle->journal;
	for (*ret_settled = 0; *ret_settled < journal->count; (*ret_settled)++) {
		const struct wire_journal_record *record = &journal->records[*ret_settled];
		enum front_settle_step step;
		int r = front_settle_record(
			settle->store, journal->signer, record, settle->now_at, &step);
		if (r < 0)
			return fault_trace(r);
		if (r == FRONT_SETTLE_UNKNOWN)
			return stop(settle, FRONT_LACK_RESTORED, record->place.position);
		if (r == FRONT_SETTLE_LATER)
			return LATER;
		tell(settle, record, step);
	}
	return 0;
}

/*
 * The place to advance to. An acknowledgement is itself a record: were it acknowledged in turn, the
 * journal would grow by one each round for ever. So those at the journal's end are left.
 */
static const struct journal_place *advanced_place(
	const struct wire_journal *journal, uint32_t settled)
{
	if (settled == 0)
		return NULL;
	if (settled == journal->count &&
		journal->records[settled - 1].place.position < journal->head.position)
		return &journal->records[settled - 1].place;
	while (settled > 0 && journal->records[settled - 1].kind == JOURNAL_ACKNOWLEDGED)
		settled--;
	return settled > 0 ? &journal->records[settled - 1].place : NULL;
}

static int advance(struct front_settle *settle, const struct journal_place *from, uint32_t settled)
{
	const struct wire_journal *journal = settle->journal;
	const struct journal_place *to = advanced_place(journal, settled);
	atomic_store(&settle->position, to != NULL ? to->position : from->position);
	if (to == NULL)
		return 0;
	int r = store_journal_advance(
		settle->store, journal->signer, from->position, to->position, &to->hash);
	/* STORE_STALE: another front was faster, the next batch begins where it ended. */
	return r < 0 ? fault_trace(r) : 0;
}

/* Settles the next records. 0: the journal's end is reached; MORE, LATER, STOPPED. */
static int settle_batch(
	struct front_settle *settle, const uint8_t signer[SIGNER_ID_LEN], struct deadline deadline)
{
	struct journal_place settled;
	int r = load_place(settle, signer, &settled);
	if (r < 0)
		return fault_trace(r);
	r = read_journal(settle, &settled, deadline);
	if (r != 0)
		return r < 0 ? fault_trace(r) : r;
	if (memcmp(settle->journal->signer, signer, SIGNER_ID_LEN) != 0)
		return fault_new(FAULT_UNAVAILABLE, "the signer changed between two questions");
	/* The signer compares only what it is told: of position 0 it is told nothing. */
	if (settle->journal->acknowledged.position > settled.position) {
		r = explain_mismatch(
			settle, &settled, signer, settle->journal->acknowledged.position);
		return r < 0 ? fault_trace(r) : r;
	}

	uint32_t count = 0;
	int end = act(settle, &count);
	if (end < 0)
		return fault_trace(end);
	r = advance(settle, &settled, count);
	if (r < 0)
		return fault_trace(r);
	const struct wire_journal *journal = settle->journal;
	bool is_more = end == 0 && count > 0 &&
		journal->records[count - 1].place.position < journal->head.position;
	return is_more ? MORE : end;
}

/*
 * Looks through the rest of the journal for a reservation that the database does not know. A
 * restored database lacks the newest ones, which lie behind whatever settling waits for.
 */
static int look_ahead(struct front_settle *settle, struct deadline deadline)
{
	struct wire_journal *journal = settle->journal;
	struct wire_journal_request request = { .limit = WIRE_JOURNAL_RECORDS_MAX };
	struct wire_refused refused;
	while (journal->count > 0) {
		for (uint32_t i = 0; i < journal->count; i++) {
			struct store_reserved reserved;
			const struct wire_journal_record *record = &journal->records[i];
			if (!front_settle_needs_reservation(record))
				continue;
			int r = store_reserved_load(settle->store, record->reservation, &reserved);
			if (r < 0)
				return fault_trace(r);
			if (r == STORE_NOT_FOUND)
				return stop(settle, FRONT_LACK_RESTORED, record->place.position);
		}
		request.after = journal->records[journal->count - 1].place.position;
		int r = wire_line_journal(&settle->line, &request, deadline, journal, &refused);
		if (r != 0)
			return r < 0 ? fault_trace(r)
				     : fault_new(FAULT_UNAVAILABLE, "signer: %s", refused.code);
	}
	return 0;
}

/* Gives up what no journal answers; of ours, everything older than the limit is settled by now. */
static int give_up_overdue(struct front_settle *settle)
{
	int64_t ids[OVERDUE_MAX];
	size_t count;
	int r = store_reservation_overdue(settle->store, OVERDUE_AGE, ids, OVERDUE_MAX, &count);
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

/* Everything up to the journal's end or to what has to wait. 0, LATER, STOPPED. */
static int settle_journal(
	struct front_settle *settle, const uint8_t signer[SIGNER_ID_LEN], struct deadline deadline)
{
	int r;
	do {
		r = settle_batch(settle, signer, deadline);
	} while (r == MORE);
	if (r == LATER && front_waiting_lacks(settle->waiting, FRONT_LACK_COMPARED)) {
		r = look_ahead(settle, deadline);
		return r < 0 ? fault_trace(r) : r == 0 ? LATER : r;
	}
	return r < 0 ? fault_trace(r) : r;
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
	r = ask_status(settle, deadline, &status);
	if (r < 0)
		return fault_trace(r);
	if (!belong_together(settle, &system, &status))
		return 0;
	r = settle_journal(settle, status.signer, deadline);
	if (r == STOPPED || r < 0)
		return r < 0 ? fault_trace(r) : r;
	front_waiting_set(settle->waiting, FRONT_LACK_COMPARED, false);
	r = give_up_overdue(settle);
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

static void *run(void *context)
{
	struct front_settle *settle = context;
	int64_t interval_ms = settle->settings->settle_interval_s * 1000;
	bool is_waited_for = true;
	while (front_thread_rest(&settle->thread, is_waited_for ? RETRY_MS : interval_ms)) {
		front_settle_round(settle);
		is_waited_for = front_waiting_lacks(settle->waiting, FRONT_LACK_COMPARED);
	}
	return NULL;
}

int front_settle_start(struct front_settle *settle)
{
	int r = front_thread_start(&settle->thread, run, settle);
	return r < 0 ? fault_trace(r) : 0;
}
