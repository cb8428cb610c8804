/* SPDX-License-Identifier: Apache-2.0 */
#include "store/migrate.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "store/connect.h"
#include "store/system.h"
#include "store/wait.h"

/* Sixteen hosts may be upgraded at once; one of them migrates, the others find it done. */
#define MIGRATION_LOCK "SELECT pg_catalog.pg_advisory_lock(1751214959, 1)"

static const struct store_connect_as as_owner = { "hakko migrate",
	"-c search_path= -c client_connection_check_interval=1s -c lock_timeout=30s" };

CLEANUP_DEFINE(clear, PGresult, PQclear)

/* Runs a text whose result nobody wants; every error is a fault. */
static int run(struct store *store, const char *sql)
{
	PGresult *result = NULL;
	int r = store_wait_plain(store, sql, &result);
	PQclear(result);
	if (r > 0)
		return fault_new(FAULT_DATABASE, "database: outcome %d of a migration", r);
	return r < 0 ? fault_trace(r) : 0;
}

/* Whether hakko.migration is there. */
static int has_schema(struct store *store, bool *ret_has)
{
	PGresult *result = NULL;
	int r = store_wait_plain(
		store, "SELECT pg_catalog.to_regclass('hakko.migration') IS NOT NULL", &result);
	if (r == 0)
		*ret_has = PQgetvalue(result, 0, 0)[0] == 't';
	PQclear(result);
	assert(r <= 0);
	return r < 0 ? fault_trace(r) : 0;
}

static int compare(const struct store_migration *ours, const char *number, const char *digest_hex)
{
	char hex[DIGEST_HEX_SIZE];

	digest_to_text(&ours->digest, hex);
	if (strtol(number, NULL, 10) != ours->number || strcmp(digest_hex, hex) != 0)
		return fault_new(
			FAULT_STATE, "database: migration %s was another text than ours", number);
	return 0;
}

/* How many of our migrations are applied. STORE_SCHEMA_NEWER. */
static int count_applied(struct store *store, size_t *ret_applied)
{
	bool has = false;
	size_t ours;
	const struct store_migration *migrations = store_migrations(&ours);
	CLEANUP(clear) PGresult *result = NULL;

	int r = has_schema(store, &has);
	if (r == 0 && has)
		r = store_wait_plain(store,
			"SELECT number, pg_catalog.encode(sha256, 'hex') FROM hakko.migration "
			"ORDER BY number",
			&result);
	if (r < 0)
		return fault_trace(r);
	assert(r == 0);
	size_t applied = has ? (size_t)PQntuples(result) : 0;
	for (size_t i = 0; i < applied && i < ours; i++) {
		r = compare(&migrations[i], PQgetvalue(result, (int)i, 0),
			PQgetvalue(result, (int)i, 1));
		if (r < 0)
			return fault_trace(r);
	}
	if (applied > ours)
		return STORE_SCHEMA_NEWER;
	*ret_applied = applied;
	return 0;
}

int store_migrate_check(struct store *store)
{
	size_t applied;
	size_t ours;

	(void)store_migrations(&ours);
	int r = count_applied(store, &applied);
	if (r < 0)
		return fault_trace(r);
	if (r > 0)
		return r;
	return applied < ours ? STORE_SCHEMA_OLDER : 0;
}

static int record(struct store *store, const struct store_migration *migration)
{
	char sql[256];
	char hex[DIGEST_HEX_SIZE];

	digest_to_text(&migration->digest, hex);
	int len = snprintf(sql, sizeof(sql),
		"INSERT INTO hakko.migration (number, name, sha256) "
		"VALUES (%d, '%s', pg_catalog.decode('%s', 'hex'))",
		migration->number, migration->name, hex);
	assert(len > 0 && (size_t)len < sizeof(sql));
	int r = run(store, sql);
	return r < 0 ? fault_trace(r) : 0;
}

/* One migration, one transaction. */
static int apply(struct store *store, const struct store_migration *migration)
{
	int r = run(store, "BEGIN");
	if (r == 0)
		r = run(store, migration->sql);
	if (r == 0)
		r = record(store, migration);
	if (r == 0)
		r = run(store, "COMMIT");
	return r < 0 ? fault_trace(r) : 0;
}

static int apply_missing(
	struct store *store, void (*report)(const struct store_migration *, void *), void *context)
{
	size_t ours;
	size_t applied;
	const struct store_migration *migrations = store_migrations(&ours);

	int r = count_applied(store, &applied);
	if (r != 0)
		return r < 0 ? fault_trace(r) : r;
	for (size_t i = applied; i < ours; i++) {
		r = apply(store, &migrations[i]);
		if (r < 0)
			return fault_trace(r);
		if (report != NULL)
			report(&migrations[i], context);
	}
	return 0;
}

int store_migrate(const char *conninfo, struct deadline deadline,
	void (*report)(const struct store_migration *, void *), void *context)
{
	struct store store = { .deadline = deadline, .role = STORE_OWNER };

	int r = store_connect(conninfo, &as_owner, deadline, &store.connection);
	if (r == 0)
		r = run(&store, "SET ROLE hakko_owner");
	if (r == 0)
		r = run(&store, MIGRATION_LOCK);
	if (r == 0)
		r = apply_missing(&store, report, context);
	PQfinish(store.connection);
	return r < 0 ? fault_trace(r) : r;
}
