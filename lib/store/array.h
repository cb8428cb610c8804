/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A parameter that is an array, in PostgreSQL's binary form: one statement for many rows. Memory
 * only. For this room only.
 */
#pragma once

#include "store/query.h"

/* What an array is of, by PostgreSQL's OID. */
enum store_element {
	STORE_ELEMENT_OCTETS = 17,
	STORE_ELEMENT_INT8 = 20,
	STORE_ELEMENT_TEXT = 25,
	STORE_ELEMENT_INSTANT = 1184,
};

/* Begins an array of exactly `count` elements, which the caller adds; cleared first. */
int store_array_begin(struct buffer *array, enum store_element element, size_t count) MUST_CHECK;
int store_array_int8(struct buffer *array, int64_t value) MUST_CHECK;
int store_array_octets(struct buffer *array, struct bytes octets) MUST_CHECK;
/* Adds a finished array as the next parameter; borrows it. */
void store_array_bind(struct store_query *query, const struct buffer *array);
