/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a statement inserts the leaf of what it does, in the same transaction: its parameters come
 * first, $1 to $7. For this room only; reading leaves stands in store/revocation.h.
 */
#pragma once

#include "model/leaf.h"
#include "store/query.h"

#define STORE_LEAF_INSERT                                                                          \
	"INSERT INTO hakko.leaf (kind, happened_at, octets, salt, detail, serial, application_id)" \
	" SELECT $1::text, $2::timestamptz, $3::bytea, $4::bytea, $5::text, $6::bytea, $7::text"

/* Adds $1 to $7; borrows both. */
void store_leaf_bind(
	struct store_query *query, const struct leaf *leaf, const struct leaf_octets *octets);
