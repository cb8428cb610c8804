/* SPDX-License-Identifier: Apache-2.0 */
#include "store/client.h"

#include <stdlib.h>

#include "base/fault.h"
#include "store/leaf.h"
#include "store/name.h"
#include "store/row.h"

#define CLIENT "SELECT id, fingerprint, role, municipality, name, suspended FROM hakko.client"

enum { VERSION, LIST, LOAD, INSERT, SUSPEND };

static const struct store_statement rows[] = {
	[VERSION] = { "client_version", STORE_BY_ALL,
		"SELECT value FROM hakko.counter WHERE name = 'client'" },
	[LIST] = { "client_list", STORE_BY_ALL, CLIENT " ORDER BY id LIMIT $1::bigint" },
	[LOAD] = { "client_load", STORE_BY_ALL, CLIENT " WHERE fingerprint = $1::bytea" },
	[INSERT] = { "client_insert", STORE_BY_FRONT,
		"WITH c AS (INSERT INTO hakko.client (fingerprint, role, municipality, name)"
		" VALUES ($8::bytea, $9::text, $10::text, $11::text) RETURNING id),"
		" l AS (" STORE_LEAF_INSERT " FROM c)"
		" SELECT id FROM c" },
	[SUSPEND] = { "client_suspend", STORE_BY_FRONT,
		"WITH c AS (UPDATE hakko.client SET suspended = $9::boolean WHERE id = $8::bigint"
		" RETURNING id) " STORE_LEAF_INSERT " FROM c RETURNING id" },
};
const struct store_statements store_client_statements = { rows, LENGTH_OF(rows) };

static const struct store_column columns[] = {
	STORE_COLUMN(STORE_INT8, client, id),
	STORE_COLUMN(STORE_OCTETS, client, fingerprint),
	STORE_NAMED(STORE_NAME_CLIENT_ROLE, client, role),
	STORE_COLUMN(STORE_TEXT, client, municipality),
	STORE_COLUMN(STORE_TEXT, client, name),
	STORE_COLUMN(STORE_BOOL, client, suspended),
};

int store_client_list(
	struct store *store, struct client **ret_clients, size_t *ret_count, int64_t *ret_version)
{
	STORE_ANSWER_CLEANUP struct store_answer answer = { { NULL } };
	struct store_query queries[2];

	/* The version first: a change between the two makes the list newer, never older. */
	store_query_init(&queries[0], rows[VERSION].name);
	store_query_init(&queries[1], rows[LIST].name);
	store_query_int8(&queries[1], STORE_CLIENTS_MAX + 1);
	int r = store_query_run(store, queries, LENGTH_OF(queries), &answer);
	if (r != 0)
		return r < 0 ? fault_trace(r) : r;

	size_t count = (size_t)store_answer_rows(&answer, 1);
	if (count > STORE_CLIENTS_MAX)
		return fault_new(FAULT_LIMIT, "more than %d clients", STORE_CLIENTS_MAX);
	struct client *clients = calloc(count + 1, sizeof(*clients));
	if (clients == NULL)
		return fault_new(FAULT_MEMORY, "out of memory");
	for (size_t i = 0; i < count && r == 0; i++)
		r = store_row_read(
			answer.results[1], (int)i, 0, STORE_COLUMNS(columns), &clients[i]);
	if (r < 0) {
		free(clients);
		return fault_trace(r);
	}
	*ret_clients = clients;
	*ret_count = count;
	*ret_version = store_row_int8(answer.results[0], 0, 0);
	return 0;
}

int store_client_load(
	struct store *store, const struct digest *fingerprint, struct client *ret_client)
{
	STORE_ANSWER_CLEANUP struct store_answer answer = { { NULL } };
	struct store_query query;

	store_query_init(&query, rows[LOAD].name);
	store_query_digest(&query, fingerprint);
	int r = store_query_run(store, &query, 1, &answer);
	if (r != 0)
		return r < 0 ? fault_trace(r) : r;
	if (store_answer_rows(&answer, 0) == 0)
		return STORE_NOT_FOUND;
	r = store_row_read(answer.results[0], 0, 0, STORE_COLUMNS(columns), ret_client);
	return r < 0 ? fault_trace(r) : 0;
}

int store_client_insert(struct store *store, struct client *client, const struct leaf *leaf,
	const struct leaf_octets *octets)
{
	STORE_ANSWER_CLEANUP struct store_answer answer = { { NULL } };
	struct store_query query;

	store_query_init(&query, rows[INSERT].name);
	store_leaf_bind(&query, leaf, octets);
	store_query_digest(&query, &client->fingerprint);
	store_query_text(&query, store_name_of(STORE_NAME_CLIENT_ROLE, (int)client->role));
	store_query_text(&query, client->municipality);
	store_query_text(&query, client->name);
	int r = store_query_run(store, &query, 1, &answer);
	if (r != 0)
		return r < 0 ? fault_trace(r) : r;
	client->id = store_row_int8(answer.results[0], 0, 0);
	return 0;
}

int store_client_suspend(struct store *store, int64_t client_id, bool suspended,
	const struct leaf *leaf, const struct leaf_octets *octets)
{
	STORE_ANSWER_CLEANUP struct store_answer answer = { { NULL } };
	struct store_query query;

	store_query_init(&query, rows[SUSPEND].name);
	store_leaf_bind(&query, leaf, octets);
	store_query_int8(&query, client_id);
	store_query_bool(&query, suspended);
	int r = store_query_run(store, &query, 1, &answer);
	if (r != 0)
		return r < 0 ? fault_trace(r) : r;
	return store_answer_rows(&answer, 0) == 0 ? STORE_NOT_FOUND : 0;
}
