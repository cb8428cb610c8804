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

enum { FACTS, RECORD_LOAD, RECORD, STANDING, RECORD_LATE };

static const struct store_statement rows[] = {
	[FACTS] = { "issuance_facts", STORE_BY_FRONT,
		"SELECT" STORE_FACTS_COLUMNS "," STORE_APPLICATION_COLUMNS ","
		" EXISTS (SELECT FROM hakko.certified_key ck WHERE ck.spki_sha256 = $3::bytea"
		" AND ck.application_id <> a.id),"
		" a.state = 'issuing', ce.serial IS NOT NULL, sha256(re.spki),"
		" re.id, re.application_id, re.record_id, re.municipality, re.romaji, re.serial,"
		" re.reserved_at, re.not_after_at, re.cn, re.ca_key, re.profile, re.spki, ce.der"
		STORE_APPLICATION_FROM
		" LEFT JOIN hakko.reservation re ON re.id = a.reservation_id"
		" AND a.state IN ('issuing', 'issued', 'delivered', 'discarded')"
		" LEFT JOIN hakko.certificate ce ON ce.serial = re.serial AND a.state <> 'issuing'"
		STORE_OF_CLIENT },
	[RECORD_LOAD] = { "resident_record_load", STORE_BY_FRONT,
		"SELECT" STORE_RESIDENT_COLUMNS
		" FROM hakko.resident_record rr JOIN hakko.resident r ON r.id = rr.resident_id"
		" WHERE rr.id = $1::bigint" },
	/*
	 * The application's row decides who records: whoever finds it issuing by this reservation.
	 * Only that row is locked; who records several in one transaction sorts by application.
	 */
	[RECORD] = { "issuance_record", STORE_BY_FRONT,
		"WITH t AS (UPDATE hakko.application a SET state = 'issued'"
		" FROM hakko.reservation r WHERE r.id = $8::bigint AND r.serial = $9::bytea"
		" AND a.id = r.application_id AND a.state = 'issuing' AND a.reservation_id = r.id"
		" RETURNING a.id, r.serial, r.not_after_at),"
		" c AS (" CERTIFICATE_INSERT "),"
		" l AS (" STORE_LEAF_INSERT " FROM t)"
		" SELECT t.id, t.not_after_at FROM t" },
	[STANDING] = { "issuance_standing", STORE_BY_FRONT,
		"SELECT ab.reservation_id IS NOT NULL, ce.serial IS NOT NULL,"
		" r.serial, r.application_id, r.not_after_at, ce.der"
		" FROM hakko.reservation r"
		" LEFT JOIN hakko.abandonment ab ON ab.reservation_id = r.id"
		" LEFT JOIN hakko.certificate ce ON ce.serial = r.serial"
		" WHERE r.id = $1::bigint AND r.serial = $2::bytea" },
	[RECORD_LATE] = { "issuance_record_late", STORE_BY_FRONT,
		"WITH t AS (SELECT r.serial FROM hakko.reservation r"
		" JOIN hakko.abandonment ab ON ab.reservation_id = r.id"
		" WHERE r.id = $8::bigint AND r.serial = $9::bytea),"
		" c AS (" CERTIFICATE_INSERT " ON CONFLICT (serial) DO NOTHING RETURNING serial),"
		" l AS (" STORE_LEAF_INSERT " FROM c)"
		" SELECT FROM t" },
};
const struct store_statements store_issuance_statements = { rows, LENGTH_OF(rows) };

/* After facts, resident and application. */
static const struct store_column columns[] = {
	STORE_COLUMN(STORE_BOOL, store_issuance, facts.key_taken),
	STORE_COLUMN(STORE_BOOL, store_issuance, reserved),
	STORE_COLUMN(STORE_BOOL, store_issuance, issued),
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

static int take(struct store *store, const struct store_answer *answer,
	struct store_issuance *ret_issuance)
{
	const PGresult *result = answer->results[2];
	int r = store_facts_take(store, answer, 2, true, &ret_issuance->facts);
	if (r != 0)
		return r < 0 ? fault_trace(r) : r;

	int first = (int)(store_facts_columns.count + store_resident_columns.count +
			  store_application_columns.count);
	int last = first + (int)LENGTH_OF(columns) - 1;
	r = store_row_read(result, 0, first, STORE_COLUMNS(columns), ret_issuance);
	if (r < 0)
		return store_query_give_up(store, fault_trace(r));
	ret_issuance->reservation.spki_len = store_row_len(result, 0, last - 1);
	ret_issuance->reservation.abandoned = false;
	ret_issuance->certificate.der_len = store_row_len(result, 0, last);
	fill_issued(ret_issuance);
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
	if (r == 0)
		r = take(store, &answer, ret_issuance);
	if (r != 0)
		return r < 0 ? fault_trace(r) : r;

	ret_issuance->certified = ret_issuance->facts.resident;
	if (!ret_issuance->reserved ||
		ret_issuance->reservation.record_id == ret_issuance->certified.record_id)
		return 0;
	r = load_record(store, ret_issuance->reservation.record_id, &ret_issuance->certified);
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
		return fault_new(FAULT_STATE, "database: a reservation is neither open nor settled");
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
