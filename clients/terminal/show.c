/* SPDX-License-Identifier: Apache-2.0 */
#include "base/fault.h"
#include "terminal/application.h"
#include "terminal/commands.h"

struct show {
	const char *application;
};

static const struct client_option options_table[] = {
	{ .name = "application",
		.value = "ID",
		.type = CLIENT_OPTION_TEXT,
		.required = true,
		.offset = offsetof(struct show, application),
		.help = "which application" },
	{ .name = NULL },
};

static int run(const struct client_call *call, const void *given)
{
	const struct show *options = given;
	char path[TERMINAL_PATH_MAX];
	int r = terminal_counter_path(call, options->application, "", path);
	if (r != 0)
		return r;
	TERMINAL_COUNTER_CLEANUP struct terminal_counter counter = { .call = call };
	CLIENT_ANSWER_CLEANUP struct client_answer answer = { .status = 0 };
	const struct terminal_request request = {
		.method = "GET",
		.path = path,
		.repeatable = true,
	};
	r = terminal_counter_open(call, &counter);
	if (r == 0)
		r = terminal_counter_ask(&counter, &request, &answer);
	if (r == 0)
		terminal_application_print(call, &answer);
	return r < 0 ? fault_trace(r) : r;
}

const struct client_command terminal_show = {
	.name = "show",
	.help = "how an application stands",
	.options = options_table,
	.options_size = sizeof(struct show),
	.run = run,
};
