/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <string.h>

#include "base/fault.h"
#include "client/problem.h"
#include "ctl/api.h"
#include "ctl/commands.h"
#include "ledger/leaf.h"
#include "model/application.h"

#define PAGE "150" /* leaves asked for at once, the most there are */
#define CURSOR_SIZE 128
#define KIND_AT 1 /* places in a leaf: version, kind, instant, commitment */
#define INSTANT_AT 2
#define INSTANT_LEN 8

struct list {
	const char *serial;
	int64_t from_at, to_at;
	bool json;
};

static const struct client_option list_options[] = {
	{ .name = "serial",
		.value = "HEX",
		.type = CLIENT_OPTION_TEXT,
		.offset = offsetof(struct list, serial),
		.help = "of one certificate only" },
	{ .name = "from",
		.value = "INSTANT",
		.type = CLIENT_OPTION_INSTANT,
		.offset = offsetof(struct list, from_at),
		.help = "from this instant on" },
	{ .name = "to",
		.value = "INSTANT",
		.type = CLIENT_OPTION_INSTANT,
		.offset = offsetof(struct list, to_at),
		.help = "before this instant" },
	{ .name = "json",
		.type = CLIENT_OPTION_FLAG,
		.offset = offsetof(struct list, json),
		.help = "one JSON object a line" },
	{ .name = NULL },
};

/* A listing under way. */
struct listing {
	const struct client_call *call;
	const struct list *options;
	char cursor[CURSOR_SIZE]; /* "": from the beginning */
	int64_t count, bad;
};

/* One leaf as it came, decoded. */
struct reading {
	int64_t id;
	uint8_t octets[LEAF_LEN], salt[LEAF_SALT_LEN];
	const char *detail; /* borrowed from the JSON */
	bool is_good;       /* octets, salt and detail belong together */
};

static const char *text_of(const json_t *object, const char *member)
{
	const char *text = json_string_value(json_object_get(object, member));
	return text != NULL ? text : "";
}

static bool hex_of(const json_t *object, const char *member, uint8_t *out, size_t size)
{
	size_t len = 0;
	return hex_decode(text_of(object, member), out, size, &len) == 0 && len == size;
}

/* What is not even readable is FAULT_PROTOCOL; what does not belong together is a finding. */
static int leaf_read(const json_t *leaf, struct reading *ret_reading)
{
	struct reading reading = {
		.id = json_integer_value(json_object_get(leaf, "id")),
		.detail = text_of(leaf, "detail"),
	};
	if (!hex_of(leaf, "leaf", reading.octets, sizeof(reading.octets)) ||
		!hex_of(leaf, "salt", reading.salt, sizeof(reading.salt)))
		return fault_new(FAULT_PROTOCOL, "a leaf that cannot be read");
	int r = ledger_leaf_check(
		BYTES(reading.octets), BYTES(reading.salt), bytes_of_text(reading.detail));
	if (r < 0)
		return fault_trace(r);
	reading.is_good = r == 0;
	*ret_reading = reading;
	return 0;
}

/* From the octets themselves, which are what the ledger commits to. */
static int64_t instant_of(const uint8_t octets[LEAF_LEN])
{
	uint64_t instant = 0;
	for (size_t i = 0; i < INSTANT_LEN; i++)
		instant = instant << 8 | octets[INSTANT_AT + i];
	return (int64_t)instant;
}

static const char *kind_of(const uint8_t octets[LEAF_LEN])
{
	int kind = octets[KIND_AT];
	return kind >= LEAF_ISSUANCE && kind <= LEAF_CA ? leaf_kind_name((enum leaf_kind)kind)
							: "unknown";
}

static const char *when(const uint8_t octets[LEAF_LEN], char out[INSTANT_TEXT_SIZE])
{
	int64_t instant_at = instant_of(octets);
	struct date date = { 0 };
	if (instant_at >= 0 && instant_at < INT64_C(8000) * 366 * DAY)
		date = utc_of_instant(instant_at).date;
	return date_exists(date) ? instant_to_text(instant_at, out) : "unknown";
}

static void leaf_print(FILE *out, const struct reading *reading)
{
	char instant[INSTANT_TEXT_SIZE];
	(void)fprintf(out, "%" PRId64 " %s %s %s\n", reading->id, kind_of(reading->octets),
		when(reading->octets, instant), reading->is_good ? "checked" : "CHECK FAILED");
	for (const char *at = reading->detail; *at != '\0';) {
		char line[LEAF_DETAIL_MAX];
		size_t len = strcspn(at, "\n");
		(void)snprintf(line, sizeof(line), "%.*s", (int)len, at);
		(void)fputs("    ", out);
		client_problem_text(line, out);
		(void)fputc('\n', out);
		at += at[len] == '\n' ? len + 1 : len;
	}
}

static int leaf_print_json(FILE *out, json_t *leaf, const struct reading *reading)
{
	if (json_object_set_new(leaf, "checked", json_boolean(reading->is_good)) != 0 ||
		json_dumpf(leaf, out, JSON_COMPACT) != 0)
		return fault_new(FAULT_IO, "a leaf is not printed");
	(void)fputc('\n', out);
	return 0;
}

static int page_print(struct listing *listing, const struct client_answer *answer)
{
	const json_t *leaves = json_object_get(answer->json, "leaves");
	if (!json_is_array(leaves))
		return fault_new(FAULT_PROTOCOL, "a listing without leaves");
	for (size_t i = 0; i < json_array_size(leaves); i++) {
		json_t *leaf = json_array_get(leaves, i);
		struct reading reading;
		int r = leaf_read(leaf, &reading);
		if (r < 0)
			return fault_trace(r);
		if (listing->options->json)
			r = leaf_print_json(listing->call->out, leaf, &reading);
		else
			leaf_print(listing->call->out, &reading);
		if (r < 0)
			return fault_trace(r);
		listing->count++;
		listing->bad += reading.is_good ? 0 : 1;
	}
	return 0;
}

/* Where the next page begins; false at the end, or when it would begin where this one did. */
static bool cursor_next(struct listing *listing, const struct client_answer *answer)
{
	const json_t *next = json_object_get(answer->json, "next");
	char cursor[CURSOR_SIZE] = "";
	if (json_is_integer(next))
		(void)snprintf(
			cursor, sizeof(cursor), "%" PRId64, (int64_t)json_integer_value(next));
	else if (json_is_string(next))
		(void)snprintf(cursor, sizeof(cursor), "%s", json_string_value(next));
	bool goes_on = *cursor != '\0' && strcmp(cursor, listing->cursor) != 0;
	memcpy(listing->cursor, cursor, sizeof(cursor));
	return goes_on;
}

static int path_make(const struct listing *listing, char path[CLIENT_PATH_MAX])
{
	BUFFER_CLEANUP struct buffer text = BUFFER(CLIENT_PATH_MAX - 1);
	const struct list *options = listing->options;
	char from[INSTANT_TEXT_SIZE], to[INSTANT_TEXT_SIZE];
	int r = buffer_append_text(&text, "/v1/ledger/leaves?limit=" PAGE);
	if (r == 0 && options->serial != NULL)
		r = buffer_printf(&text, "&serial=%s", options->serial);
	if (r == 0 && options->from_at != 0)
		r = buffer_printf(&text, "&from=%s", instant_to_text(options->from_at, from));
	if (r == 0 && options->to_at != 0)
		r = buffer_printf(&text, "&to=%s", instant_to_text(options->to_at, to));
	if (r == 0 && *listing->cursor != '\0')
		r = buffer_printf(&text, "&after=%s", listing->cursor);
	if (r < 0)
		return fault_trace(r);
	(void)snprintf(path, CLIENT_PATH_MAX, "%.*s", (int)text.len, (const char *)text.data);
	return 0;
}

static int list_all(struct listing *listing, struct client_https *https)
{
	bool goes_on = true;
	while (goes_on) {
		char path[CLIENT_PATH_MAX];
		CLIENT_ANSWER_CLEANUP struct client_answer answer = { .status = 0 };
		int r = path_make(listing, path);
		if (r == 0)
			r = ctl_api_ask(listing->call, https, "GET", path, NULL, &answer);
		if (r == 0)
			r = page_print(listing, &answer);
		if (r != 0)
			return r < 0 ? fault_trace(r) : r;
		goes_on = cursor_next(listing, &answer);
	}
	return 0;
}

static int list_run(const struct client_call *call, const void *given)
{
	struct listing listing = { .call = call, .options = given };
	uint8_t serial[SERIAL_LEN];
	if (listing.options->serial != NULL &&
		serial_from_hex(listing.options->serial, serial) != 0)
		return client_command_usage(call, "--serial is 32 hexadecimal digits");
	CLEANUP(client_https_done) struct client_https *https = NULL;
	int r = ctl_api_open(call, &https);
	if (r == 0)
		r = list_all(&listing, https);
	if (r != 0)
		return r < 0 ? fault_trace(r) : r;
	if (!listing.options->json)
		(void)fprintf(call->out, "leaves: %" PRId64 ", checks failed: %" PRId64 "\n",
			listing.count, listing.bad);
	if (listing.bad > 0)
		return client_command_refuse(
			call, "%" PRId64 " leaves do not match their detail and salt", listing.bad);
	return 0;
}

const struct client_command ctl_ledger_list = {
	.name = "ledger list",
	.help = "leaves of the ledger, each one checked",
	.options = list_options,
	.options_size = sizeof(struct list),
	.run = list_run,
};
