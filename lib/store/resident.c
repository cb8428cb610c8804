/* SPDX-License-Identifier: Apache-2.0 */
#include "store/resident.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "store/error.h"
#include "store/query.h"
#include "store/wait.h"

#define CHUNK 65536 /* octets handed to the server at once */

/* Imports run one after the other: the staging table is one. */
#define BEGIN                                                                                      \
	"BEGIN; SELECT pg_catalog.pg_advisory_xact_lock(1751214959, 3);"                           \
	" DELETE FROM hakko.resident_import"
#define COPY                                                                                       \
	"COPY hakko.resident_import (municipality, card_number, card_state, card_valid_to,"        \
	" name, name_flags, address, address_flags, era, birth_year, birth_month, birth_day,"      \
	" adult_finding, sex, ward) FROM STDIN (FORMAT csv, HEADER match)"
#define REJECTS "SELECT line, reason FROM hakko.resident_import_reject ORDER BY line LIMIT %zu"
#define LOAD "SELECT hakko.resident_import_load()"
#define COMMIT "DELETE FROM hakko.resident_import; COMMIT"

/* COPY cannot run in pipeline mode: nothing here is prepared. */
const struct store_statements store_resident_statements = { NULL, 0 };

CLEANUP_DEFINE(clear, PGresult, PQclear)

/* The caller's room for rejects. */
struct rejects {
	struct store_reject *list;
	size_t max, count;
};

static void add_reject(struct rejects *rejects, int64_t line, const char *reason)
{
	if (rejects->count == rejects->max)
		return;
	struct store_reject *reject = &rejects->list[rejects->count++];
	reject->line = line;
	(void)snprintf(reject->reason, sizeof(reject->reason), "%s", reason);
}

/* Runs a text whose result nobody wants. */
static int run(struct store *store, const char *sql)
{
	PGresult *result = NULL;
	int r = store_wait_plain(store, sql, &result);
	PQclear(result);
	return r < 0 ? fault_trace(r) : r;
}

/* What COPY itself finds wrong with a file. Its message may quote the file, so ours replaces it. */
static const struct {
	const char *sqlstate, *reason;
} file_errors[] = {
	{ "22P04", "the columns are not those of the header, or the header is not ours" },
	{ "22021", "not UTF-8" },
	{ "22P05", "not UTF-8" },
};

/* Turns COPY's error into a reject; other errors into what they mean. */
static int judge_copy(const PGresult *result, struct rejects *rejects)
{
	const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	const char *context = PQresultErrorField(result, PG_DIAG_CONTEXT);
	const char *at = context != NULL ? strstr(context, ", line ") : NULL;
	int64_t line = at != NULL ? strtoll(at + strlen(", line "), NULL, 10) - 1 : 0;

	for (size_t i = 0; sqlstate != NULL && i < LENGTH_OF(file_errors); i++) {
		if (strcmp(sqlstate, file_errors[i].sqlstate) == 0) {
			add_reject(rejects, line, file_errors[i].reason);
			return STORE_STALE;
		}
	}
	int r = store_error_meaning(result, "resident_import");
	return r < 0 ? fault_trace(r) : r;
}

/* Opens the COPY. */
static int copy_begin(struct store *store)
{
	CLEANUP(clear) PGresult *result = NULL;

	if (PQsendQuery(store->connection, COPY) == 0)
		return store_wait_broken(
			store, fault_new(FAULT_UNAVAILABLE, "the database went away"));
	int r = store_wait_flush(store);
	if (r == 0)
		r = store_wait_result(store, &result);
	if (r < 0)
		return fault_trace(r);
	if (PQresultStatus(result) != PGRES_COPY_IN)
		return store_wait_broken(
			store, fault_new(FAULT_DATABASE, "database: no COPY into the import"));
	return 0;
}

static int copy_put(struct store *store, const char *chunk, size_t len)
{
	int r;

	while ((r = PQputCopyData(store->connection, chunk, (int)len)) == 0) {
		r = store_wait_input(store, true);
		if (r < 0)
			return fault_trace(r);
	}
	if (r < 0)
		return store_wait_broken(
			store, fault_new(FAULT_UNAVAILABLE, "the database went away"));
	r = store_wait_flush(store);
	return r < 0 ? fault_trace(r) : 0;
}

/* Everything the reader has; what the reader answers otherwise ends it. */
static int copy_all(struct store *store, store_reader *reader, void *context)
{
	static _Thread_local char chunk[CHUNK];
	size_t len = 0;

	do {
		int r = reader(context, chunk, sizeof(chunk), &len);
		if (r == 0 && len > 0)
			r = copy_put(store, chunk, len);
		if (r != 0)
			return r < 0 ? fault_trace(r) : r;
	} while (len > 0);
	return 0;
}

/* Ends the COPY; `why` not NULL: as failed. Takes its verdict. */
static int copy_end(struct store *store, const char *why, struct rejects *rejects)
{
	CLEANUP(clear) PGresult *result = NULL;
	PGresult *end = NULL;
	int r;

	while ((r = PQputCopyEnd(store->connection, why)) == 0) {
		r = store_wait_input(store, true);
		if (r < 0)
			return fault_trace(r);
	}
	r = store_wait_flush(store);
	if (r == 0)
		r = store_wait_result(store, &result);
	if (r == 0)
		r = store_wait_result(store, &end);
	if (r < 0)
		return fault_trace(r);
	assert(end == NULL);
	if (why != NULL || PQresultStatus(result) == PGRES_COMMAND_OK)
		return 0;
	r = judge_copy(result, rejects);
	return r < 0 ? fault_trace(r) : r;
}

static int copy(struct store *store, store_reader *reader, void *context, struct rejects *rejects)
{
	int r = copy_begin(store);
	if (r < 0)
		return fault_trace(r);
	int read = copy_all(store, reader, context);
	if (store->connection == NULL)
		return fault_trace(read);
	r = copy_end(store, read != 0 ? "the reader gave up" : NULL, rejects);
	if (r == 0)
		r = read;
	return r < 0 ? fault_trace(r) : r;
}

/* STORE_STALE: something cannot be taken. */
static int find_rejects(struct store *store, struct rejects *rejects)
{
	CLEANUP(clear) PGresult *result = NULL;
	char sql[128];

	int len = snprintf(sql, sizeof(sql), REJECTS, rejects->max > 0 ? rejects->max : 1);
	assert(len > 0 && (size_t)len < sizeof(sql));
	int r = store_wait_plain(store, sql, &result);
	if (r != 0)
		return r < 0 ? fault_trace(r) : r;
	for (int i = 0; i < PQntuples(result); i++)
		add_reject(rejects, strtoll(PQgetvalue(result, i, 0), NULL, 10),
			PQgetvalue(result, i, 1));
	return PQntuples(result) > 0 ? STORE_STALE : 0;
}

static int load(struct store *store, int64_t *ret_loaded)
{
	CLEANUP(clear) PGresult *result = NULL;
	int r = store_wait_plain(store, LOAD, &result);
	if (r == 0)
		r = run(store, COMMIT);
	if (r != 0)
		return r < 0 ? fault_trace(r) : r;
	*ret_loaded = strtoll(PQgetvalue(result, 0, 0), NULL, 10);
	return 0;
}

/* Outside of pipeline mode. */
static int import(struct store *store, store_reader *reader, void *context, struct rejects *rejects,
	int64_t *ret_loaded)
{
	int r = run(store, BEGIN);
	if (r == 0)
		r = copy(store, reader, context, rejects);
	if (r == 0)
		r = find_rejects(store, rejects);
	if (r == 0)
		r = load(store, ret_loaded);
	return r < 0 ? fault_trace(r) : r;
}

int store_resident_import(struct store *store, store_reader *reader, void *context,
	struct store_reject *ret_rejects, size_t rejects_max, size_t *ret_reject_count,
	int64_t *ret_loaded)
{
	struct rejects rejects = { .list = ret_rejects, .max = rejects_max };

	if (store->connection == NULL || PQexitPipelineMode(store->connection) == 0)
		return fault_new(FAULT_UNAVAILABLE, "the database connection is closed or busy");
	int r = import(store, reader, context, &rejects, ret_loaded);
	if (store->connection != NULL && PQenterPipelineMode(store->connection) == 0)
		return store_wait_broken(
			store, fault_new(FAULT_STATE, "database: no pipeline mode"));
	store_rollback(store);
	*ret_reject_count = rejects.count;
	return r < 0 ? fault_trace(r) : r;
}
