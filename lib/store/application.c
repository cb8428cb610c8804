/* SPDX-License-Identifier: Apache-2.0 */
#include "store/application.h"

#include <string.h>

#include "base/fault.h"
#include "store/facts.h"
#include "store/leaf.h"
#include "store/name.h"

enum { LOCK, FACTS, FEE, DELIVERY, VIEW };

/* clang-format off */
static const struct store_statement rows[] = {
	/* The lock order of the whole house: resident, then application. */
	[LOCK] = { "application_lock", STORE_BY_FRONT,
		"SELECT FROM hakko.resident r, hakko.application a WHERE a.id = $1::text"
		" AND r.id = (SELECT x.resident_id FROM hakko.application x WHERE x.id = $1)"
		" FOR NO KEY UPDATE OF r FOR NO KEY UPDATE OF a" },
	[FACTS] = { "application_facts", STORE_BY_FRONT,
		"SELECT" STORE_FACTS_COLUMNS "," STORE_APPLICATION_COLUMNS
		STORE_APPLICATION_FROM STORE_OF_MUNICIPALITY },
	[FEE] = { "fee_insert", STORE_BY_FRONT,
		"INSERT INTO hakko.fee (application_id, amount_yen, receipt_number, client_id, clerk)"
		" VALUES ($1::text, $2::int, $3::text, $4::bigint, $5::text)" },
	[DELIVERY] = { "delivery_insert", STORE_BY_FRONT,
		"WITH a AS (UPDATE hakko.application SET state = 'delivered'"
		" WHERE id = $8::text AND state = 'issued' RETURNING id),"
		" d AS (INSERT INTO hakko.delivery (application_id, client_id, clerk, delivered_at)"
		" SELECT a.id, $9::bigint, $10::text, $2 FROM a) "
		STORE_LEAF_INSERT " FROM a RETURNING id" },
	[VIEW] = { "application_view", STORE_BY_FRONT,
		"SELECT c.id, c.fingerprint, c.role, c.municipality, c.name, c.suspended,"
		" a.id, a.kind, a.state, a.municipality, a.resident_id, a.terminal_id, a.opened_at,"
		" f.application_id IS NOT NULL, f.amount_yen, f.recorded_at, f.receipt_number,"
		" d.delivered_at,"
		" ce.serial IS NOT NULL, ce.serial, re.application_id, re.not_after_at,"
		" v.serial IS NOT NULL, v.revoked_at, v.cause,"
		" a.state IN " STORE_OPEN_STATES " AND clock_timestamp() + s.clock_offset >="
		" least(m.closing_at, p.closing_at), ce.der FROM"
		STORE_ROW("client", "c", "x.fingerprint = $1::bytea")
		STORE_JOIN("application", "a", "x.id = $2::text")
		STORE_JOIN("municipality", "m", "x.code = a.municipality")
		" CROSS JOIN hakko.system s"
		STORE_JOIN("programme", "p", "x.id = 1")
		STORE_LEFT_JOIN("fee", "f", "x.application_id = a.id")
		STORE_LEFT_JOIN("delivery", "d", "x.application_id = a.id")
		STORE_LEFT_JOIN("reservation", "re", "x.id = a.reservation_id"
			" AND a.state IN ('issued', 'delivered', 'discarded')")
		STORE_LEFT_JOIN("certificate", "ce", "x.serial = re.serial")
		STORE_LEFT_JOIN("revocation", "v", "x.serial = ce.serial")
		STORE_OF_MUNICIPALITY },
};
/* clang-format on */
const struct store_statements store_application_statements = { rows, LENGTH_OF(rows) };

static const struct store_column client_columns[] = {
	STORE_COLUMN(STORE_INT8, client, id),
	STORE_COLUMN(STORE_OCTETS, client, fingerprint),
	STORE_NAMED(STORE_NAME_CLIENT_ROLE, client, role),
	STORE_COLUMN(STORE_TEXT, client, municipality),
	STORE_COLUMN(STORE_TEXT, client, name),
	STORE_COLUMN(STORE_BOOL, client, suspended),
};

static const struct store_column view_columns[] = {
	STORE_COLUMN(STORE_TEXT, store_application_view, application.id),
	STORE_NAMED(STORE_NAME_APPLICATION_KIND, store_application_view, application.kind),
	STORE_NAMED(STORE_NAME_APPLICATION_STATE, store_application_view, application.state),
	STORE_COLUMN(STORE_TEXT, store_application_view, application.municipality),
	STORE_COLUMN(STORE_INT8, store_application_view, application.resident_id),
	STORE_COLUMN(STORE_INT8, store_application_view, application.terminal_id),
	STORE_COLUMN(STORE_INSTANT, store_application_view, application.opened_at),
	STORE_COLUMN(STORE_BOOL, store_application_view, application.fee_paid),
	STORE_COLUMN(STORE_INT, store_application_view, application.fee_yen),
	STORE_COLUMN(STORE_INSTANT, store_application_view, receipt_at),
	STORE_COLUMN(STORE_TEXT, store_application_view, receipt_number),
	STORE_COLUMN(STORE_INSTANT, store_application_view, delivered_at),
	STORE_COLUMN(STORE_BOOL, store_application_view, has_certificate),
	STORE_COLUMN(STORE_OCTETS, store_application_view, certificate.serial),
	STORE_COLUMN(STORE_TEXT, store_application_view, certificate.application),
	STORE_COLUMN(STORE_INSTANT, store_application_view, certificate.not_after_at),
	STORE_COLUMN(STORE_BOOL, store_application_view, revoked),
	STORE_COLUMN(STORE_INSTANT, store_application_view, revoked_at),
	STORE_NAMED(STORE_NAME_REVOCATION_CAUSE, store_application_view, revoked_cause),
	STORE_COLUMN(STORE_BOOL, store_application_view, closed_before_issue),
	STORE_COLUMN(STORE_BYTES, store_application_view, certificate.der),
};
#define DER_COLUMN ((int)(LENGTH_OF(client_columns) + LENGTH_OF(view_columns)) - 1)

int store_application_begin(struct store *store, const struct digest *fingerprint,
	const char *application_id, struct facts *ret_facts)
{
	STORE_ANSWER_CLEANUP struct store_answer answer = { { NULL } };
	struct store_query queries[3];

	store_facts_begin(&queries[0]);
	store_facts_lock(&queries[1], application_id);
	store_query_init(&queries[2], rows[FACTS].name);
	store_query_digest(&queries[2], fingerprint);
	store_query_text(&queries[2], application_id);
	int r = store_query_run(store, queries, LENGTH_OF(queries), &answer);
	if (r != 0)
		return r < 0 ? fault_trace(r) : r;
	r = store_facts_take(store, &answer, 2, true, ret_facts);
	return r < 0 ? fault_trace(r) : r;
}

/* Runs queries[0], then COMMIT in the same round trip. */
static int finish(struct store *store, struct store_query queries[2], struct store_answer *ret)
{
	store_query_init(&queries[1], "commit");
	store->begun = false;
	int r = store_query_run(store, queries, 2, ret);
	return r < 0 ? fault_trace(r) : r;
}

int store_fee_finish(struct store *store, const char *application_id, int32_t amount_yen,
	const char *receipt_number, const char *clerk)
{
	STORE_ANSWER_CLEANUP struct store_answer answer = { { NULL } };
	struct store_query queries[2];

	store_query_init(&queries[0], rows[FEE].name);
	store_query_text(&queries[0], application_id);
	store_query_int4(&queries[0], amount_yen);
	store_query_text(&queries[0], receipt_number);
	store_query_int8(&queries[0], store->client_id);
	store_query_text(&queries[0], clerk);
	int r = finish(store, queries, &answer);
	return r < 0 ? fault_trace(r) : r;
}

int store_delivery_finish(struct store *store, const char *application_id, const char *clerk,
	const struct leaf *leaf, const struct leaf_octets *octets)
{
	STORE_ANSWER_CLEANUP struct store_answer answer = { { NULL } };
	struct store_query queries[2];

	store_query_init(&queries[0], rows[DELIVERY].name);
	store_leaf_bind(&queries[0], leaf, octets);
	store_query_text(&queries[0], application_id);
	store_query_int8(&queries[0], store->client_id);
	store_query_text(&queries[0], clerk);
	int r = finish(store, queries, &answer);
	if (r != 0)
		return r < 0 ? fault_trace(r) : r;
	return store_answer_rows(&answer, 0) == 0 ? STORE_STALE : 0;
}

int store_application_view(struct store *store, const struct digest *fingerprint,
	const char *application_id, struct client *ret_client,
	struct store_application_view *ret_view)
{
	STORE_ANSWER_CLEANUP struct store_answer answer = { { NULL } };
	struct store_query query;

	store_query_init(&query, rows[VIEW].name);
	store_query_digest(&query, fingerprint);
	store_query_text(&query, application_id);
	int r = store_query_run(store, &query, 1, &answer);
	if (r != 0)
		return r < 0 ? fault_trace(r) : r;
	const PGresult *result = answer.results[0];
	if (PQntuples(result) == 0)
		return STORE_NOT_FOUND;
	r = store_row_read(result, 0, 0, STORE_COLUMNS(client_columns), ret_client);
	if (r == 0)
		r = store_row_read(result, 0, (int)LENGTH_OF(client_columns),
			STORE_COLUMNS(view_columns), ret_view);
	if (r < 0)
		return fault_trace(r);
	ret_view->certificate.der_len = store_row_len(result, 0, DER_COLUMN);
	return 0;
}
