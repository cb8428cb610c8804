/* SPDX-License-Identifier: Apache-2.0 */
#include "terminal/deliver.h"

#include "base/fault.h"
#include "terminal/commands.h"
#include "terminal/say.h"

struct deliver {
	const char *application;
};

static const struct client_option options_table[] = {
	{ .name = "application",
		.value = "ID",
		.type = CLIENT_OPTION_TEXT,
		.required = true,
		.offset = offsetof(struct deliver, application),
		.help = "which application" },
	{ .name = NULL },
};

int terminal_deliver_confirm(struct terminal_counter *counter, const char *id)
{
	const char *clerk;
	char path[TERMINAL_PATH_MAX];
	int r = terminal_counter_clerk(counter->call, &clerk);
	if (r == 0)
		r = terminal_counter_path(counter->call, id, "/delivery", path);
	if (r != 0)
		return r;
	const struct terminal_request request = {
		.method = "POST",
		.path = path,
		.body = json_pack("{ss}", "clerk", clerk),
		.repeatable = true,
	};
	CLIENT_ANSWER_CLEANUP struct client_answer answer = { .status = 0 };
	r = terminal_counter_ask(counter, &request, &answer);
	if (r != 0)
		return r < 0 ? fault_trace(r) : r;
	terminal_say(
		counter->call, TERMINAL_DELIVERED, client_answer_text(&answer, "delivered_at"));
	return 0;
}

static int run(const struct client_call *call, const void *given)
{
	const struct deliver *options = given;
	TERMINAL_COUNTER_CLEANUP struct terminal_counter counter = { .call = call };
	int r = terminal_counter_open(call, &counter);
	if (r == 0)
		r = terminal_deliver_confirm(&counter, options->application);
	return r < 0 ? fault_trace(r) : r;
}

const struct client_command terminal_deliver = {
	.name = "deliver",
	.help = "confirm that the card was handed over (K5)",
	.options = options_table,
	.options_size = sizeof(struct deliver),
	.run = run,
};
