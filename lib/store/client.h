/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Registered clients and municipalities. The front keeps the register in memory (LISTEN
 * hakko_register and a 1 s poll) and asks again in each request's first transaction.
 */
#pragma once

#include "model/leaf.h"
#include "model/municipality.h"
#include "store/connection.h"

#define STORE_CLIENTS_MAX 4096 /* clients in the register */

/* All clients, suspended ones too, on the heap (free()); `ret_version` rises with each change. */
int store_client_list(struct store *store, struct client **ret_clients, size_t *ret_count,
	int64_t *ret_version) MUST_CHECK;
/* Owner (first operator) or front (on an operator's word). STORE_EXISTS, STORE_NOT_FOUND (municipality). Sets client->id. */
int store_client_insert(struct store *store, struct client *client, const struct leaf *leaf,
	const struct leaf_octets *octets) MUST_CHECK;
/* STORE_NOT_FOUND. */
int store_client_suspend(struct store *store, int64_t client_id, bool suspended,
	const struct leaf *leaf, const struct leaf_octets *octets) MUST_CHECK;
/* The client as registered now; STORE_NOT_FOUND. */
int store_client_load(struct store *store, const struct digest *fingerprint,
	struct client *ret_client) MUST_CHECK;
/* STORE_EXISTS. */
int store_municipality_insert(struct store *store, const struct municipality *municipality)
	MUST_CHECK;
int store_municipality_load(
	struct store *store, const char *code, struct municipality *ret_municipality) MUST_CHECK;
