/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <string.h>

#include "base/fault.h"
#include "store/facts.h"
#include "store/issuance.h"
#include "store/leaf.h"
#include "store/name.h"

/* clang-format off */
#define RESERVED                                                                                   \
	"SELECT re.id, re.application_id, re.record_id, re.municipality, re.romaji, re.serial,"    \
	" re.reserved_at, re.not_after_at, re.cn, re.ca_key, re.profile,"                          \
	STORE_EXISTS_ROW("abandonment", "x.reservation_id = re.id") ","                            \
	" re.client_id, re.clerk, rr.commitment,"                                                  \
	STORE_EXISTS_ROW("certificate", "x.serial = re.serial") ", re.spki FROM"                   \
	STORE_ROW("reservation", "re", "x.id = $1::bigint")                                        \
	STORE_LEFT_JOIN("resident_record", "rr", "x.id = re.record_id")

enum { INSERT, ABANDON, LOAD, OVERDUE, LOCK, LOAD_OPEN };

static const struct store_statement rows[] = {
	[INSERT] = { "reservation_insert", STORE_BY_FRONT,
		"WITH t AS (UPDATE hakko.application SET state = 'issuing',"
		" reservation_id = nextval('hakko.reservation_id')"
		" WHERE id = $1::text AND state = 'approved' RETURNING id, reservation_id)"
		" INSERT INTO hakko.reservation (id, application_id, record_id, reserved_at,"
		" not_after_at, serial, cn, municipality, romaji, ca_key, profile, spki, key_maker,"
		" client_id, clerk)"
		" SELECT t.reservation_id, t.id, $2::bigint, $3::timestamptz, $4::timestamptz,"
		" $5::bytea, $6::text, $7::text, $8::text, $9::bytea, $10::bytea, $11::bytea,"
		" $12::text, $13::bigint, $14::text FROM t RETURNING id" },
	/* The application is locked: what its row says is so. The abandonment goes first. */
	[ABANDON] = { "reservation_abandon", STORE_BY_FRONT,
		"WITH t AS (INSERT INTO hakko.abandonment (reservation_id, abandoned_at)"
		" SELECT a.reservation_id, $2 FROM hakko.application a"
		" WHERE a.id = $8::text AND a.state = 'issuing' AND a.reservation_id = $9::bigint"
		" RETURNING reservation_id),"
		" v AS (INSERT INTO hakko.revocation (serial, cause, revoked_at)"
		" SELECT r.serial, 'discarded', $2 FROM t"
		STORE_JOIN("reservation", "r", "x.id = t.reservation_id") "),"
		" l AS (" STORE_LEAF_INSERT " FROM t)"
		" UPDATE hakko.application a SET state = 'approved' FROM t"
		" WHERE a.id = $8 RETURNING a.id" },
	[LOAD] = { "reserved_load", STORE_BY_FRONT, RESERVED },
	/*
	 * No index says which reservations are open: all settled ones before an instant are passed
	 * over, and that instant follows the clock at a distance that no transaction outlasts.
	 */
	[OVERDUE] = { "reservation_overdue", STORE_BY_FRONT,
		"WITH n AS MATERIALIZED (SELECT clock_timestamp() + s.clock_offset AS now_at"
		" FROM hakko.system s),"
		" o AS MATERIALIZED (SELECT r.id, r.reserved_at"
		" FROM n, hakko.settlement st, hakko.reservation r"
		" WHERE r.reserved_at >= st.settled_before AND r.reserved_at < n.now_at - $1::interval"
		" AND NOT" STORE_EXISTS_ROW("certificate", "x.serial = r.serial")
		" AND NOT" STORE_EXISTS_ROW("abandonment", "x.reservation_id = r.id")
		" ORDER BY r.reserved_at LIMIT $2::bigint),"
		" b AS (SELECT least((SELECT min(o.reserved_at) FROM o),"
		" n.now_at - greatest($1, interval '120 s')) AS before FROM n),"
		" m AS (UPDATE hakko.settlement st SET settled_before = b.before FROM b"
		" WHERE b.before > st.settled_before + interval '10 s')"
		" SELECT o.id FROM o" },
	[LOCK] = { "reservation_lock", STORE_BY_FRONT,
		"SELECT FROM hakko.resident r, hakko.application a"
		" WHERE a.id = (SELECT x.application_id FROM hakko.reservation x"
		" WHERE x.id = $1::bigint)"
		" AND r.id = (SELECT y.resident_id FROM hakko.application y, hakko.reservation x"
		" WHERE x.id = $1 AND y.id = x.application_id)"
		" FOR NO KEY UPDATE OF r FOR NO KEY UPDATE OF a" },
	[LOAD_OPEN] = { "reserved_load_open", STORE_BY_FRONT,
		RESERVED STORE_JOIN("application", "a", "x.id = re.application_id"
			" AND x.state = 'issuing' AND x.reservation_id = re.id") },
};
/* clang-format on */
const struct store_statements store_reservation_statements = { rows, LENGTH_OF(rows) };

static const struct store_column columns[] = {
	STORE_COLUMN(STORE_INT8, store_reserved, reservation.id),
	STORE_COLUMN(STORE_TEXT, store_reserved, reservation.application),
	STORE_COLUMN(STORE_INT8, store_reserved, reservation.record_id),
	STORE_COLUMN(STORE_TEXT, store_reserved, reservation.municipality),
	STORE_COLUMN(STORE_TEXT, store_reserved, reservation.romaji),
	STORE_COLUMN(STORE_OCTETS, store_reserved, reservation.serial),
	STORE_COLUMN(STORE_INSTANT, store_reserved, reservation.reserved_at),
	STORE_COLUMN(STORE_INSTANT, store_reserved, reservation.not_after_at),
	STORE_COLUMN(STORE_TEXT, store_reserved, reservation.cn),
	STORE_COLUMN(STORE_OCTETS, store_reserved, reservation.ca_key_id),
	STORE_COLUMN(STORE_OCTETS, store_reserved, reservation.profile),
	STORE_COLUMN(STORE_BOOL, store_reserved, reservation.abandoned),
	STORE_COLUMN(STORE_INT8, store_reserved, terminal_id),
	STORE_COLUMN(STORE_TEXT, store_reserved, clerk),
	STORE_COLUMN(STORE_OCTETS, store_reserved, commitment),
	STORE_COLUMN(STORE_BOOL, store_reserved, recorded),
	STORE_COLUMN(STORE_BYTES, store_reserved, reservation.spki),
};
#define SPKI_COLUMN ((int)LENGTH_OF(columns) - 1)

static void bind(struct store_query *query, const struct store *store,
	const struct reservation *reservation, enum key_maker maker, const char *clerk)
{
	store_query_init(query, rows[INSERT].name);
	store_query_text(query, reservation->application);
	store_query_int8(query, reservation->record_id);
	store_query_instant(query, reservation->reserved_at);
	store_query_instant(query, reservation->not_after_at);
	store_query_octets(query, reservation->serial, SERIAL_LEN);
	store_query_text(query, reservation->cn);
	store_query_text(query, reservation->municipality);
	store_query_text(query, reservation->romaji);
	store_query_digest(query, &reservation->ca_key_id);
	store_query_digest(query, &reservation->profile);
	store_query_octets(query, reservation->spki, reservation->spki_len);
	store_query_text(query, store_name_of(STORE_NAME_KEY_MAKER, (int)maker));
	store_query_int8(query, store->client_id);
	store_query_text(query, clerk);
}

int store_reservation_finish(struct store *store, struct reservation *reservation,
	enum key_maker maker, const char *clerk)
{
	STORE_ANSWER_CLEANUP struct store_answer answer = { { NULL } };
	struct store_query queries[2];

	bind(&queries[0], store, reservation, maker, clerk);
	store_query_init(&queries[1], "commit");
	store->begun = false;
	int r = store_query_run(store, queries, LENGTH_OF(queries), &answer);
	if (r != 0)
		return r < 0 ? fault_trace(r) : r;
	if (store_answer_rows(&answer, 0) == 0)
		return fault_new(FAULT_STATE, "database: an application was not approved");
	reservation->id = store_row_int8(answer.results[0], 0, 0);
	return 0;
}

int store_reservation_abandon(struct store *store, const struct reservation *reservation,
	const struct leaf *leaf, const struct leaf_octets *octets)
{
	STORE_ANSWER_CLEANUP struct store_answer answer = { { NULL } };
	struct store_query query;

	assert(store->begun);
	store_query_init(&query, rows[ABANDON].name);
	store_leaf_bind(&query, leaf, octets);
	store_query_text(&query, reservation->application);
	store_query_int8(&query, reservation->id);
	int r = store_query_run(store, &query, 1, &answer);
	if (r != 0)
		return r < 0 ? fault_trace(r) : r;
	if (store_answer_rows(&answer, 0) == 0)
		return store_query_give_up(store, STORE_STALE);
	return 0;
}

static int read_reserved(const PGresult *result, struct store_reserved *ret_reserved)
{
	int r = store_row_read(result, 0, 0, STORE_COLUMNS(columns), ret_reserved);
	if (r < 0)
		return fault_trace(r);
	ret_reserved->reservation.spki_len = store_row_len(result, 0, SPKI_COLUMN);
	return 0;
}

int store_reserved_load(
	struct store *store, int64_t reservation_id, struct store_reserved *ret_reserved)
{
	STORE_ANSWER_CLEANUP struct store_answer answer = { { NULL } };
	struct store_query query;

	store_query_init(&query, rows[LOAD].name);
	store_query_int8(&query, reservation_id);
	int r = store_query_run(store, &query, 1, &answer);
	if (r != 0)
		return r < 0 ? fault_trace(r) : r;
	if (store_answer_rows(&answer, 0) == 0)
		return STORE_NOT_FOUND;
	r = read_reserved(answer.results[0], ret_reserved);
	return r < 0 ? fault_trace(r) : 0;
}

int store_reservation_overdue(
	struct store *store, int64_t age_us, int64_t *ret_ids, size_t max, size_t *ret_count)
{
	STORE_ANSWER_CLEANUP struct store_answer answer = { { NULL } };
	struct store_query query;

	store_query_init(&query, rows[OVERDUE].name);
	store_query_interval(&query, age_us);
	store_query_int8(&query, (int64_t)max);
	int r = store_query_run(store, &query, 1, &answer);
	if (r != 0)
		return r < 0 ? fault_trace(r) : r;
	int count = store_answer_rows(&answer, 0);
	for (int i = 0; i < count; i++)
		ret_ids[i] = store_row_int8(answer.results[0], i, 0);
	*ret_count = (size_t)count;
	return 0;
}

int store_reservation_lock(
	struct store *store, int64_t reservation_id, struct store_reserved *ret_reserved)
{
	STORE_ANSWER_CLEANUP struct store_answer answer = { { NULL } };
	struct store_query queries[3];

	store_facts_begin(&queries[0]);
	store_query_init(&queries[1], rows[LOCK].name);
	store_query_int8(&queries[1], reservation_id);
	store_query_init(&queries[2], rows[LOAD_OPEN].name);
	store_query_int8(&queries[2], reservation_id);
	int r = store_query_run(store, queries, LENGTH_OF(queries), &answer);
	if (r != 0)
		return r < 0 ? fault_trace(r) : r;
	if (store_answer_rows(&answer, 2) == 0)
		return store_query_give_up(store, STORE_NOT_FOUND);
	r = read_reserved(answer.results[2], ret_reserved);
	if (r < 0)
		return store_query_give_up(store, fault_trace(r));
	store->begun = true;
	store->client_id = 0;
	return 0;
}
