/* SPDX-License-Identifier: Apache-2.0 */
#include "store/row.h"

#include <assert.h>
#include <endian.h>
#include <string.h>

#include "base/fault.h"
#include "store/epoch.h"
#include "store/name.h"

/* A value of an answer. */
struct value {
	const char *data;
	size_t len;
	bool null;
};

static struct value value_of(const PGresult *result, int row, int column)
{
	return (struct value){
		.data = PQgetvalue(result, row, column),
		.len = (size_t)PQgetlength(result, row, column),
		.null = PQgetisnull(result, row, column) != 0,
	};
}

/* A big-endian number of 0 (NULL), 1, 2, 4 or 8 octets, with its sign. */
static int64_t number(struct value value)
{
	uint64_t sum = value.len > 0 && value.len < 8 && (value.data[0] & 0x80) != 0 ? UINT64_MAX
										     : 0;

	for (size_t i = 0; i < value.len; i++)
		sum = sum << 8 | (uint8_t)value.data[i];
	return (int64_t)sum;
}

static int bad(int column)
{
	return fault_new(FAULT_STATE, "database: column %d of an answer is none of ours", column);
}

static int read_bool(struct value value, const struct store_column *column, void *out)
{
	bool truth = number(value) != 0;
	if (column->size != sizeof(truth) || (!value.null && value.len != 1))
		return 1;
	memcpy(out, &truth, sizeof(truth));
	return 0;
}

static int read_int(struct value value, const struct store_column *column, void *out)
{
	int32_t n = (int32_t)number(value);
	if (column->size != sizeof(n) || value.len > sizeof(n))
		return 1;
	memcpy(out, &n, sizeof(n));
	return 0;
}

static int read_int8(struct value value, const struct store_column *column, void *out)
{
	int64_t n = number(value);
	if (column->size != sizeof(n) || (!value.null && value.len != sizeof(n)))
		return 1;
	memcpy(out, &n, sizeof(n));
	return 0;
}

static int read_instant(struct value value, const struct store_column *column, void *out)
{
	int64_t at = value.null ? 0 : store_epoch_to_instant(number(value));
	if (column->size != sizeof(at) || (!value.null && value.len != sizeof(at)))
		return 1;
	memcpy(out, &at, sizeof(at));
	return 0;
}

static int read_date(struct value value, const struct store_column *column, void *out)
{
	struct date date = { 0 };
	if (column->size != sizeof(date) || (!value.null && value.len != sizeof(int32_t)))
		return 1;
	if (!value.null)
		date = store_epoch_to_date((int32_t)number(value));
	memcpy(out, &date, sizeof(date));
	return 0;
}

static int read_text(struct value value, const struct store_column *column, void *out)
{
	if (value.len >= column->size || memchr(value.data, '\0', value.len) != NULL)
		return 1;
	memcpy(out, value.data, value.len);
	((char *)out)[value.len] = '\0';
	return 0;
}

static int read_octets(struct value value, const struct store_column *column, void *out)
{
	if (value.null)
		memset(out, 0, column->size);
	else if (value.len != column->size)
		return 1;
	memcpy(out, value.data, value.len);
	return 0;
}

static int read_bytes(struct value value, const struct store_column *column, void *out)
{
	if (value.len > column->size)
		return 1;
	memcpy(out, value.data, value.len);
	return 0;
}

static int read_finding(struct value value, const struct store_column *column, void *out)
{
	int finding = value.null ? -1 : (int)number(value);
	if (column->size != sizeof(finding) || value.len > 1)
		return 1;
	memcpy(out, &finding, sizeof(finding));
	return 0;
}

static int read_name(struct value value, const struct store_column *column, void *out)
{
	int named = 0;
	if (column->size != sizeof(named))
		return 1;
	if (!value.null &&
		store_name_find((enum store_name)column->name, value.data, value.len, &named) != 0)
		return 1;
	memcpy(out, &named, sizeof(named));
	return 0;
}

static int skip(struct value value, const struct store_column *column, void *out)
{
	(void)value, (void)column, (void)out;
	return 0;
}

typedef int reader(struct value, const struct store_column *, void *);

static reader *const readers[] = {
	[STORE_BOOL] = read_bool,
	[STORE_INT] = read_int,
	[STORE_INT8] = read_int8,
	[STORE_INSTANT] = read_instant,
	[STORE_DATE] = read_date,
	[STORE_TEXT] = read_text,
	[STORE_OCTETS] = read_octets,
	[STORE_BYTES] = read_bytes,
	[STORE_FINDING] = read_finding,
	[STORE_NAME] = read_name,
	[STORE_SKIP] = skip,
};

int store_row_read(
	const PGresult *result, int row, int first, struct store_columns columns, void *ret_struct)
{
	assert(row < PQntuples(result) && first + (int)columns.count <= PQnfields(result));
	for (size_t i = 0; i < columns.count; i++) {
		const struct store_column *column = &columns.columns[i];
		struct value value = value_of(result, row, first + (int)i);
		uint8_t *out = (uint8_t *)ret_struct + column->offset;
		if (readers[column->kind](value, column, out) != 0)
			return bad(first + (int)i);
	}
	return 0;
}

int64_t store_row_int8(const PGresult *result, int row, int column)
{
	return number(value_of(result, row, column));
}

bool store_row_bool(const PGresult *result, int row, int column)
{
	return number(value_of(result, row, column)) != 0;
}

int64_t store_row_instant(const PGresult *result, int row, int column)
{
	return store_epoch_to_instant(number(value_of(result, row, column)));
}

size_t store_row_len(const PGresult *result, int row, int column)
{
	return (size_t)PQgetlength(result, row, column);
}
