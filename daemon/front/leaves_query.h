/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The query of the ledger's list: which leaves, from where, how many. The cursor is opaque to
 * clients; behind it is where the last leaf stands, so that a page is stable under writes.
 */
#pragma once

#include "http/request.h"
#include "model/application.h"
#include "store/revocation.h"

#define FRONT_LEAVES_LIMIT_MAX 150 /* leaves of one page: rows and text fit a request's arena */
#define FRONT_LEAVES_LIMIT 100     /* unless asked otherwise */
#define FRONT_LEAVES_CURSOR_SIZE 40

struct front_leaves_query {
	bool has_serial;
	uint8_t serial[SERIAL_LEN];
	int64_t from_at, to_at;         /* half-open */
	struct store_leaf_cursor after; /* the last leaf of the page before */
	int64_t limit;
};

/* The verdict names each parameter that is unknown or not possible; it allows when all is well. */
void front_leaves_query_read(const struct http_request *request,
	struct front_leaves_query *ret_query, struct verdict *ret_verdict);
void front_leaves_cursor(struct store_leaf_cursor at, char out[FRONT_LEAVES_CURSOR_SIZE]);
