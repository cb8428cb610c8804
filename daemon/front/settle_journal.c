/* SPDX-License-Identifier: Apache-2.0 */
#include "front/settle_journal.h"

#include <assert.h>
#include <string.h>

#include "base/fault.h"
#include "base/log.h"
#include "front/settle_record.h"

/* Outcomes of a batch, besides FRONT_SETTLE_STOPPED. */
#define MORE 1 /* the journal goes on */

/* Nothing is issued any more, until a person has settled it. */
static int stop(struct front_settle *settle, enum front_lack lack, int64_t position)
{
	if (!front_waiting_lacks(settle->waiting, lack))
		log_event(LOG_LEVEL_ERROR, "settling-stopped", "position=%lld text=\"%s\"",
			(long long)position, front_lack_text(lack));
	front_waiting_set(settle->waiting, lack, true);
	return FRONT_SETTLE_STOPPED;
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
 * this journal (FRONT_SETTLE_STOPPED).
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

int front_settle_journal_status(
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
 * whether that is a place of its journal and not before what it was told already. MORE,
 * FRONT_SETTLE_STOPPED.
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
	r = front_settle_journal_status(settle, deadline, &status);
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

static_assert(WIRE_JOURNAL_RECORDS_MAX <= STORE_GROUP_MAX, "an answer is one question");

/* Which records' certificates the database holds, in one question: nearly always all of them. */
static int find_recorded(struct front_settle *settle, bool ret_recorded[WIRE_JOURNAL_RECORDS_MAX])
{
	const struct wire_journal *journal = settle->journal;
	int64_t reservations[WIRE_JOURNAL_RECORDS_MAX];
	if (journal->count == 0)
		return 0;
	for (uint32_t i = 0; i < journal->count; i++)
		reservations[i] = front_settle_needs_reservation(&journal->records[i])
			? journal->records[i].reservation
			: 0; /* none has this id */
	int r = store_issuance_group_recorded(
		settle->store, reservations, journal->count, ret_recorded);
	if (r > 0)
		return fault_new(FAULT_UNAVAILABLE, "database: it has to be asked again");
	return r < 0 ? fault_trace(r) : 0;
}

/*
 * Acts on the records in their order; gives how many of them are settled. FRONT_SETTLE_WAITS,
 * FRONT_SETTLE_STOPPED.
 */
static int act(struct front_settle *settle, uint32_t *ret_settled)
{
	const struct wire_journal *journal = settle->journal;
	bool recorded[WIRE_JOURNAL_RECORDS_MAX];
	*ret_settled = 0;
	int r = find_recorded(settle, recorded);
	if (r < 0)
		return fault_trace(r);
	for (; *ret_settled < journal->count; (*ret_settled)++) {
		const struct wire_journal_record *record = &journal->records[*ret_settled];
		enum front_settle_step step;
		if (recorded[*ret_settled])
			continue;
		r = front_settle_record(
			settle->store, journal->signer, record, settle->now_at, &step);
		if (r < 0)
			return fault_trace(r);
		if (r == FRONT_SETTLE_UNKNOWN)
			return stop(settle, FRONT_LACK_RESTORED, record->place.position);
		if (r == FRONT_SETTLE_LATER)
			return FRONT_SETTLE_WAITS;
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

/*
 * Settles the next records. 0: the journal's end is reached. MORE, FRONT_SETTLE_WAITS,
 * FRONT_SETTLE_STOPPED.
 */
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

/* The first record of the latest answer whose reservation the database does not know, NULL. */
static int find_unknown(struct front_settle *settle, const struct wire_journal_record **ret_unknown)
{
	const struct wire_journal *journal = settle->journal;
	*ret_unknown = NULL;
	for (uint32_t i = 0; i < journal->count && *ret_unknown == NULL; i++) {
		const struct wire_journal_record *record = &journal->records[i];
		struct store_reserved reserved;
		if (!front_settle_needs_reservation(record))
			continue;
		int r = store_reserved_load(settle->store, record->reservation, &reserved);
		if (r < 0)
			return fault_trace(r);
		if (r == STORE_NOT_FOUND)
			*ret_unknown = record;
	}
	return 0;
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
		const struct wire_journal_record *unknown;
		int r = find_unknown(settle, &unknown);
		if (r < 0)
			return fault_trace(r);
		if (unknown != NULL)
			return stop(settle, FRONT_LACK_RESTORED, unknown->place.position);
		request.after = journal->records[journal->count - 1].place.position;
		r = wire_line_journal(&settle->line, &request, deadline, journal, &refused);
		if (r < 0)
			return fault_trace(r);
		if (r == WIRE_LINE_REFUSED)
			return fault_new(FAULT_UNAVAILABLE, "signer: %s", refused.code);
	}
	return 0;
}

int front_settle_journal(
	struct front_settle *settle, const uint8_t signer[SIGNER_ID_LEN], struct deadline deadline)
{
	int r;
	do {
		r = settle_batch(settle, signer, deadline);
	} while (r == MORE);
	if (r == FRONT_SETTLE_WAITS && front_waiting_lacks(settle->waiting, FRONT_LACK_COMPARED)) {
		r = look_ahead(settle, deadline);
		if (r == 0)
			r = FRONT_SETTLE_WAITS;
	}
	return r < 0 ? fault_trace(r) : r;
}
