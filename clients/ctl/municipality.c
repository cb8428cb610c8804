/* SPDX-License-Identifier: Apache-2.0 */
#include "base/calendar.h"
#include "base/fault.h"
#include "ctl/api.h"
#include "ctl/commands.h"

struct add {
	const char *code, *name, *romaji;
	int64_t closing_at;
};

static const struct client_option add_options[] = {
	{ .name = "code",
		.value = "DIGITS",
		.type = CLIENT_OPTION_TEXT,
		.required = true,
		.offset = offsetof(struct add, code),
		.help = "nationwide code, five digits" },
	{ .name = "name",
		.value = "TEXT",
		.type = CLIENT_OPTION_TEXT,
		.required = true,
		.offset = offsetof(struct add, name),
		.help = "Japanese name" },
	{ .name = "romaji",
		.value = "TEXT",
		.type = CLIENT_OPTION_TEXT,
		.required = true,
		.offset = offsetof(struct add, romaji),
		.help = "as in certificates: Shiroi-shi" },
	{ .name = "closing-at",
		.value = "INSTANT",
		.type = CLIENT_OPTION_INSTANT,
		.offset = offsetof(struct add, closing_at),
		.help = "its own earlier end of issuance (P2)" },
	{ .name = NULL },
};

static int add_run(const struct client_call *call, const void *given)
{
	const struct add *options = given;
	char closing_at[INSTANT_TEXT_SIZE];
	json_t *body = json_pack("{ss ss ss ss*}", "code", options->code, "name", options->name,
		"romaji", options->romaji, "closing_at",
		options->closing_at != 0 ? instant_to_text(options->closing_at, closing_at) : NULL);
	CLIENT_ANSWER_CLEANUP struct client_answer answer = { .status = 0 };
	int r = ctl_api_call(call, "POST", "/v1/municipalities", body, &answer);
	if (r != 0)
		return r < 0 ? fault_trace(r) : r;
	ctl_api_print(call, "code", client_answer_text(&answer, "code"));
	ctl_api_print(call, "name", client_answer_text(&answer, "name"));
	ctl_api_print(call, "romaji", client_answer_text(&answer, "romaji"));
	ctl_api_print(call, "closing_at", client_answer_text(&answer, "closing_at"));
	return 0;
}

const struct client_command ctl_municipality_add = {
	.name = "municipality add",
	.help = "enter a municipality",
	.options = add_options,
	.options_size = sizeof(struct add),
	.run = add_run,
};
