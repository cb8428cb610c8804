/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>

#include "base/fault.h"
#include "store/array.h"
#include "store/epoch.h"
#include "store/issuance.h"
#include "store/row.h"

#define ROW_MAX (CERTIFICATE_MAX + LEAF_DETAIL_MAX + 64) /* more than any column's element takes */
#define ARRAY_MAX (64 + (size_t)STORE_GROUP_MAX * ROW_MAX)

enum { RECORD, RECORDED };

/* clang-format off */
static const struct store_statement rows[] = {
	/*
	 * As store_issuance_record() of each: whoever finds the application issuing by this very
	 * reservation records it. Two groups that hold the same applications may wait for each
	 * other; the server then ends one (STORE_RETRY).
	 */
	[RECORD] = { "issuance_group_record", STORE_BY_FRONT,
		"WITH i AS MATERIALIZED (SELECT * FROM unnest($1::bigint[], $2::bytea[],"
		" $3::bytea[], $4::bytea[], $5::bytea[], $6::bigint[], $7::bytea[],"
		" $8::timestamptz[], $9::bytea[], $10::bytea[], $11::text[])"
		" AS x(id, serial, der, tbs, signer, position, hash, happened_at, octets, salt,"
		" detail)),"
		" r AS MATERIALIZED (SELECT i.*, re.application_id FROM i"
		STORE_JOIN("reservation", "re", "x.id = i.id AND x.serial = i.serial") "),"
		" t AS (UPDATE hakko.application a SET state = 'issued'"
		" WHERE a.id = ANY (ARRAY(SELECT r.application_id FROM r))"
		" AND a.state = 'issuing' AND a.reservation_id = ANY (ARRAY(SELECT r.id FROM r))"
		" RETURNING a.id, a.reservation_id),"
		" c AS (INSERT INTO hakko.certificate (serial, der, tbs_sha256, signer, position,"
		" hash, recorded_at) SELECT r.serial, r.der, r.tbs, r.signer, r.position, r.hash,"
		" clock_timestamp() + s.clock_offset FROM t JOIN r ON r.id = t.reservation_id,"
		" hakko.system s),"
		" l AS (INSERT INTO hakko.leaf (kind, happened_at, octets, salt, detail, serial,"
		" application_id) SELECT 'issuance', r.happened_at, r.octets, r.salt, r.detail,"
		" r.serial, t.id FROM t JOIN r ON r.id = t.reservation_id)"
		" SELECT t.reservation_id FROM t" },
	[RECORDED] = { "issuance_group_recorded", STORE_BY_FRONT,
		"SELECT i.id FROM unnest($1::bigint[]) AS i(id)"
		STORE_JOIN("reservation", "re", "x.id = i.id")
		STORE_JOIN("certificate", "ce", "x.serial = re.serial") },
};
/* clang-format on */
const struct store_statements store_issuance_group_statements = { rows, LENGTH_OF(rows) };

/* Where a column's value stands in a struct store_record. */
struct element {
	enum store_element element;
	size_t offset;
	size_t len;        /* of octets of one length */
	size_t len_offset; /* of others: where their length stands; 0: `len` holds */
};

#define AT(member_) offsetof(struct store_record, member_)
#define FIXED(member_)                                                                             \
	{                                                                                          \
		STORE_ELEMENT_OCTETS, AT(member_), sizeof(((struct store_record *)NULL)->member_), \
			0                                                                          \
	}
static const struct element elements[] = {
	{ STORE_ELEMENT_INT8, AT(reservation), 0, 0 },
	FIXED(certificate.serial),
	{ STORE_ELEMENT_OCTETS, AT(certificate.der), 0, AT(certificate.der_len) },
	FIXED(tbs.octets),
	FIXED(signer),
	{ STORE_ELEMENT_INT8, AT(position), 0, 0 },
	FIXED(hash.octets),
	{ STORE_ELEMENT_INSTANT, AT(leaf.happened_at), 0, 0 },
	FIXED(octets.octets),
	FIXED(octets.salt),
	{ STORE_ELEMENT_TEXT, AT(octets.detail), 0, AT(octets.detail_len) },
};

static int add(struct buffer *array, const struct element *element, const uint8_t *record)
{
	const uint8_t *place = record + element->offset;
	const size_t *len = (const size_t *)(const void *)(record + element->len_offset);
	const int64_t *number = (const int64_t *)(const void *)place;
	int r;

	if (element->element == STORE_ELEMENT_INT8)
		r = store_array_int8(array, *number);
	else if (element->element == STORE_ELEMENT_INSTANT)
		r = store_array_int8(array, store_epoch_from_instant(*number));
	else
		r = store_array_octets(array,
			(struct bytes){ place, element->len_offset != 0 ? *len : element->len });
	return r < 0 ? fault_trace(r) : 0;
}

/* One column of all records. */
static int fill(struct buffer *array, const struct element *element,
	const struct store_record *const *records, size_t count)
{
	*array = BUFFER(ARRAY_MAX);
	int r = store_array_begin(array, element->element, count);
	for (size_t i = 0; r == 0 && i < count; i++)
		r = add(array, element, (const uint8_t *)records[i]);
	return r < 0 ? fault_trace(r) : 0;
}

/* Runs a query that answers ids, and says which of `ids` are among them. */
static int run(struct store *store, const struct store_query *query, const int64_t *ids,
	size_t count, bool *ret_found)
{
	STORE_ANSWER_CLEANUP struct store_answer answer = { { NULL } };
	int r = store_query_run(store, query, 1, &answer);
	if (r != 0)
		return r < 0 ? fault_trace(r) : r;
	for (size_t i = 0; i < count; i++)
		ret_found[i] = false;
	int found = store_answer_rows(&answer, 0);
	for (int row = 0; row < found; row++) {
		int64_t id = store_row_int8(answer.results[0], row, 0);
		for (size_t i = 0; i < count; i++)
			ret_found[i] = ret_found[i] || ids[i] == id;
	}
	return 0;
}

/* Records those of a group that are of different reservations. */
static int record(struct store *store, const struct store_record *const *records,
	const int64_t *reservations, size_t count, bool *ret_recorded)
{
	struct buffer arrays[LENGTH_OF(elements)] = { { NULL } };
	struct store_query query;
	int r = 0;

	store_query_init(&query, rows[RECORD].name);
	for (size_t i = 0; r == 0 && i < LENGTH_OF(elements); i++) {
		r = fill(&arrays[i], &elements[i], records, count);
		store_array_bind(&query, &arrays[i]);
	}
	if (r == 0)
		r = run(store, &query, reservations, count, ret_recorded);
	for (size_t i = 0; i < LENGTH_OF(arrays); i++)
		buffer_done(&arrays[i]);
	return r < 0 ? fault_trace(r) : r;
}

static bool is_among(int64_t id, const int64_t *ids, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (ids[i] == id)
			return true;
	return false;
}

int store_issuance_group_record(struct store *store, const struct store_record *const *records,
	size_t count, bool *ret_recorded)
{
	const struct store_record *firsts[STORE_GROUP_MAX];
	int64_t ids[STORE_GROUP_MAX];
	bool recorded[STORE_GROUP_MAX];
	size_t places[STORE_GROUP_MAX], distinct = 0;

	assert(count > 0 && count <= STORE_GROUP_MAX);
	for (size_t i = 0; i < count; i++) {
		if (is_among(records[i]->reservation, ids, distinct))
			continue;
		firsts[distinct] = records[i];
		ids[distinct] = records[i]->reservation;
		places[distinct++] = i;
	}
	int r = record(store, firsts, ids, distinct, recorded);
	if (r != 0)
		return r < 0 ? fault_trace(r) : r;
	for (size_t i = 0; i < count; i++)
		ret_recorded[i] = false;
	for (size_t i = 0; i < distinct; i++)
		ret_recorded[places[i]] = recorded[i];
	return 0;
}

int store_issuance_group_recorded(
	struct store *store, const int64_t *reservations, size_t count, bool *ret_recorded)
{
	BUFFER_CLEANUP struct buffer array = BUFFER(ARRAY_MAX);
	struct store_query query;

	assert(count > 0);
	int r = store_array_begin(&array, STORE_ELEMENT_INT8, count);
	for (size_t i = 0; r == 0 && i < count; i++)
		r = store_array_int8(&array, reservations[i]);
	if (r < 0)
		return fault_trace(r);
	store_query_init(&query, rows[RECORDED].name);
	store_array_bind(&query, &array);
	r = run(store, &query, reservations, count, ret_recorded);
	return r < 0 ? fault_trace(r) : r;
}
