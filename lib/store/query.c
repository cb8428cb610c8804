/* SPDX-License-Identifier: Apache-2.0 */
#include "store/query.h"

#include <assert.h>
#include <endian.h>
#include <string.h>

#include "base/fault.h"
#include "store/epoch.h"
#include "store/error.h"
#include "store/wait.h"

#define BINARY 1

static const int all_binary[STORE_PARAMETERS_MAX] = { BINARY, BINARY, BINARY, BINARY, BINARY,
	BINARY, BINARY, BINARY, BINARY, BINARY, BINARY, BINARY, BINARY, BINARY, BINARY, BINARY,
	BINARY, BINARY, BINARY, BINARY, BINARY, BINARY, BINARY, BINARY, BINARY, BINARY, BINARY,
	BINARY };

void store_query_init(struct store_query *query, const char *name)
{
	query->name = name;
	query->count = 0;
}

static void add(struct store_query *query, const void *value, size_t len)
{
	assert(query->count < STORE_PARAMETERS_MAX && len <= INT32_MAX);
	query->values[query->count] = value;
	query->lengths[query->count] = (int)len;
	query->count++;
}

/* Adds a value that is kept in the query itself. */
static void add_fixed(struct store_query *query, const void *value, size_t len)
{
	assert(query->count < STORE_PARAMETERS_MAX && len <= STORE_PARAMETER_FIXED);
	uint8_t *place = query->fixed[query->count];
	memcpy(place, value, len);
	add(query, place, len);
}

void store_query_int4(struct store_query *query, int32_t value)
{
	uint32_t octets = htobe32((uint32_t)value);
	add_fixed(query, &octets, sizeof(octets));
}

void store_query_int8(struct store_query *query, int64_t value)
{
	uint64_t octets = htobe64((uint64_t)value);
	add_fixed(query, &octets, sizeof(octets));
}

void store_query_bool(struct store_query *query, bool value)
{
	uint8_t octet = value;
	add_fixed(query, &octet, sizeof(octet));
}

void store_query_instant(struct store_query *query, int64_t instant_at)
{
	store_query_int8(query, store_epoch_from_instant(instant_at));
}

void store_query_interval(struct store_query *query, int64_t us)
{
	/* Microseconds, days, months. */
	uint64_t octets[2] = { htobe64((uint64_t)us), 0 };
	add_fixed(query, octets, sizeof(octets));
}

void store_query_date(struct store_query *query, struct date date)
{
	store_query_int4(query, store_epoch_from_date(date));
}

void store_query_text(struct store_query *query, const char *text)
{
	if (text == NULL || text[0] == '\0')
		store_query_null(query);
	else
		add(query, text, strlen(text));
}

void store_query_octets(struct store_query *query, const void *octets, size_t len)
{
	add(query, octets, len);
}

void store_query_digest(struct store_query *query, const struct digest *digest)
{
	add(query, digest->octets, DIGEST_LEN);
}

void store_query_null(struct store_query *query)
{
	add(query, NULL, 0);
}

void store_answer_done(struct store_answer *answer)
{
	for (size_t i = 0; i < STORE_ANSWERS_MAX; i++)
		PQclear(answer->results[i]);
	*answer = (struct store_answer){ { NULL } };
}

int store_answer_rows(const struct store_answer *answer, size_t index)
{
	return PQntuples(answer->results[index]);
}

/* Ends the batch of what was queued, and sends it. */
static int sync_and_flush(struct store *store)
{
	if (PQpipelineSync(store->connection) == 0)
		return store_wait_broken(
			store, fault_new(FAULT_UNAVAILABLE, "the database went away"));
	int r = store_wait_flush(store);
	return r < 0 ? fault_trace(r) : 0;
}

/* One statement's result: gives it, or the meaning of its error, `meant` unless one stands there. */
static int take(struct store *store, const char *name, PGresult **ret_result, int *meant)
{
	PGresult *result;
	PGresult *end;
	int r = store_wait_result(store, &result);
	if (r < 0)
		return fault_trace(r);
	if (result == NULL)
		return store_wait_broken(
			store, fault_new(FAULT_PROTOCOL, "database: %s gave no result", name));

	ExecStatusType status = PQresultStatus(result);
	if (status == PGRES_FATAL_ERROR && PQstatus(store->connection) == CONNECTION_BAD) {
		PQclear(result);
		return store_wait_broken(
			store, fault_new(FAULT_UNAVAILABLE, "the database went away"));
	}
	if (status == PGRES_FATAL_ERROR && *meant == 0) {
		*meant = store_error_meaning(result, name);
		if (store_error_is_final(result)) {
			PQclear(result);
			return store_wait_broken(store, *meant);
		}
	}
	*ret_result = result; /* cleared with the answer, whatever comes */
	r = store_wait_result(store, &end);
	if (r < 0)
		return fault_trace(r);
	PQclear(end);
	if (end != NULL)
		return store_wait_broken(
			store, fault_new(FAULT_PROTOCOL, "database: %s gave two results", name));
	return 0;
}

/* Takes the batch's end. */
static int take_sync(struct store *store)
{
	PGresult *result;
	int r = store_wait_result(store, &result);
	if (r < 0)
		return fault_trace(r);
	ExecStatusType status = PQresultStatus(result);
	PQclear(result);
	if (status != PGRES_PIPELINE_SYNC)
		return store_wait_broken(
			store, fault_new(FAULT_PROTOCOL, "database: a batch did not end"));
	return 0;
}

static int send_all(struct store *store, const struct store_query *queries, size_t count)
{
	if (store->connection == NULL)
		return fault_new(FAULT_UNAVAILABLE, "the database connection is closed");
	for (size_t i = 0; i < count; i++) {
		const struct store_query *query = &queries[i];
		if (PQsendQueryPrepared(store->connection, query->name, query->count, query->values,
			    query->lengths, all_binary, BINARY) == 0)
			return store_wait_broken(
				store, fault_new(FAULT_UNAVAILABLE, "the database went away"));
	}
	int r = sync_and_flush(store);
	return r < 0 ? fault_trace(r) : 0;
}

int store_query_run(struct store *store, const struct store_query *queries, size_t count,
	struct store_answer *ret_answer)
{
	STORE_ANSWER_CLEANUP struct store_answer answer = { { NULL } };
	int meant = 0;

	assert(count > 0 && count <= STORE_ANSWERS_MAX);
	int r = send_all(store, queries, count);
	for (size_t i = 0; r == 0 && i < count; i++)
		r = take(store, queries[i].name, &answer.results[i], &meant);
	if (r == 0)
		r = take_sync(store);
	if (r < 0)
		return fault_trace(r);
	if (meant != 0) {
		store_rollback(store);
		return meant;
	}
	*ret_answer = answer;
	answer = (struct store_answer){ { NULL } };
	return 0;
}

int store_query_do(struct store *store, const struct store_query *query)
{
	STORE_ANSWER_CLEANUP struct store_answer answer = { { NULL } };
	int r = store_query_run(store, query, 1, &answer);
	return r < 0 ? fault_trace(r) : r;
}

int store_query_command(struct store *store, const char *sql)
{
	PGresult *result = NULL;
	int meant = 0;

	if (store->connection == NULL)
		return fault_new(FAULT_UNAVAILABLE, "the database connection is closed");
	if (PQsendQueryParams(store->connection, sql, 0, NULL, NULL, NULL, NULL, BINARY) == 0)
		return store_wait_broken(
			store, fault_new(FAULT_UNAVAILABLE, "the database went away"));
	int r = sync_and_flush(store);
	if (r == 0)
		r = take(store, "command", &result, &meant);
	if (r == 0)
		r = take_sync(store);
	PQclear(result);
	if (r < 0)
		return fault_trace(r);
	return meant;
}

/* A prepared statement that the server will not have: our own text, so its words may be told. */
static int refused(const struct store_statement *statement, const PGresult *result)
{
	const char *text = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
	return fault_new(FAULT_DATABASE, "database: preparing %s: %s", statement->name,
		text != NULL ? text : "no reason given");
}

static int take_prepared(struct store *store, const struct store_statement *statement)
{
	PGresult *result = NULL;
	int meant = 0;
	int r = take(store, statement->name, &result, &meant);
	if (r == 0 && PQresultStatus(result) == PGRES_FATAL_ERROR)
		r = store_wait_broken(store, refused(statement, result));
	PQclear(result);
	return r < 0 ? fault_trace(r) : 0;
}

static int send_prepare(struct store *store, const struct store_statement *statement)
{
	if (PQsendPrepare(store->connection, statement->name, statement->sql, 0, NULL) == 0)
		return store_wait_broken(
			store, fault_new(FAULT_UNAVAILABLE, "the database went away"));
	return 0;
}

typedef int each_statement(struct store *, const struct store_statement *);

/* Calls `each` with every statement of one file that the store's role prepares. */
static int for_file(struct store *store, const struct store_statements *file, each_statement *each)
{
	for (size_t i = 0; i < file->count; i++) {
		if ((file->rows[i].roles & STORE_BY(store->role)) == 0)
			continue;
		int r = each(store, &file->rows[i]);
		if (r < 0)
			return fault_trace(r);
	}
	return 0;
}

static int for_all(struct store *store, const struct store_statements *const *files, size_t count,
	each_statement *each)
{
	for (size_t i = 0; i < count; i++) {
		int r = for_file(store, files[i], each);
		if (r < 0)
			return fault_trace(r);
	}
	return 0;
}

int store_query_prepare(
	struct store *store, const struct store_statements *const *statements, size_t count)
{
	int r = for_all(store, statements, count, send_prepare);
	if (r == 0)
		r = sync_and_flush(store);
	if (r == 0)
		r = for_all(store, statements, count, take_prepared);
	if (r == 0)
		r = take_sync(store);
	return r < 0 ? fault_trace(r) : 0;
}

int store_query_give_up(struct store *store, int outcome)
{
	store_rollback(store);
	return outcome;
}
