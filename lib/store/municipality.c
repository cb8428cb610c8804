/* SPDX-License-Identifier: Apache-2.0 */
#include "base/fault.h"
#include "model/programme.h"
#include "store/client.h"
#include "store/row.h"

enum { INSERT, LOAD };

static const struct store_statement rows[] = {
	[INSERT] = { "municipality_insert", STORE_BY_FRONT,
		"INSERT INTO hakko.municipality (code, name, romaji, closing_at)"
		" VALUES ($1::text, $2::text, $3::text, $4::timestamptz)" },
	[LOAD] = { "municipality_load", STORE_BY_FRONT | STORE_BY_AUDITOR,
		"SELECT code, name, romaji, closing_at FROM hakko.municipality"
		" WHERE code = $1::text" },
};
const struct store_statements store_municipality_statements = { rows, LENGTH_OF(rows) };

static const struct store_column columns[] = {
	STORE_COLUMN(STORE_TEXT, municipality, code),
	STORE_COLUMN(STORE_TEXT, municipality, name),
	STORE_COLUMN(STORE_TEXT, municipality, romaji),
	STORE_COLUMN(STORE_INSTANT, municipality, closing_at),
};

int store_municipality_insert(struct store *store, const struct municipality *municipality)
{
	struct store_query query;

	store_query_init(&query, rows[INSERT].name);
	store_query_text(&query, municipality->code);
	store_query_text(&query, municipality->name);
	store_query_text(&query, municipality->romaji);
	store_query_instant(&query, municipality->closing_at);
	int r = store_query_do(store, &query);
	return r < 0 ? fault_trace(r) : r;
}

int store_municipality_load(
	struct store *store, const char *code, struct municipality *ret_municipality)
{
	STORE_ANSWER_CLEANUP struct store_answer answer = { { NULL } };
	struct store_query query;

	store_query_init(&query, rows[LOAD].name);
	store_query_text(&query, code);
	int r = store_query_run(store, &query, 1, &answer);
	if (r != 0)
		return r < 0 ? fault_trace(r) : r;
	if (store_answer_rows(&answer, 0) == 0)
		return STORE_NOT_FOUND;
	r = store_row_read(answer.results[0], 0, 0, STORE_COLUMNS(columns), ret_municipality);
	return r < 0 ? fault_trace(r) : 0;
}
