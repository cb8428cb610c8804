/* SPDX-License-Identifier: Apache-2.0 */
#include "front/leaves_query.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/calendar.h"
#include "model/programme.h"

#define CURSOR_PREFIX "c2_" /* the form may change; old cursors are then refused */
#define CURSOR_DIGITS 16    /* of each of its two numbers */

static bool read_serial(const char *text, struct front_leaves_query *query)
{
	query->has_serial = serial_from_hex(text, query->serial) == 0;
	return query->has_serial;
}

static bool read_from(const char *text, struct front_leaves_query *query)
{
	return instant_from_text(text, &query->from_at) == 0;
}

static bool read_to(const char *text, struct front_leaves_query *query)
{
	return instant_from_text(text, &query->to_at) == 0;
}

/* Sixteen digits, at most INT64_MAX. */
static bool read_number(const char *text, int64_t *ret_number)
{
	char digits[CURSOR_DIGITS + 1] = "";
	memcpy(digits, text, CURSOR_DIGITS);
	if (strspn(digits, "0123456789abcdef") != CURSOR_DIGITS || digits[0] > '7')
		return false;
	*ret_number = strtoll(digits, NULL, 16);
	return true;
}

static bool read_after(const char *text, struct front_leaves_query *query)
{
	static const char prefix[] = CURSOR_PREFIX;
	size_t prefix_len = sizeof(prefix) - 1;
	return strncmp(text, prefix, prefix_len) == 0 &&
		strlen(text) == prefix_len + 2 * CURSOR_DIGITS &&
		read_number(text + prefix_len, &query->after.xid) &&
		read_number(text + prefix_len + CURSOR_DIGITS, &query->after.id);
}

static bool read_limit(const char *text, struct front_leaves_query *query)
{
	size_t len = strlen(text);
	if (len == 0 || len > 3 || strspn(text, "0123456789") != len)
		return false;
	query->limit = strtoll(text, NULL, 10);
	return query->limit >= 1 && query->limit <= FRONT_LEAVES_LIMIT_MAX;
}

static const struct {
	const char *name;
	bool (*read)(const char *text, struct front_leaves_query *query);
} parameters[] = {
	{ "serial", read_serial },
	{ "from", read_from },
	{ "to", read_to },
	{ "after", read_after },
	{ "limit", read_limit },
};

static bool read_one(const char *name, const char *value, struct front_leaves_query *query)
{
	for (size_t i = 0; i < LENGTH_OF(parameters); i++)
		if (strcmp(parameters[i].name, name) == 0)
			return parameters[i].read(value, query);
	return false;
}

void front_leaves_query_read(const struct http_request *request,
	struct front_leaves_query *ret_query, struct verdict *ret_verdict)
{
	*ret_query = (struct front_leaves_query){ .to_at = PROGRAMME_OPEN_END,
		.limit = FRONT_LEAVES_LIMIT };
	*ret_verdict = (struct verdict){ 0 };
	for (size_t i = 0; i < request->query_count; i++)
		if (!read_one(request->query[i][0], request->query[i][1], ret_query))
			verdict_refuse(ret_verdict, REFUSAL_PARAMETER, request->query[i][0]);
}

void front_leaves_cursor(struct store_leaf_cursor at, char out[FRONT_LEAVES_CURSOR_SIZE])
{
	(void)snprintf(out, FRONT_LEAVES_CURSOR_SIZE, CURSOR_PREFIX "%0*" PRIx64 "%0*" PRIx64,
		CURSOR_DIGITS, (uint64_t)at.xid, CURSOR_DIGITS, (uint64_t)at.id);
}
