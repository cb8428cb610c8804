/* SPDX-License-Identifier: Apache-2.0 */
#include "base/fault.h"
#include "store/issuance.h"
#include "store/row.h"

#define SIGNER_LEN 16

enum { LOAD, FIRST, ADVANCE };

static const struct store_statement rows[] = {
	[LOAD] = { "journal_load", STORE_BY_FRONT | STORE_BY_PUBLISH | STORE_BY_AUDITOR,
		"SELECT position, hash FROM hakko.journal_settled WHERE signer = $1::bytea" },
	[FIRST] = { "journal_first", STORE_BY_FRONT,
		"INSERT INTO hakko.journal_settled (signer, position, hash)"
		" VALUES ($1::bytea, $2::bigint, $3::bytea)" },
	[ADVANCE] = { "journal_advance", STORE_BY_FRONT,
		"UPDATE hakko.journal_settled SET position = $2::bigint, hash = $3::bytea"
		" WHERE signer = $1::bytea AND position = $4::bigint RETURNING position" },
};
const struct store_statements store_journal_statements = { rows, LENGTH_OF(rows) };

struct settled {
	int64_t position;
	struct digest hash;
};
static const struct store_column columns[] = {
	STORE_COLUMN(STORE_INT8, settled, position),
	STORE_COLUMN(STORE_OCTETS, settled, hash),
};

int store_journal_load(struct store *store, const uint8_t signer[SIGNER_LEN], int64_t *ret_position,
	struct digest *ret_hash)
{
	STORE_ANSWER_CLEANUP struct store_answer answer = { { NULL } };
	struct store_query query;
	struct settled settled = { 0 };

	store_query_init(&query, rows[LOAD].name);
	store_query_octets(&query, signer, SIGNER_LEN);
	int r = store_query_run(store, &query, 1, &answer);
	if (r != 0)
		return r < 0 ? fault_trace(r) : r;
	if (store_answer_rows(&answer, 0) > 0)
		r = store_row_read(answer.results[0], 0, 0, STORE_COLUMNS(columns), &settled);
	if (r < 0)
		return fault_trace(r);
	*ret_position = settled.position;
	*ret_hash = settled.hash;
	return 0;
}

int store_journal_advance(struct store *store, const uint8_t signer[SIGNER_LEN],
	int64_t from_position, int64_t to_position, const struct digest *hash)
{
	STORE_ANSWER_CLEANUP struct store_answer answer = { { NULL } };
	struct store_query query;
	bool first = from_position == 0;

	store_query_init(&query, rows[first ? FIRST : ADVANCE].name);
	store_query_octets(&query, signer, SIGNER_LEN);
	store_query_int8(&query, to_position);
	store_query_digest(&query, hash);
	if (!first)
		store_query_int8(&query, from_position);
	int r = store_query_run(store, &query, 1, &answer);
	if (r != 0)
		return r < 0 ? fault_trace(r) : r;
	return !first && store_answer_rows(&answer, 0) == 0 ? STORE_STALE : 0;
}
