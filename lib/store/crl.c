/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <string.h>

#include "base/fault.h"
#include "store/leaf.h"
#include "store/name.h"
#include "store/revocation.h"
#include "store/row.h"

/*
 * The lock only spares a second publisher the work. What makes a CRL the one successor of its
 * predecessor is the unique crl.previous: a transaction's snapshot may be older than its lock.
 */
enum { REQUEST, LOCK, BEGUN, ENTRIES, FINISH, LATEST, REVISION };

static const struct store_statement rows[] = {
	[REQUEST] = { "crl_request", STORE_BY_FRONT | STORE_BY_PUBLISH,
		"SELECT hakko.crl_request()" },
	[LOCK] = { "crl_lock", STORE_BY_PUBLISH,
		"SELECT pg_try_advisory_xact_lock(1751214959, 2)" },
	[BEGUN] = { "crl_begun", STORE_BY_PUBLISH,
		"SELECT l.number, l.this_update_at, l.revision,"
		" clock_timestamp() + s.clock_offset, n.value"
		" FROM hakko.system s"
		" JOIN hakko.counter n ON n.name = 'revocation'"
		" LEFT JOIN LATERAL (SELECT c.number, c.this_update_at, c.revision FROM hakko.crl c"
		" ORDER BY c.number DESC LIMIT 1) l ON true" },
	/* RFC 5280 3.3: an entry stays until it has stood on one CRL issued past its end. */
	[ENTRIES] = { "crl_entries", STORE_BY_PUBLISH,
		"SELECT v.serial, v.revoked_at, v.cause FROM hakko.revocation v"
		" WHERE v.serial > $1::bytea"
		" AND (v.not_after_at >= $2::timestamptz OR v.revision > $3::bigint)"
		" ORDER BY v.serial LIMIT $4::bigint" },
	[FINISH] = { "crl_insert", STORE_BY_PUBLISH,
		"WITH c AS (INSERT INTO hakko.crl (number, previous, this_update_at, next_update_at,"
		" entries, digest, revision)"
		" VALUES ($8::bigint, $9::bigint, $10::timestamptz, $11::timestamptz, $12::bigint,"
		" $13::bytea, $14::bigint) RETURNING number) " STORE_LEAF_INSERT " FROM c" },
	[LATEST] = { "crl_latest", STORE_BY_ALL,
		"SELECT number, this_update_at, next_update_at, entries, digest, revision"
		" FROM hakko.crl ORDER BY number DESC LIMIT 1" },
	[REVISION] = { "crl_revision", STORE_BY_ALL,
		"SELECT value FROM hakko.counter WHERE name = 'revocation'" },
};
const struct store_statements store_crl_statements = { rows, LENGTH_OF(rows) };

/* What crl_begun answers; the first three go into the store. */
static const struct store_column last_columns[] = {
	STORE_COLUMN(STORE_INT8, store, crl_last_number),
	STORE_COLUMN(STORE_INSTANT, store, crl_last_this_update_at),
	STORE_COLUMN(STORE_INT8, store, crl_last_revision),
};
#define NOW_COLUMN 3
#define REVISION_COLUMN 4

struct entry {
	uint8_t serial[SERIAL_LEN];
	int64_t revoked_at;
	enum revocation_cause cause;
};
static const struct store_column entry_columns[] = {
	STORE_COLUMN(STORE_OCTETS, entry, serial),
	STORE_COLUMN(STORE_INSTANT, entry, revoked_at),
	STORE_NAMED(STORE_NAME_REVOCATION_CAUSE, entry, cause),
};

static const struct store_column crl_columns[] = {
	STORE_COLUMN(STORE_INT8, store_crl, number),
	STORE_COLUMN(STORE_INSTANT, store_crl, this_update_at),
	STORE_COLUMN(STORE_INSTANT, store_crl, next_update_at),
	STORE_COLUMN(STORE_INT8, store_crl, entries),
	STORE_COLUMN(STORE_OCTETS, store_crl, digest),
	STORE_COLUMN(STORE_INT8, store_crl, revision),
};

int store_crl_request(struct store *store)
{
	struct store_query query;

	store_query_init(&query, rows[REQUEST].name);
	int r = store_query_do(store, &query);
	return r < 0 ? fault_trace(r) : r;
}

int store_crl_rewind(struct store *store)
{
	if (!store->begun)
		return fault_new(FAULT_STATE, "no CRL is begun");
	memset(store->crl_after, 0, sizeof(store->crl_after));
	return 0;
}

int store_crl_begin(struct store *store, struct store_crl_begun *ret_begun)
{
	STORE_ANSWER_CLEANUP struct store_answer answer = { { NULL } };
	struct store_query queries[3];

	store_query_init(&queries[0], "begin_repeatable");
	store_query_init(&queries[1], rows[LOCK].name);
	store_query_init(&queries[2], rows[BEGUN].name);
	int r = store_query_run(store, queries, LENGTH_OF(queries), &answer);
	if (r != 0)
		return r < 0 ? fault_trace(r) : r;
	if (!store_row_bool(answer.results[1], 0, 0))
		return store_query_give_up(store, STORE_STALE);
	const PGresult *begun = answer.results[2];
	if (PQntuples(begun) == 0)
		return store_query_give_up(
			store, fault_new(FAULT_STATE, "database: the installation is not made"));
	r = store_row_read(begun, 0, 0, STORE_COLUMNS(last_columns), store);
	if (r < 0)
		return store_query_give_up(store, fault_trace(r));
	store->begun = true;
	memset(store->crl_after, 0, sizeof(store->crl_after));
	*ret_begun = (struct store_crl_begun){
		.last_number = store->crl_last_number,
		.last_this_update_at = store->crl_last_this_update_at,
		.now_at = store_row_instant(begun, 0, NOW_COLUMN),
		.revision = store_row_int8(begun, 0, REVISION_COLUMN),
	};
	return 0;
}

static int read_entry(const PGresult *result, int row, struct store_revoked *ret_revoked)
{
	struct entry entry;
	int r = store_row_read(result, row, 0, STORE_COLUMNS(entry_columns), &entry);
	if (r < 0)
		return fault_trace(r);
	memcpy(ret_revoked->serial, entry.serial, SERIAL_LEN);
	ret_revoked->revoked_at = entry.revoked_at;
	ret_revoked->crl_reason = revocation_cause_text(entry.cause)->crl_reason;
	return 0;
}

int store_crl_entries(
	struct store *store, struct store_revoked *ret_entries, size_t max, size_t *ret_count)
{
	STORE_ANSWER_CLEANUP struct store_answer answer = { { NULL } };
	struct store_query query;

	if (!store->begun)
		return fault_new(FAULT_STATE, "no CRL is begun");
	store_query_init(&query, rows[ENTRIES].name);
	store_query_octets(&query, store->crl_after, SERIAL_LEN);
	store_query_instant(&query, store->crl_last_this_update_at);
	store_query_int8(&query, store->crl_last_revision);
	store_query_int8(&query, (int64_t)max);
	int r = store_query_run(store, &query, 1, &answer);
	if (r != 0)
		return r < 0 ? fault_trace(r) : r;
	int count = store_answer_rows(&answer, 0);
	for (int i = 0; i < count; i++) {
		r = read_entry(answer.results[0], i, &ret_entries[i]);
		if (r < 0)
			return fault_trace(r);
	}
	if (count > 0)
		memcpy(store->crl_after, ret_entries[count - 1].serial, SERIAL_LEN);
	*ret_count = (size_t)count;
	return 0;
}

int store_crl_finish(struct store *store, const struct store_crl *crl, const struct leaf *leaf,
	const struct leaf_octets *octets)
{
	STORE_ANSWER_CLEANUP struct store_answer answer = { { NULL } };
	struct store_query queries[2];

	if (!store->begun)
		return fault_new(FAULT_STATE, "no CRL is begun");
	store->begun = false;
	store_query_init(&queries[0], rows[FINISH].name);
	store_leaf_bind(&queries[0], leaf, octets);
	store_query_int8(&queries[0], crl->number);
	store_query_int8(&queries[0], store->crl_last_number);
	store_query_instant(&queries[0], crl->this_update_at);
	store_query_instant(&queries[0], crl->next_update_at);
	store_query_int8(&queries[0], crl->entries);
	store_query_digest(&queries[0], &crl->digest);
	store_query_int8(&queries[0], crl->revision);
	store_query_init(&queries[1], "commit");
	int r = store_query_run(store, queries, LENGTH_OF(queries), &answer);
	return r < 0 ? fault_trace(r) : r;
}

int store_crl_latest(struct store *store, struct store_crl *ret_crl, int64_t *ret_revision)
{
	STORE_ANSWER_CLEANUP struct store_answer answer = { { NULL } };
	struct store_query queries[2];

	store_query_init(&queries[0], rows[LATEST].name);
	store_query_init(&queries[1], rows[REVISION].name);
	int r = store_query_run(store, queries, LENGTH_OF(queries), &answer);
	if (r != 0)
		return r < 0 ? fault_trace(r) : r;
	*ret_revision = store_row_int8(answer.results[1], 0, 0);
	if (store_answer_rows(&answer, 0) == 0)
		return STORE_NOT_FOUND;
	r = store_row_read(answer.results[0], 0, 0, STORE_COLUMNS(crl_columns), ret_crl);
	return r < 0 ? fault_trace(r) : 0;
}
