/* SPDX-License-Identifier: Apache-2.0 */
#include "store/revocation.h"

#include "base/fault.h"
#include "store/leaf.h"
#include "store/name.h"
#include "store/row.h"

enum { LOAD, DISCARD, INSERT };

/* clang-format off */
static const struct store_statement rows[] = {
	[LOAD] = { "certificate_load", STORE_BY_FRONT,
		"SELECT ce.serial, re.application_id, re.not_after_at, re.municipality,"
		" sha256(re.spki), v.serial IS NOT NULL, v.revoked_at, v.cause,"
		" clock_timestamp() + s.clock_offset, ce.der FROM"
		STORE_ROW("certificate", "ce", "x.serial = $1::bytea")
		STORE_JOIN("reservation", "re", "x.serial = ce.serial")
		" CROSS JOIN hakko.system s"
		STORE_LEFT_JOIN("revocation", "v", "x.serial = ce.serial")
		" WHERE $2::text IS NULL OR re.municipality = $2" },
	/* Before the revocation, so that the application is locked before the counter is. */
	[DISCARD] = { "revocation_discard", STORE_BY_FRONT,
		"UPDATE hakko.application a SET state = 'discarded'"
		" WHERE a.id = (SELECT x.application_id FROM hakko.reservation x"
		" WHERE x.serial = $1::bytea) AND a.reservation_id ="
		" (SELECT x.id FROM hakko.reservation x WHERE x.serial = $1) AND a.state = 'issued'" },
	[INSERT] = { "revocation_insert", STORE_BY_FRONT,
		"WITH v AS (INSERT INTO hakko.revocation (serial, cause, revoked_at, client_id, clerk)"
		" SELECT ce.serial, $9::text, $2, nullif($10::bigint, 0), $11::text"
		" FROM hakko.certificate ce WHERE ce.serial = $8::bytea RETURNING serial) "
		STORE_LEAF_INSERT " FROM v RETURNING id" },
};
/* clang-format on */
const struct store_statements store_revocation_statements = { rows, LENGTH_OF(rows) };

static const struct store_column columns[] = {
	STORE_COLUMN(STORE_OCTETS, store_certificate_view, certificate.serial),
	STORE_COLUMN(STORE_TEXT, store_certificate_view, certificate.application),
	STORE_COLUMN(STORE_INSTANT, store_certificate_view, certificate.not_after_at),
	STORE_COLUMN(STORE_TEXT, store_certificate_view, municipality),
	STORE_COLUMN(STORE_OCTETS, store_certificate_view, key),
	STORE_COLUMN(STORE_BOOL, store_certificate_view, revoked),
	STORE_COLUMN(STORE_INSTANT, store_certificate_view, revoked_at),
	STORE_NAMED(STORE_NAME_REVOCATION_CAUSE, store_certificate_view, cause),
	STORE_COLUMN(STORE_INSTANT, store_certificate_view, now_at),
	STORE_COLUMN(STORE_BYTES, store_certificate_view, certificate.der),
};
#define DER_COLUMN ((int)LENGTH_OF(columns) - 1)

int store_certificate_load(struct store *store, const uint8_t serial[SERIAL_LEN],
	const char *municipality, struct store_certificate_view *ret_view)
{
	STORE_ANSWER_CLEANUP struct store_answer answer = { { NULL } };
	struct store_query query;

	store_query_init(&query, rows[LOAD].name);
	store_query_octets(&query, serial, SERIAL_LEN);
	store_query_text(&query, municipality);
	int r = store_query_run(store, &query, 1, &answer);
	if (r != 0)
		return r < 0 ? fault_trace(r) : r;
	if (store_answer_rows(&answer, 0) == 0)
		return STORE_NOT_FOUND;
	r = store_row_read(answer.results[0], 0, 0, STORE_COLUMNS(columns), ret_view);
	if (r < 0)
		return fault_trace(r);
	ret_view->certificate.der_len = store_row_len(answer.results[0], 0, DER_COLUMN);
	return 0;
}

int store_revocation_insert(struct store *store, const uint8_t serial[SERIAL_LEN],
	enum revocation_cause cause, int64_t client_id, const char *clerk, const struct leaf *leaf,
	const struct leaf_octets *octets)
{
	STORE_ANSWER_CLEANUP struct store_answer answer = { { NULL } };
	struct store_query queries[4];

	store_query_init(&queries[0], "begin");
	store_query_init(&queries[1], rows[DISCARD].name);
	store_query_octets(&queries[1], serial, SERIAL_LEN);
	store_query_init(&queries[2], rows[INSERT].name);
	store_leaf_bind(&queries[2], leaf, octets);
	store_query_octets(&queries[2], serial, SERIAL_LEN);
	store_query_text(&queries[2], store_name_of(STORE_NAME_REVOCATION_CAUSE, (int)cause));
	store_query_int8(&queries[2], client_id);
	store_query_text(&queries[2], clerk);
	store_query_init(&queries[3], "commit");
	int r = store_query_run(store, queries, LENGTH_OF(queries), &answer);
	if (r != 0)
		return r < 0 ? fault_trace(r) : r;
	/* No certificate, nothing done: the commit was of nothing. */
	return store_answer_rows(&answer, 2) == 0 ? STORE_NOT_FOUND : 0;
}
