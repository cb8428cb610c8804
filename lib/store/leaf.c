/* SPDX-License-Identifier: Apache-2.0 */
#include "store/leaf.h"

#include <assert.h>

#include "base/fault.h"
#include "store/name.h"
#include "store/revocation.h"
#include "store/row.h"

enum { LIST };

/*
 * The reading is in the answer's own transaction, and that is durable before the answer is given.
 * Below the oldest transaction that runs nothing can appear any more, so whoever goes on after
 * the last leaf of a page has missed none.
 */
static const struct store_statement rows[] = {
	[LIST] = { "leaf_list", STORE_BY_FRONT | STORE_BY_AUDITOR,
		"WITH r AS (INSERT INTO hakko.reading (client_id, serial, from_at, to_at,"
		" after_xid, after_id)"
		" VALUES (nullif($1::bigint, 0), $2::bytea, $3::timestamptz, $4::timestamptz,"
		" $5::xid8, $6::bigint))"
		" SELECT l.xid, l.id, l.kind, l.happened_at, l.octets, l.salt, l.detail"
		" FROM hakko.leaf l"
		" WHERE l.happened_at >= $3 AND l.happened_at < $4"
		" AND (l.xid, l.id) > ($5, $6)"
		" AND l.xid < pg_snapshot_xmin(pg_current_snapshot())"
		" AND ($2 IS NULL OR l.serial = $2)"
		" ORDER BY l.xid, l.id LIMIT $7::bigint" },
};
const struct store_statements store_leaf_statements = { rows, LENGTH_OF(rows) };

static const struct store_column columns[] = {
	STORE_COLUMN(STORE_INT8, store_leaf, at.xid),
	STORE_COLUMN(STORE_INT8, store_leaf, at.id),
	STORE_NAMED(STORE_NAME_LEAF_KIND, store_leaf, kind),
	STORE_COLUMN(STORE_INSTANT, store_leaf, happened_at),
	STORE_COLUMN(STORE_OCTETS, store_leaf, octets.octets),
	STORE_COLUMN(STORE_OCTETS, store_leaf, octets.salt),
	STORE_COLUMN(STORE_BYTES, store_leaf, octets.detail),
};
#define DETAIL_COLUMN 6

void store_leaf_bind(
	struct store_query *query, const struct leaf *leaf, const struct leaf_octets *octets)
{
	assert(query->count == 0);
	store_query_text(query, leaf_kind_name(leaf->kind));
	store_query_instant(query, leaf->happened_at);
	store_query_octets(query, octets->octets, sizeof(octets->octets));
	store_query_octets(query, octets->salt, sizeof(octets->salt));
	store_query_octets(query, octets->detail, octets->detail_len);
	store_query_octets(query, leaf->serial, leaf->serial != NULL ? SERIAL_LEN : 0);
	store_query_text(query, leaf->application);
}

int store_leaf_list(struct store *store, int64_t client_id, const uint8_t *serial, int64_t from_at,
	int64_t to_at, struct store_leaf_cursor after, struct store_leaf *ret_leaves, size_t max,
	size_t *ret_count)
{
	STORE_ANSWER_CLEANUP struct store_answer answer = { { NULL } };
	struct store_query query;

	store_query_init(&query, rows[LIST].name);
	store_query_int8(&query, client_id);
	store_query_octets(&query, serial, serial != NULL ? SERIAL_LEN : 0);
	store_query_instant(&query, from_at);
	store_query_instant(&query, to_at);
	store_query_int8(&query, after.xid);
	store_query_int8(&query, after.id);
	store_query_int8(&query, (int64_t)max);
	int r = store_query_run(store, &query, 1, &answer);
	if (r != 0)
		return r < 0 ? fault_trace(r) : r;

	int count = store_answer_rows(&answer, 0);
	for (int i = 0; i < count; i++) {
		r = store_row_read(answer.results[0], i, 0, STORE_COLUMNS(columns), &ret_leaves[i]);
		if (r < 0)
			return fault_trace(r);
		ret_leaves[i].octets.detail_len = store_row_len(
			answer.results[0], i, DETAIL_COLUMN);
	}
	*ret_count = (size_t)count;
	return 0;
}
