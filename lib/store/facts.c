/* SPDX-License-Identifier: Apache-2.0 */
#include "store/facts.h"

#include <string.h>

#include "base/fault.h"
#include "store/name.h"

enum { LIVE };

/* clang-format off */
static const struct store_statement rows[] = {
	/*
	 * A live certificate of a resident (P8): an application's latest reservation, recorded (that
	 * is what the state says), not revoked, valid through the whole second of its notAfter.
	 */
	[LIVE] = { "facts_live", STORE_BY_FRONT,
		"SELECT la.id, lr.serial, lr.not_after_at"
		" FROM hakko.application la CROSS JOIN hakko.system s"
		STORE_JOIN("reservation", "lr", "x.id = la.reservation_id")
		" WHERE la.resident_id = $1::bigint AND la.state IN ('issued', 'delivered')"
		" AND lr.not_after_at > clock_timestamp() + s.clock_offset - interval '1 second'"
		" AND NOT" STORE_EXISTS_ROW("revocation", "x.serial = lr.serial")
		" LIMIT 1" },
};
/* clang-format on */
const struct store_statements store_facts_statements = { rows, LENGTH_OF(rows) };

static const struct store_column columns[] = {
	STORE_COLUMN(STORE_INSTANT, facts, now_at),
	STORE_COLUMN(STORE_INT, facts, programme.id),
	STORE_COLUMN(STORE_INSTANT, facts, programme.opening_at),
	STORE_COLUMN(STORE_INSTANT, facts, programme.closing_at),
	STORE_COLUMN(STORE_INT, facts, programme.validity_years),
	STORE_COLUMN(STORE_INT, facts, programme.fee_yen),
	STORE_COLUMN(STORE_TEXT, facts, municipality.code),
	STORE_COLUMN(STORE_TEXT, facts, municipality.name),
	STORE_COLUMN(STORE_TEXT, facts, municipality.romaji),
	STORE_COLUMN(STORE_INSTANT, facts, municipality.closing_at),
	STORE_COLUMN(STORE_INT8, facts, client.id),
	STORE_COLUMN(STORE_OCTETS, facts, client.fingerprint),
	STORE_NAMED(STORE_NAME_CLIENT_ROLE, facts, client.role),
	STORE_COLUMN(STORE_TEXT, facts, client.municipality),
	STORE_COLUMN(STORE_TEXT, facts, client.name),
	STORE_COLUMN(STORE_BOOL, facts, client.suspended),
	STORE_COLUMN(STORE_BOOL, facts, has_other_open),
	STORE_COLUMN(STORE_TEXT, facts, other_open),
	STORE_COLUMN(STORE_BOOL, facts, has_live), /* was issued one, so far */
	STORE_COLUMN(STORE_INSTANT, facts, ca_not_after_at),
	STORE_COLUMN(STORE_BOOL, facts, resident_known),
};
const struct store_columns store_facts_columns = { columns, LENGTH_OF(columns) };

static const struct store_column application[] = {
	STORE_COLUMN(STORE_BOOL, facts, application_known),
	STORE_COLUMN(STORE_TEXT, facts, application.id),
	STORE_NAMED(STORE_NAME_APPLICATION_KIND, facts, application.kind),
	STORE_NAMED(STORE_NAME_APPLICATION_STATE, facts, application.state),
	STORE_COLUMN(STORE_TEXT, facts, application.municipality),
	STORE_COLUMN(STORE_INT8, facts, application.resident_id),
	STORE_COLUMN(STORE_INT8, facts, application.terminal_id),
	STORE_COLUMN(STORE_INSTANT, facts, application.opened_at),
	STORE_COLUMN(STORE_BOOL, facts, application.fee_paid),
	STORE_COLUMN(STORE_INT, facts, application.fee_yen),
};
const struct store_columns store_application_columns = { application, LENGTH_OF(application) };

struct live {
	char application[APPLICATION_ID_LEN + 1];
	uint8_t serial[SERIAL_LEN];
	int64_t not_after_at;
};
static const struct store_column live_columns[] = {
	STORE_COLUMN(STORE_TEXT, live, application),
	STORE_COLUMN(STORE_OCTETS, live, serial),
	STORE_COLUMN(STORE_INSTANT, live, not_after_at),
};

static const struct store_column resident[] = {
	STORE_COLUMN(STORE_INT8, resident, id),
	STORE_COLUMN(STORE_INT8, resident, record_id),
	STORE_COLUMN(STORE_OCTETS, resident, commitment),
	STORE_COLUMN(STORE_TEXT, resident, municipality),
	STORE_COLUMN(STORE_TEXT, resident, name),
	STORE_COLUMN(STORE_TEXT, resident, name_flags),
	STORE_COLUMN(STORE_TEXT, resident, address),
	STORE_COLUMN(STORE_TEXT, resident, address_flags),
	STORE_COLUMN(STORE_INT, resident, birth.era),
	STORE_COLUMN(STORE_INT, resident, birth.year),
	STORE_COLUMN(STORE_INT, resident, birth.month),
	STORE_COLUMN(STORE_INT, resident, birth.day),
	STORE_COLUMN(STORE_FINDING, resident, adult_finding),
	STORE_COLUMN(STORE_INT, resident, sex),
	STORE_COLUMN(STORE_BOOL, resident, ward),
	STORE_NAMED(STORE_NAME_CARD_STATE, resident, card.state),
	STORE_COLUMN(STORE_TEXT, resident, card.number),
	STORE_COLUMN(STORE_DATE, resident, card.valid_to_on),
	STORE_COLUMN(STORE_BOOL, resident, present),
};
const struct store_columns store_resident_columns = { resident, LENGTH_OF(resident) };

void store_facts_begin(struct store_query *ret_begin)
{
	store_query_init(ret_begin, "begin");
}

void store_facts_lock(struct store_query *ret_lock, const char *application_id)
{
	store_query_init(ret_lock, "application_lock");
	store_query_text(ret_lock, application_id);
}

/* Is what was issued to the resident live? */
static int load_live(struct store *store, struct facts *facts)
{
	STORE_ANSWER_CLEANUP struct store_answer answer = { { NULL } };
	struct store_query query;
	struct live live = { .not_after_at = 0 };

	store_query_init(&query, rows[LIVE].name);
	store_query_int8(&query, facts->resident.id);
	int r = store_query_run(store, &query, 1, &answer);
	if (r != 0)
		return r < 0 ? fault_trace(r) : r;
	facts->has_live = store_answer_rows(&answer, 0) > 0;
	if (!facts->has_live)
		return 0;
	r = store_row_read(answer.results[0], 0, 0, STORE_COLUMNS(live_columns), &live);
	if (r < 0)
		return fault_trace(r);
	memcpy(facts->live_serial, live.serial, SERIAL_LEN);
	facts->live_not_after_at = live.not_after_at;
	facts->certificate_live = facts->application_known &&
		strcmp(live.application, facts->application.id) == 0;
	return 0;
}

static int read_facts(const PGresult *result, bool with_application, struct facts *ret_facts)
{
	int first_resident = (int)store_facts_columns.count;
	int first_application = first_resident + (int)store_resident_columns.count;

	memset(ret_facts, 0, sizeof(*ret_facts));
	int r = store_row_read(result, 0, 0, store_facts_columns, ret_facts);
	if (r == 0)
		r = store_row_read(
			result, 0, first_resident, store_resident_columns, &ret_facts->resident);
	if (r == 0 && with_application)
		r = store_row_read(
			result, 0, first_application, store_application_columns, ret_facts);
	return r < 0 ? fault_trace(r) : 0;
}

int store_facts_take(struct store *store, const struct store_answer *answer, size_t index,
	bool with_application, struct facts *ret_facts)
{
	if (store_answer_rows(answer, index) == 0)
		return store_query_give_up(store, STORE_NOT_FOUND);
	int r = read_facts(answer->results[index], with_application, ret_facts);
	if (r == 0 && ret_facts->has_live)
		r = load_live(store, ret_facts);
	if (r != 0)
		return store_query_give_up(store, r < 0 ? fault_trace(r) : r);
	store->begun = true;
	store->client_id = ret_facts->client.id;
	return 0;
}
