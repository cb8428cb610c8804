/* SPDX-License-Identifier: Apache-2.0 */
#include "store/issuance.h"

#include <string.h>

#include "base/fault.h"
#include "store/facts.h"
#include "store/leaf.h"
#include "store/name.h"

/* $8… of both records: what is inserted of a certificate, from a row t of application and serial. */
#define CERTIFICATE_INSERT                                                                         \
	"INSERT INTO hakko.certificate (serial, der, tbs_sha256, signer, position, hash,"          \
	" recorded_at) SELECT t.serial, $10::bytea, $11::bytea, $12::bytea, $13::bigint,"          \
	" $14::bytea, clock_timestamp() + s.clock_offset FROM t, hakko.system s"

enum { FACTS, RESERVED, RECORD_LOAD, RECORD, STANDING, RECORD_LATE };

/* clang-format off */
static const struct store_statement rows[] = {
	[FACTS] = { "issuance_facts", STORE_BY_FRONT,
		"SELECT" STORE_FACTS_COLUMNS "," STORE_APPLICATION_COLUMNS ","
		STORE_EXISTS_ROW("certified_key",
			"x.spki_sha256 = $3::bytea AND x.application_id <> a.id")
		STORE_APPLICATION_FROM STORE_OF_MUNICIPALITY },
	/* Only a repeated submission needs it. */
	[RESERVED] = { "issuance_reserved", STORE_BY_FRONT,
		"SELECT sha256(re.spki), re.id, re.application_id, re.record_id, re.municipality,"
		" re.romaji, re.serial, re.reserved_at, re.not_after_at, re.cn, re.ca_key,"
		" re.profile, re.spki, ce.der FROM"
		STORE_ROW("application", "a", "x.id = $1::text")
		STORE_JOIN("reservation", "re", "x.id = a.reservation_id")
		STORE_LEFT_JOIN("certificate", "ce", "x.serial = re.serial") },
	[RECORD_LOAD] = { "resident_record_load", STORE_BY_FRONT,
		"SELECT" STORE_RESIDENT_COLUMNS " FROM"
		STORE_ROW("resident_record", "rr", "x.id = $1::bigint")
		STORE_JOIN("resident", "r", "x.id = rr.resident_id") },
	/*
	 * The application's row decides who records: whoever finds it issuing by this reservation.
	 * Only that row is locked; who records several in one transaction sorts by application.
	 */
	[RECORD] = { "issuance_record", STORE_BY_FRONT,
		"WITH r AS MATERIALIZED (SELECT re.application_id, re.serial, re.not_after_at"
		" FROM hakko.reservation re WHERE re.id = $8::bigint AND re.serial = $9::bytea),"
		" t AS (UPDATE hakko.application a SET state = 'issued'"
		" WHERE a.id = (SELECT r.application_id FROM r)"
		" AND a.state = 'issuing' AND a.reservation_id = $8"
		" RETURNING a.id, $9::bytea AS serial),"
		" c AS (" CERTIFICATE_INSERT "),"
		" l AS (" STORE_LEAF_INSERT " FROM t)"
		" SELECT t.id, r.not_after_at FROM t, r" },
	[STANDING] = { "issuance_standing", STORE_BY_FRONT,
		"SELECT ab.reservation_id IS NOT NULL, ce.serial IS NOT NULL,"
		" r.serial, r.application_id, r.not_after_at, ce.der FROM"
		STORE_ROW("reservation", "r", "x.id = $1::bigint AND x.serial = $2::bytea")
		STORE_LEFT_JOIN("abandonment", "ab", "x.reservation_id = r.id")
		STORE_LEFT_JOIN("certificate", "ce", "x.serial = r.serial") },
	[RECORD_LATE] = { "issuance_record_late", STORE_BY_FRONT,
		"WITH t AS (SELECT r.serial FROM"
		STORE_ROW("reservation", "r", "x.id = $8::bigint AND x.serial = $9::bytea")
		STORE_JOIN("abandonment", "ab", "x.reservation_id = r.id") "),"
		" c AS (" CERTIFICATE_INSERT " ON CONFLICT (serial) DO NOTHING RETURNING serial),"
		" l AS (" STORE_LEAF_INSERT " FROM c)"
		" SELECT FROM t" },
};
/* clang-format on */
const struct store_statements store_issuance_statements = { rows, LENGTH_OF(rows) };

/* Of the application's latest reservation. */
static const struct store_column columns[] = {
	STORE_COLUMN(STORE_OCTETS, store_issuance, reserved_key),
	STORE_COLUMN(STORE_INT8, store_issuance, reservation.id),
	STORE_COLUMN(STORE_TEXT, store_issuance, reservation.application),
	STORE_COLUMN(STORE_INT8, store_issuance, reservation.record_id),
	STORE_COLUMN(STORE_TEXT, store_issuance, reservation.municipality),
	STORE_COLUMN(STORE_TEXT, store_issuance, reservation.romaji),
	STORE_COLUMN(STORE_OCTETS, store_issuance, reservation.serial),
	STORE_COLUMN(STORE_INSTANT, store_issuance, reservation.reserved_at),
	STORE_COLUMN(STORE_INSTANT, store_issuance, reservation.not_after_at),
	STORE_COLUMN(STORE_TEXT, store_issuance, reservation.cn),
	STORE_COLUMN(STORE_OCTETS, store_issuance, reservation.ca_key_id),
	STORE_COLUMN(STORE_OCTETS, store_issuance, reservation.profile),
	STORE_COLUMN(STORE_BYTES, store_issuance, reservation.spki),
	STORE_COLUMN(STORE_BYTES, store_issuance, certificate.der),
};
#define SPKI_COLUMN ((int)LENGTH_OF(columns) - 2)
#define DER_COLUMN ((int)LENGTH_OF(columns) - 1)

/* What stands of a reservation that cannot be recorded any more. */
struct standing {
	bool abandoned, recorded;
	struct certificate certificate;
};
static const struct store_column standing_columns[] = {
	STORE_COLUMN(STORE_BOOL, standing, abandoned),
	STORE_COLUMN(STORE_BOOL, standing, recorded),
	STORE_COLUMN(STORE_OCTETS, standing, certificate.serial),
	STORE_COLUMN(STORE_TEXT, standing, certificate.application),
	STORE_COLUMN(STORE_INSTANT, standing, certificate.not_after_at),
	STORE_COLUMN(STORE_BYTES, standing, certificate.der),
};
#define STANDING_DER ((int)LENGTH_OF(standing_columns) - 1)

/* The reservation's columns say what was issued, where something was. */
static void fill_issued(struct store_issuance *issuance)
{
	const struct reservation *reservation = &issuance->reservation;

	issuance->issued_key = issuance->reserved_key;
	issuance->certificate.not_after_at = reservation->not_after_at;
	memcpy(issuance->certificate.serial, reservation->serial, SERIAL_LEN);
	memcpy(issuance->certificate.application, reservation->application,
		sizeof(reservation->application));
}

/* Which states have a reservation that counts, and whether it is issued. */
static void judge_state(enum application_state state, struct store_issuance *issuance)
{
	issuance->reserved = state == APPLICATION_ISSUING;
	issuance->issued = state == APPLICATION_ISSUED || state == APPLICATION_DELIVERED ||
		state == APPLICATION_DISCARDED;
}

/* What a repeated submission finds. */
static int load_reserved(struct store *store, struct store_issuance *issuance)
{
	STORE_ANSWER_CLEANUP struct store_answer answer = { { NULL } };
	struct store_query query;

	store_query_init(&query, rows[RESERVED].name);
	store_query_text(&query, issuance->facts.application.id);
	int r = store_query_run(store, &query, 1, &answer);
	if (r != 0)
		return r < 0 ? fault_trace(r) : r;
	if (store_answer_rows(&answer, 0) == 0)
		return fault_new(FAULT_STATE, "database: an application's reservation is gone");
	const PGresult *result = answer.results[0];
	r = store_row_read(result, 0, 0, STORE_COLUMNS(columns), issuance);
	if (r < 0)
		return fault_trace(r);
	issuance->reservation.spki_len = store_row_len(result, 0, SPKI_COLUMN);
	issuance->certificate.der_len = store_row_len(result, 0, DER_COLUMN);
	fill_issued(issuance);
	return 0;
}

/* The record a reservation is about, when it is no longer the resident's current one. */
static int load_record(struct store *store, int64_t record_id, struct resident *ret_resident)
{
	STORE_ANSWER_CLEANUP struct store_answer answer = { { NULL } };
	struct store_query query;

	store_query_init(&query, rows[RECORD_LOAD].name);
	store_query_int8(&query, record_id);
	int r = store_query_run(store, &query, 1, &answer);
	if (r != 0)
		return r < 0 ? fault_trace(r) : r;
	if (store_answer_rows(&answer, 0) == 0)
		return fault_new(FAULT_STATE, "database: a reserved record is gone");
	r = store_row_read(answer.results[0], 0, 0, store_resident_columns, ret_resident);
	return r < 0 ? fault_trace(r) : 0;
}

/* Reservation, certificate and the record they are about; the transaction is open. */
static int complete(struct store *store, struct store_issuance *issuance)
{
	const struct reservation *reservation = &issuance->reservation;
	int r = 0;

	judge_state(issuance->facts.application.state, issuance);
	issuance->certified = issuance->facts.resident;
	if (issuance->reserved || issuance->issued)
		r = load_reserved(store, issuance);
	if (r == 0 && issuance->reserved && reservation->record_id != issuance->certified.record_id)
		r = load_record(store, reservation->record_id, &issuance->certified);
	return r < 0 ? fault_trace(r) : r;
}

int store_issuance_begin(struct store *store, const struct digest *fingerprint,
	const char *application_id, const struct digest *key, struct store_issuance *ret_issuance)
{
	STORE_ANSWER_CLEANUP struct store_answer answer = { { NULL } };
	struct store_query queries[3];

	store_facts_begin(&queries[0]);
	store_facts_lock(&queries[1], application_id);
	store_query_init(&queries[2], rows[FACTS].name);
	store_query_digest(&queries[2], fingerprint);
	store_query_text(&queries[2], application_id);
	store_query_digest(&queries[2], key);
	int r = store_query_run(store, queries, LENGTH_OF(queries), &answer);
	if (r != 0)
		return r < 0 ? fault_trace(r) : r;
	memset(ret_issuance, 0, sizeof(*ret_issuance));
	r = store_facts_take(store, &answer, 2, true, &ret_issuance->facts);
	if (r != 0)
		return r < 0 ? fault_trace(r) : r;
	ret_issuance->facts.key_taken = store_row_bool(
		answer.results[2], 0, PQnfields(answer.results[2]) - 1);
	r = complete(store, ret_issuance);
	if (r != 0)
		return store_query_give_up(store, r < 0 ? fault_trace(r) : r);
	return 0;
}

static void bind_record(
	struct store_query *query, const char *name, const struct store_record *record)
{
	store_query_init(query, name);
	store_leaf_bind(query, &record->leaf, &record->octets);
	store_query_int8(query, record->reservation);
	store_query_octets(query, record->certificate.serial, SERIAL_LEN);
	store_query_octets(query, record->certificate.der, record->certificate.der_len);
	store_query_digest(query, &record->tbs);
	store_query_octets(query, record->signer, sizeof(record->signer));
	store_query_int8(query, record->position);
	store_query_digest(query, &record->hash);
}

/* Somebody else settled it: what stands? */
static int load_standing(
	struct store *store, const struct store_record *record, struct certificate *ret_recorded)
{
	STORE_ANSWER_CLEANUP struct store_answer answer = { { NULL } };
	struct store_query query;
	struct standing standing;

	store_query_init(&query, rows[STANDING].name);
	store_query_int8(&query, record->reservation);
	store_query_octets(&query, record->certificate.serial, SERIAL_LEN);
	int r = store_query_run(store, &query, 1, &answer);
	if (r != 0)
		return r < 0 ? fault_trace(r) : r;
	if (store_answer_rows(&answer, 0) == 0)
		return STORE_NOT_FOUND;
	r = store_row_read(answer.results[0], 0, 0, STORE_COLUMNS(standing_columns), &standing);
	if (r < 0)
		return fault_trace(r);
	if (standing.abandoned)
		return STORE_ABANDONED;
	if (!standing.recorded)
		return fault_new(
			FAULT_STATE, "database: a reservation is neither open nor settled");
	standing.certificate.der_len = store_row_len(answer.results[0], 0, STANDING_DER);
	*ret_recorded = standing.certificate;
	return 0;
}

int store_issuance_record(
	struct store *store, const struct store_record *record, struct certificate *ret_recorded)
{
	STORE_ANSWER_CLEANUP struct store_answer answer = { { NULL } };
	struct store_query query;

	bind_record(&query, rows[RECORD].name, record);
	int r = store_query_run(store, &query, 1, &answer);
	if (r != 0)
		return r < 0 ? fault_trace(r) : r;
	if (store_answer_rows(&answer, 0) == 0) {
		r = load_standing(store, record, ret_recorded);
		return r < 0 ? fault_trace(r) : r;
	}
	static const struct store_column recorded[] = {
		STORE_COLUMN(STORE_TEXT, certificate, application),
		STORE_COLUMN(STORE_INSTANT, certificate, not_after_at),
	};
	struct certificate certificate = record->certificate;
	r = store_row_read(answer.results[0], 0, 0, STORE_COLUMNS(recorded), &certificate);
	if (r < 0)
		return fault_trace(r);
	*ret_recorded = certificate;
	return 0;
}

int store_issuance_record_late(struct store *store, const struct store_record *record)
{
	STORE_ANSWER_CLEANUP struct store_answer answer = { { NULL } };
	struct store_query query;

	bind_record(&query, rows[RECORD_LATE].name, record);
	int r = store_query_run(store, &query, 1, &answer);
	if (r != 0)
		return r < 0 ? fault_trace(r) : r;
	return store_answer_rows(&answer, 0) == 0 ? STORE_NOT_FOUND : 0;
}
