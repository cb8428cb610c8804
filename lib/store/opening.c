/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/fault.h"
#include "store/application.h"
#include "store/facts.h"
#include "store/name.h"

enum { LOCK, FACTS, INSERT };

/* clang-format off */
static const struct store_statement rows[] = {
	[LOCK] = { "opening_lock", STORE_BY_FRONT,
		"SELECT FROM hakko.resident r WHERE r.card_number = $1::text FOR NO KEY UPDATE" },
	/* The client's municipality; a client without one gets none, and no verdict will allow it. */
	[FACTS] = { "opening_facts", STORE_BY_FRONT,
		"SELECT" STORE_FACTS_COLUMNS " FROM"
		STORE_ROW("client", "c", "x.fingerprint = $1::bytea")
		" CROSS JOIN hakko.system s"
		STORE_JOIN("programme", "p", "x.id = 1")
		STORE_LEFT_JOIN("municipality", "m", "x.code = c.municipality")
		STORE_LEFT_JOIN("resident", "r", "x.card_number = $2::text")
		STORE_LEFT_JOIN("resident_record", "rr", "x.id = r.current_record_id")
		STORE_OTHERS("") STORE_NEWEST_CA },
	[INSERT] = { "opening_insert", STORE_BY_FRONT,
		"INSERT INTO hakko.application (id, kind, state, municipality, resident_id,"
		" terminal_id, clerk, opened_at, visit_case, identity, identity_valid_to_on,"
		" card_number)"
		" VALUES ($1::text, $2::text, $3::text, $4::text, $5::bigint, $6::bigint, $7::text,"
		" $8::timestamptz, $9::text, $10::text, $11::date, $12::text)" },
};
/* clang-format on */
const struct store_statements store_opening_statements = { rows, LENGTH_OF(rows) };

int store_opening_begin(struct store *store, const struct digest *fingerprint,
	const char *card_number, struct facts *ret_facts)
{
	STORE_ANSWER_CLEANUP struct store_answer answer = { { NULL } };
	struct store_query queries[3];

	store_facts_begin(&queries[0]);
	store_query_init(&queries[1], rows[LOCK].name);
	store_query_text(&queries[1], card_number);
	store_query_init(&queries[2], rows[FACTS].name);
	store_query_digest(&queries[2], fingerprint);
	store_query_text(&queries[2], card_number);
	int r = store_query_run(store, queries, LENGTH_OF(queries), &answer);
	if (r != 0)
		return r < 0 ? fault_trace(r) : r;
	r = store_facts_take(store, &answer, 2, false, ret_facts);
	return r < 0 ? fault_trace(r) : r;
}

static void bind(
	struct store_query *query, const struct application *application, const struct visit *visit)
{
	store_query_init(query, rows[INSERT].name);
	store_query_text(query, application->id);
	store_query_text(query, store_name_of(STORE_NAME_APPLICATION_KIND, (int)application->kind));
	store_query_text(query, application_state_name(application->state));
	store_query_text(query, application->municipality);
	store_query_int8(query, application->resident_id);
	store_query_int8(query, application->terminal_id);
	store_query_text(query, visit->clerk);
	store_query_instant(query, application->opened_at);
	store_query_text(query, store_name_of(STORE_NAME_VISIT_CASE, (int)visit->visit_case));
	store_query_text(query, store_name_of(STORE_NAME_IDENTITY, (int)visit->identity));
	if (visit->identity_has_end)
		store_query_date(query, visit->identity_valid_to_on);
	else
		store_query_null(query);
	store_query_text(query, visit->card_number);
}

int store_opening_finish(
	struct store *store, const struct application *application, const struct visit *visit)
{
	STORE_ANSWER_CLEANUP struct store_answer answer = { { NULL } };
	struct store_query queries[2];

	bind(&queries[0], application, visit);
	store_query_init(&queries[1], "commit");
	store->begun = false;
	int r = store_query_run(store, queries, LENGTH_OF(queries), &answer);
	return r < 0 ? fault_trace(r) : r;
}
