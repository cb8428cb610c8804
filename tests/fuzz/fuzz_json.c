/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The JSON decoder: whatever the body, texts end inside their fields, numbers are within their
 * bounds, and a refusal names something.
 */
#include <stdlib.h>
#include <string.h>

#include "base/calendar.h"
#include "fuzz.h"
#include "http/json.h"

#define NUMBER_MAX 1000
#define GUARD 0x5a

struct values {
	bool first;
	char text[17];
	char guard;
	char lines[257];
	char other_guard;
	int64_t number;
	bool truth;
	int word;
	struct date on;
	int64_t at;
	char inner[9];
	bool inner_given;
};

static const struct http_json_word words[] = {
	{ "one", 1 },
	{ "two", 2 },
	{ NULL, 0 },
};

static const struct http_json_field innermost[] = {
	{ .name = "text",
		.type = HTTP_JSON_TEXT,
		.offset = offsetof(struct values, inner),
		.max = sizeof((struct values){ 0 }.inner) - 1 },
	{ .name = NULL },
};

static const struct http_json_field inner[] = {
	{ .name = "inner", .type = HTTP_JSON_OBJECT, .required = true, .fields = innermost },
	{ .name = NULL },
};

static const struct http_json_field fields[] = {
	{ .name = "text",
		.type = HTTP_JSON_TEXT,
		.required = true,
		.offset = offsetof(struct values, text),
		.max = sizeof((struct values){ 0 }.text) - 1 },
	{ .name = "lines",
		.type = HTTP_JSON_LINES,
		.offset = offsetof(struct values, lines),
		.max = sizeof((struct values){ 0 }.lines) - 1 },
	{ .name = "number",
		.type = HTTP_JSON_NUMBER,
		.offset = offsetof(struct values, number),
		.min = -NUMBER_MAX,
		.max = NUMBER_MAX },
	{ .name = "truth", .type = HTTP_JSON_BOOLEAN, .offset = offsetof(struct values, truth) },
	{ .name = "word",
		.type = HTTP_JSON_WORD,
		.offset = offsetof(struct values, word),
		.words = words },
	{ .name = "on", .type = HTTP_JSON_DATE, .offset = offsetof(struct values, on) },
	{ .name = "at", .type = HTTP_JSON_INSTANT, .offset = offsetof(struct values, at) },
	{ .name = "inner",
		.type = HTTP_JSON_OBJECT,
		.given = offsetof(struct values, inner_given),
		.fields = inner },
	{ .name = NULL },
};

static void promise(bool kept)
{
	if (!kept)
		abort();
}

static void values_check(const struct values *values)
{
	promise(!values->first && values->guard == GUARD && values->other_guard == GUARD);
	promise(memchr(values->text, '\0', sizeof(values->text)) != NULL);
	promise(values->text[0] != '\0');
	promise(memchr(values->lines, '\0', sizeof(values->lines)) != NULL);
	promise(memchr(values->inner, '\0', sizeof(values->inner)) != NULL);
	promise(strchr(values->text, '\n') == NULL);
	promise(values->number >= -NUMBER_MAX && values->number <= NUMBER_MAX);
	promise(values->word >= 0 && values->word <= 2);
	promise(values->on.year == 0 || date_exists(values->on));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct values values = { .guard = GUARD, .other_guard = GUARD };
	struct verdict verdict;
	int r = http_json_decode((struct bytes){ data, len }, fields, &values, &verdict);

	promise(r == 0 || r == HTTP_JSON_REFUSED);
	promise((r == 0) == verdict_allows(&verdict));
	for (size_t i = 0; i < verdict.count; i++)
		promise(memchr(verdict.violations[i].field, '\0', VIOLATION_FIELD_MAX) != NULL);
	if (r == 0)
		values_check(&values);
	return 0;
}
