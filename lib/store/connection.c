/* SPDX-License-Identifier: Apache-2.0 */
#include "store/connection.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/fault.h"
#include "store/connect.h"
#include "store/migrate.h"
#include "store/query.h"
#include "store/wait.h"

/*
 * Every statement goes by unique keys: plans are made once and for tables of any size, so that
 * statistics of an empty table never make one that reads whole tables.
 */
#define ALL_OPTIONS                                                                                \
	"-c search_path= -c jit=off -c plan_cache_mode=force_generic_plan "                        \
	"-c client_connection_check_interval=1s -c DateStyle=ISO -c TimeZone=UTC "
#define BY_KEY "-c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off "

static const struct store_connect_as roles[] = {
	[STORE_OWNER] = { "hakko owner",
		ALL_OPTIONS BY_KEY "-c statement_timeout=0 -c lock_timeout=30s "
				   "-c idle_in_transaction_session_timeout=60s" },
	[STORE_FRONT] = { "hakko front",
		ALL_OPTIONS BY_KEY "-c statement_timeout=600s -c lock_timeout=10s "
				   "-c idle_in_transaction_session_timeout=30s" },
	[STORE_PUBLISH] = { "hakko publish",
		ALL_OPTIONS BY_KEY "-c statement_timeout=600s -c lock_timeout=10s "
				   "-c idle_in_transaction_session_timeout=600s" },
	[STORE_AUDITOR] = { "hakko auditor",
		ALL_OPTIONS "-c statement_timeout=600s -c lock_timeout=10s "
			    "-c idle_in_transaction_session_timeout=30s" },
};

enum { BEGIN, BEGIN_REPEATABLE, COMMIT, ROLLBACK };

static const struct store_statement rows[] = {
	[BEGIN] = { "begin", STORE_BY_ALL, "BEGIN" },
	[BEGIN_REPEATABLE] = { "begin_repeatable", STORE_BY_PUBLISH,
		"BEGIN ISOLATION LEVEL REPEATABLE READ" },
	[COMMIT] = { "commit", STORE_BY_ALL, "COMMIT" },
	[ROLLBACK] = { "rollback", STORE_BY_ALL, "ROLLBACK" },
};
const struct store_statements store_connection_statements = { rows, LENGTH_OF(rows) };

static const struct store_statements *const all_statements[] = {
	&store_connection_statements,
	&store_system_statements,
	&store_municipality_statements,
	&store_client_statements,
	&store_resident_statements,
	&store_facts_statements,
	&store_opening_statements,
	&store_application_statements,
	&store_issuance_statements,
	&store_issuance_group_statements,
	&store_reservation_statements,
	&store_journal_statements,
	&store_revocation_statements,
	&store_crl_statements,
	&store_leaf_statements,
};

CLEANUP_DEFINE(close_store, struct store, store_close)

/* Checks the schema, then prepares everything. */
static int set_up(struct store *store)
{
	int r = store_migrate_check(store);
	if (r != 0)
		return r < 0 ? fault_trace(r) : r;
	if (PQenterPipelineMode(store->connection) == 0)
		return fault_new(FAULT_UNAVAILABLE, "database: no pipeline mode");
	r = store_query_prepare(store, all_statements, LENGTH_OF(all_statements));
	return r < 0 ? fault_trace(r) : 0;
}

int store_open(const char *conninfo, enum store_role role, struct deadline deadline,
	struct store **ret_store)
{
	assert(role >= STORE_OWNER && role <= STORE_AUDITOR);
	CLEANUP(close_store) struct store *store = calloc(1, sizeof(*store));
	if (store == NULL)
		return fault_new(FAULT_MEMORY, "out of memory");
	store->deadline = deadline;
	store->role = role;

	int r = store_connect(conninfo, &roles[role], deadline, &store->connection);
	if (r < 0)
		return fault_trace(r);
	r = set_up(store);
	if (r != 0)
		return r < 0 ? fault_trace(r) : r;
	*ret_store = STEAL(store);
	return 0;
}

void store_close(struct store *store)
{
	if (store == NULL)
		return;
	PQfinish(store->connection);
	free(store);
}

void store_set_deadline(struct store *store, struct deadline deadline)
{
	store->deadline = deadline;
}

bool store_is_open(const struct store *store)
{
	return store->connection != NULL;
}

void store_rollback(struct store *store)
{
	struct store_query query;

	store->begun = false;
	if (store->connection == NULL || PQtransactionStatus(store->connection) == PQTRANS_IDLE)
		return;
	store_query_init(&query, rows[ROLLBACK].name);
	int r = store_query_do(store, &query);
	assert(r <= 0); /* a fault has closed the connection, which rolls back as well */
}

int store_commit(struct store *store)
{
	struct store_query query;

	store->begun = false;
	store_query_init(&query, rows[COMMIT].name);
	int r = store_query_do(store, &query);
	return r < 0 ? fault_trace(r) : r;
}

int store_listen(struct store *store, const char *channel)
{
	char sql[64];

	int len = snprintf(sql, sizeof(sql), "LISTEN %s", channel);
	assert(len > 0 && (size_t)len < sizeof(sql));
	int r = store_query_command(store, sql);
	return r < 0 ? fault_trace(r) : r;
}

/* Takes what notices there are; false: none. */
static bool take_notices(struct store *store)
{
	PGnotify *notice;
	bool any = false;

	while ((notice = PQnotifies(store->connection)) != NULL) {
		PQfreemem(notice);
		any = true;
	}
	return any;
}

int store_wait_notice(struct store *store, struct deadline deadline)
{
	if (store->connection == NULL)
		return fault_new(FAULT_UNAVAILABLE, "the database connection is closed");
	while (!take_notices(store)) {
		int r = store_wait_until(store, deadline, false);
		if (r != 0)
			return r < 0 ? fault_trace(r) : r;
	}
	return 0;
}
