/* SPDX-License-Identifier: Apache-2.0 */
#include "signer/records.h"

#include <assert.h>
#include <string.h>

#include "base/fault.h"
#include "signer/stamp.h"

/*
 * An outcome follows its intent within a reservation's age and the time that signing takes. Beyond
 * that, so many records more are looked at, for the sake of a clock that was moved forward.
 */
#define OUTCOME_AFTER_MAX (SIGNER_RESERVATION_MAX_AGE + 30 * SECOND)
#define OUTCOME_RECORDS_MORE 16384

#define ANSWER_FIXED_LEN (WIRE_HEAD_LEN + SIGNER_ID_LEN + 2 * (8 + DIGEST_LEN) + 4)

/* The place acknowledged so far; position 0: none. */
static int acknowledged(struct signer *signer, struct journal_place *ret_place)
{
	int64_t position = signer_journal_last(signer->journal)->acknowledged;
	*ret_place = (struct journal_place){ .position = position };
	if (position == 0)
		return 0;
	struct signer_record record;
	int r = signer_journal_read(signer->journal, position, &record);
	if (r != 0)
		return r < 0 ? fault_trace(r)
			     : fault_new(FAULT_STATE, "journal: acknowledged beyond its end");
	ret_place->hash = record.hash;
	return 0;
}

/* What stands against the request, NULL for nothing. */
static int request_check(
	struct signer *signer, const struct wire_journal_request *request, const char **ret_wrong)
{
	const struct journal_place *place = &request->acknowledged;
	struct journal_place head = signer_journal_head(signer->journal);
	*ret_wrong = NULL;
	if (place->position > head.position || request->after > head.position) {
		*ret_wrong = "the journal is shorter than what the database holds";
		return 0;
	}
	if (place->position == 0)
		return 0;
	if (place->position < signer_journal_last(signer->journal)->acknowledged) {
		*ret_wrong = "the database is behind what it acknowledged before";
		return 0;
	}
	struct signer_record record;
	int r = signer_journal_read(signer->journal, place->position, &record);
	if (r < 0)
		return fault_trace(r);
	if (r != 0 || !digest_equal(&record.hash, &place->hash))
		*ret_wrong = "the database holds another journal's record";
	return 0;
}

/*
 * SIGNER_REFUSED while the clock is known to be stepped: one record stamped ahead would stop
 * issuing for as long. A clock that stands back is no hindrance, since what stamps it then is the last record.
 */
static int journal_acknowledged(struct signer *signer, struct signer_peer *peer,
	const struct journal_place *acknowledged_at)
{
	int64_t now_at = signer_now_at(signer);
	if (signer_stamp_is_stepped(signer->clock_distance)) {
		int r = signer_refuse(signer, peer, REFUSAL_CLOCK_BACKWARD, 0,
			"the clock was stepped: put it right, or restart");
		return r < 0 ? fault_trace(r) : SIGNER_REFUSED;
	}
	const struct signer_entry entry = {
		.kind = JOURNAL_ACKNOWLEDGED,
		.stamped_at = now_at,
		.refers = acknowledged_at->position,
		.digest = acknowledged_at->hash,
	};
	struct journal_place place;
	int r = signer_journal_append(signer->journal, &entry, &place);
	return r < 0 ? fault_trace(r) : 0;
}

int signer_records_ask(struct signer *signer, struct signer_peer *peer, struct wire_reader *reader)
{
	struct wire_journal_request request;
	if (wire_journal_request_decode(reader, &request) != 0)
		return SIGNER_PEER_END;
	const char *wrong;
	int r = request_check(signer, &request, &wrong);
	if (r < 0)
		return fault_trace(r);
	if (wrong != NULL)
		return signer_refuse(signer, peer, REFUSAL_JOURNAL_MISMATCH, 0, wrong);
	if (request.acknowledged.position > signer_journal_last(signer->journal)->acknowledged) {
		r = journal_acknowledged(signer, peer, &request.acknowledged);
		if (r != 0)
			return r < 0 ? fault_trace(r) : 0;
	}
	peer->request = request;
	peer->wants_records = true;
	peer->state = SIGNER_PEER_SYNCING;
	return 0;
}

int signer_records_ask_status(
	struct signer *signer, struct signer_peer *peer, struct wire_reader *reader)
{
	(void)signer;
	if (wire_reader_end(reader) != 0)
		return SIGNER_PEER_END;
	peer->wants_records = false;
	peer->state = SIGNER_PEER_SYNCING;
	return 0;
}

/* A search for the outcomes of the intents in one answer. */
struct search {
	struct {
		int64_t intent, outcome;
		bool is_done;
	} pairs[WIRE_JOURNAL_RECORDS_MAX];
	size_t count, missing;
	int64_t latest_at; /* no outcome is stamped after it, unless the clock was moved */
	int64_t beyond;    /* records looked at after it */
};

static void search_match(struct search *search, const struct signer_record *outcome)
{
	for (size_t i = 0; i < search->count; i++) {
		if (search->pairs[i].is_done || search->pairs[i].intent != outcome->refers)
			continue;
		search->pairs[i].outcome = outcome->position;
		search->pairs[i].is_done = true;
		search->missing--;
	}
}

static int search_visit(const struct signer_record *record, void *context)
{
	struct search *search = context;
	if (record->kind == JOURNAL_OUTCOME)
		search_match(search, record);
	if (record->stamped_at > search->latest_at)
		search->beyond++;
	bool is_over = search->missing == 0 || search->beyond > OUTCOME_RECORDS_MORE;
	return is_over ? JOURNAL_SCAN_STOP : 0;
}

/* Finds the outcomes of the intents among these records: by the index, else further on. */
static int search_outcomes(struct signer *signer, const struct signer_record *records, size_t count,
	struct search *ret_search)
{
	struct search search = { 0 };
	int64_t first = 0;
	for (size_t i = 0; i < count; i++) {
		if (records[i].kind != JOURNAL_INTENT)
			continue;
		const struct signer_known_entry *known = signer_known_find(
			&signer->known, records[i].reservation);
		bool is_known = known != NULL && known->intent == records[i].position;
		search.pairs[search.count].intent = records[i].position;
		search.pairs[search.count].outcome = is_known ? known->outcome : 0;
		search.pairs[search.count++].is_done = is_known;
		if (is_known)
			continue;
		search.missing++;
		first = first == 0 ? records[i].position + 1 : first;
		search.latest_at = records[i].stamped_at + OUTCOME_AFTER_MAX;
	}
	if (search.missing > 0) {
		int r = signer_journal_scan(signer->journal, first, search_visit, &search);
		if (r < 0)
			return fault_trace(r);
	}
	*ret_search = search;
	return 0;
}

static int64_t outcome_of(const struct search *search, int64_t intent)
{
	for (size_t i = 0; i < search->count; i++)
		if (search->pairs[i].intent == intent)
			return search->pairs[i].outcome;
	return 0;
}

/* The certificate of an intent and its outcome; nothing when either body was erased (L1). */
static int assemble(struct signer *signer, struct bytes tbs, int64_t outcome_position,
	struct wire_journal_record *out)
{
	BUFFER_CLEANUP struct buffer signature = BUFFER(SIGNER_BODY_MAX);
	BUFFER_CLEANUP struct buffer der = BUFFER(CERTIFICATE_MAX);
	struct signer_record outcome;
	int r = signer_journal_read(signer->journal, outcome_position, &outcome);
	if (r == 0)
		r = signer_journal_read_body(signer->journal, &outcome, &signature);
	if (r != 0)
		return r < 0 ? fault_trace(r) : 0;
	r = pki_certificate_assemble(&signer->ca, tbs, buffer_bytes(&signature), &der);
	if (r < 0)
		return fault_trace(r);
	memcpy(out->der, der.data, der.len);
	out->der_len = der.len;
	return 0;
}

static int fill_intent(struct signer *signer, const struct signer_record *record, int64_t outcome,
	struct wire_journal_record *out)
{
	out->reservation = record->reservation;
	memcpy(out->serial, record->id, sizeof(out->serial));
	int r = signer_journal_read_body(signer->journal, record, &signer->octets);
	if (r != 0)
		return r < 0 ? fault_trace(r) : 0;
	struct bytes tbs = buffer_bytes(&signer->octets);
	r = digest_of(tbs, &out->tbs);
	if (r == 0 && outcome != 0)
		r = assemble(signer, tbs, outcome, out);
	return r < 0 ? fault_trace(r) : 0;
}

static int fill(struct signer *signer, const struct signer_record *record, int64_t outcome,
	struct wire_journal_record *out)
{
	memset(out, 0, offsetof(struct wire_journal_record, der));
	out->der_len = 0;
	out->place = (struct journal_place){ record->position, record->hash };
	out->kind = record->kind;
	out->stamped_at = record->stamped_at;
	if (record->kind != JOURNAL_INTENT)
		return 0;
	int r = fill_intent(signer, record, outcome, out);
	return r < 0 ? fault_trace(r) : 0;
}

/* The records after `after` into the answer, until one would not fit the frame. */
static int fill_records(struct signer *signer, const struct signer_record *records, size_t count)
{
	struct wire_journal *answer = &signer->records;
	struct search search;
	int r = search_outcomes(signer, records, count, &search);
	if (r < 0)
		return fault_trace(r);
	size_t len = ANSWER_FIXED_LEN;
	answer->count = 0;
	for (size_t i = 0; i < count; i++) {
		struct wire_journal_record *out = &answer->records[i];
		r = fill(signer, &records[i], outcome_of(&search, records[i].position), out);
		if (r < 0)
			return fault_trace(r);
		len += WIRE_JOURNAL_RECORD_LEN + out->der_len;
		if (len > WIRE_FRAME_MAX)
			break;
		answer->count++;
	}
	return 0;
}

static int answer_records(struct signer *signer, struct signer_peer *peer)
{
	const struct wire_journal_request *request = &peer->request;
	struct wire_journal *answer = &signer->records;
	struct signer_record records[WIRE_JOURNAL_RECORDS_MAX];
	int r = acknowledged(signer, &answer->acknowledged);
	if (r < 0)
		return fault_trace(r);
	answer->head = signer_journal_head(signer->journal);
	memcpy(answer->signer, signer_journal_id(signer->journal), sizeof(answer->signer));

	size_t count = 0;
	int64_t left = answer->head.position - request->after;
	for (; count < request->limit && (int64_t)count < left; count++) {
		int64_t position = request->after + 1 + (int64_t)count;
		r = signer_journal_read(signer->journal, position, &records[count]);
		if (r != 0)
			return r < 0 ? fault_trace(r)
				     : fault_new(FAULT_STATE, "the journal became shorter");
	}
	r = fill_records(signer, records, count);
	if (r < 0)
		return fault_trace(r);
	r = wire_journal_encode(answer, &peer->out);
	return r < 0 ? fault_trace(r) : 0;
}

static int answer_status(struct signer *signer, struct signer_peer *peer)
{
	struct wire_status status = {
		.kind = signer->ca.kind,
		.now_at = clock_now_at(&signer->clock), /* unadorned: hosts are compared by it */
		.closing_at = signer->limits.closing_at,
		.ca_key = signer->limits.ca_key,
		.profile = signer->limits.profile,
		.crl_validity_s = signer->settings->profile.crl_validity_s,
		.ca_not_after_at = signer->limits.ca_not_after_at,
		.head = signer_journal_head(signer->journal),
	};
	memcpy(status.signer, signer_journal_id(signer->journal), sizeof(status.signer));
	int r = acknowledged(signer, &status.acknowledged);
	if (r < 0)
		return fault_trace(r);
	r = wire_status_encode(&status, &peer->out);
	return r < 0 ? fault_trace(r) : 0;
}

int signer_records_answer(struct signer *signer, struct signer_peer *peer)
{
	assert(peer->state == SIGNER_PEER_SYNCING);
	peer->state = SIGNER_PEER_READING;
	int r = peer->wants_records ? answer_records(signer, peer) : answer_status(signer, peer);
	return r < 0 ? fault_trace(r) : 0;
}
