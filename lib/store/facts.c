/* SPDX-License-Identifier: Apache-2.0 */
#include "store/facts.h"

#include <string.h>

#include "base/fault.h"
#include "store/name.h"

static const struct store_column facts[] = {
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
	STORE_COLUMN(STORE_BOOL, facts, has_live),
	STORE_COLUMN(STORE_OCTETS, facts, live_serial),
	STORE_COLUMN(STORE_INSTANT, facts, live_not_after_at),
	STORE_COLUMN(STORE_INSTANT, facts, ca_not_after_at),
	STORE_COLUMN(STORE_BOOL, facts, resident_known),
};
const struct store_columns store_facts_columns = { facts, LENGTH_OF(facts) };

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
	STORE_COLUMN(STORE_BOOL, facts, certificate_live),
};
const struct store_columns store_application_columns = { application, LENGTH_OF(application) };

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

int store_facts_take(struct store *store, const struct store_answer *answer, size_t index,
	bool with_application, struct facts *ret_facts)
{
	const PGresult *result = answer->results[index];
	int first_resident = (int)store_facts_columns.count;
	int first_application = first_resident + (int)store_resident_columns.count;

	if (PQntuples(result) == 0)
		return store_query_give_up(store, STORE_NOT_FOUND);
	memset(ret_facts, 0, sizeof(*ret_facts));
	int r = store_row_read(result, 0, 0, store_facts_columns, ret_facts);
	if (r == 0)
		r = store_row_read(result, 0, first_resident, store_resident_columns,
			&ret_facts->resident);
	if (r == 0 && with_application)
		r = store_row_read(
			result, 0, first_application, store_application_columns, ret_facts);
	if (r < 0)
		return store_query_give_up(store, fault_trace(r));
	store->begun = true;
	store->client_id = ret_facts->client.id;
	return 0;
}
