/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A row of an answer into a struct, by a table that says which column goes where, in the order
 * of the statement's columns. SQL's NULL is zero. Every length is checked. For this room only.
 */
#pragma once

#include <libpq-fe.h>
#include <stddef.h>

#include "store/query.h"

enum store_column_kind {
	STORE_BOOL = 1, /* bool */
	STORE_INT,      /* int or int32_t, from int2 or int4 */
	STORE_INT8,     /* int64_t */
	STORE_INSTANT,  /* int64_t, from timestamptz */
	STORE_DATE,     /* struct date */
	STORE_TEXT,     /* char[], terminated */
	STORE_OCTETS,   /* uint8_t[] or struct digest, exactly as long */
	STORE_BYTES,    /* uint8_t[] or char[], at most as long; store_row_len() tells how long */
	STORE_FINDING,  /* int: 1, 0, and -1 for NULL */
	STORE_NAME,     /* an enum, from its name in the database (name.h) */
	STORE_SKIP,     /* nobody wants it here */
};

struct store_column {
	enum store_column_kind kind;
	size_t offset, size;
	int name; /* STORE_NAME: enum store_name */
};

#define STORE_COLUMN(kind_, struct_, member_)                                                      \
	{                                                                                          \
		(kind_), offsetof(struct struct_, member_),                                        \
			sizeof(((struct struct_ *)NULL)->member_), 0                               \
	}
#define STORE_NAMED(name_, struct_, member_)                                                       \
	{                                                                                          \
		STORE_NAME, offsetof(struct struct_, member_),                                     \
			sizeof(((struct struct_ *)NULL)->member_), (name_)                         \
	}

/* A run of an answer's columns. */
struct store_columns {
	const struct store_column *columns;
	size_t count;
};
#define STORE_COLUMNS(array_) ((struct store_columns){ (array_), LENGTH_OF(array_) })

/*
 * Reads columns `first`… of row `row` into `ret_struct`, all of whose read members are set.
 * FAULT_STATE when a value cannot be one.
 */
int store_row_read(const PGresult *result, int row, int first, struct store_columns columns,
	void *ret_struct) MUST_CHECK;
/* One value. */
int64_t store_row_int8(const PGresult *result, int row, int column);
bool store_row_bool(const PGresult *result, int row, int column);
int64_t store_row_instant(const PGresult *result, int row, int column);
size_t store_row_len(const PGresult *result, int row, int column);
