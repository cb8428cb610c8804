/* SPDX-License-Identifier: Apache-2.0 */
#include "store/system.h"

#include "base/fault.h"
#include "store/leaf.h"
#include "store/name.h"
#include "store/row.h"

enum { LOAD, INIT, CLOCK_SET, CA_INSERT, CA_LOAD };

static const struct store_statement rows[] = {
	[LOAD] = { "system_load", STORE_BY_ALL,
		"SELECT s.kind, p.id, p.opening_at, p.closing_at, p.validity_years, p.fee_yen,"
		" clock_timestamp() + s.clock_offset,"
		" (extract(epoch FROM s.clock_offset) * 1000000)::bigint,"
		" (SELECT max(l.happened_at) FROM hakko.leaf l)"
		" FROM hakko.system s, hakko.programme p WHERE p.id = 1" },
	[INIT] = { "system_init", STORE_BY_OWNER,
		"INSERT INTO hakko.system (kind) VALUES ($1::text)" },
	[CLOCK_SET] = { "system_clock_set", STORE_BY_OWNER,
		"WITH moved AS (UPDATE hakko.system SET clock_offset = $8::interval"
		" WHERE clock_timestamp() + $8 >="
		" (SELECT coalesce(max(l.happened_at), '-infinity') FROM hakko.leaf l)"
		" RETURNING single),"
		" h AS (UPDATE hakko.settlement SET settled_before ="
		" least(settled_before, clock_timestamp() + $8 - interval '120 s')"
		" FROM moved) " STORE_LEAF_INSERT " FROM moved RETURNING id" },
	[CA_INSERT] = { "ca_insert", STORE_BY_OWNER,
		"WITH ca AS (INSERT INTO hakko.ca_key (key, not_after_at, der)"
		" VALUES ($8::bytea, $9::timestamptz, $10::bytea) RETURNING id) " STORE_LEAF_INSERT
		" FROM ca" },
	[CA_LOAD] = { "ca_load", STORE_BY_ALL,
		"SELECT key, not_after_at, der FROM hakko.ca_key ORDER BY id DESC LIMIT 1" },
};
const struct store_statements store_system_statements = { rows, LENGTH_OF(rows) };

static const struct store_column columns[] = {
	STORE_NAMED(STORE_NAME_SERVICE_KIND, store_system, kind),
	STORE_COLUMN(STORE_INT, store_system, programme.id),
	STORE_COLUMN(STORE_INSTANT, store_system, programme.opening_at),
	STORE_COLUMN(STORE_INSTANT, store_system, programme.closing_at),
	STORE_COLUMN(STORE_INT, store_system, programme.validity_years),
	STORE_COLUMN(STORE_INT, store_system, programme.fee_yen),
	STORE_COLUMN(STORE_INSTANT, store_system, now_at),
	STORE_COLUMN(STORE_INT8, store_system, clock_offset_us),
	STORE_COLUMN(STORE_INSTANT, store_system, last_recorded_at),
};

static const struct store_column ca_columns[] = {
	STORE_COLUMN(STORE_OCTETS, store_ca, key),
	STORE_COLUMN(STORE_INSTANT, store_ca, not_after_at),
	STORE_COLUMN(STORE_BYTES, store_ca, der),
};
#define DER_COLUMN 2

int store_system_load(struct store *store, struct store_system *ret_system)
{
	STORE_ANSWER_CLEANUP struct store_answer answer = { { NULL } };
	struct store_query query;

	store_query_init(&query, rows[LOAD].name);
	int r = store_query_run(store, &query, 1, &answer);
	if (r != 0)
		return r < 0 ? fault_trace(r) : r;
	if (store_answer_rows(&answer, 0) == 0)
		return STORE_NOT_FOUND;
	r = store_row_read(answer.results[0], 0, 0, STORE_COLUMNS(columns), ret_system);
	return r < 0 ? fault_trace(r) : 0;
}

int store_system_init(struct store *store, enum service_kind kind)
{
	struct store_query query;

	store_query_init(&query, rows[INIT].name);
	store_query_text(&query, store_name_of(STORE_NAME_SERVICE_KIND, (int)kind));
	int r = store_query_do(store, &query);
	return r < 0 ? fault_trace(r) : r;
}

int store_clock_set(struct store *store, int64_t offset_us, const struct leaf *leaf,
	const struct leaf_octets *octets)
{
	STORE_ANSWER_CLEANUP struct store_answer answer = { { NULL } };
	struct store_query query;

	store_query_init(&query, rows[CLOCK_SET].name);
	store_leaf_bind(&query, leaf, octets);
	store_query_interval(&query, offset_us);
	int r = store_query_run(store, &query, 1, &answer);
	if (r != 0)
		return r < 0 ? fault_trace(r) : r;
	return store_answer_rows(&answer, 0) == 0 ? STORE_STALE : 0;
}

int store_ca_insert(struct store *store, const struct store_ca *ca, const struct leaf *leaf,
	const struct leaf_octets *octets)
{
	struct store_query query;

	store_query_init(&query, rows[CA_INSERT].name);
	store_leaf_bind(&query, leaf, octets);
	store_query_digest(&query, &ca->key);
	store_query_instant(&query, ca->not_after_at);
	store_query_octets(&query, ca->der, ca->der_len);
	int r = store_query_do(store, &query);
	return r < 0 ? fault_trace(r) : r;
}

int store_ca_load(struct store *store, struct store_ca *ret_ca)
{
	STORE_ANSWER_CLEANUP struct store_answer answer = { { NULL } };
	struct store_query query;

	store_query_init(&query, rows[CA_LOAD].name);
	int r = store_query_run(store, &query, 1, &answer);
	if (r != 0)
		return r < 0 ? fault_trace(r) : r;
	if (store_answer_rows(&answer, 0) == 0)
		return STORE_NOT_FOUND;
	r = store_row_read(answer.results[0], 0, 0, STORE_COLUMNS(ca_columns), ret_ca);
	if (r < 0)
		return fault_trace(r);
	ret_ca->der_len = store_row_len(answer.results[0], 0, DER_COLUMN);
	return 0;
}
