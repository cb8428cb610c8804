/* SPDX-License-Identifier: Apache-2.0 */
#include "base/fault.h"
#include "terminal/card.h"
#include "terminal/commands.h"
#include "terminal/csr.h"

struct certificate_options {
	const char *application, *out;
};

static const struct client_option options_table[] = {
	{ .name = "application",
		.value = "ID",
		.type = CLIENT_OPTION_TEXT,
		.required = true,
		.offset = offsetof(struct certificate_options, application),
		.help = "which application" },
	{ .name = "out",
		.value = "FOLDER",
		.type = CLIENT_OPTION_TEXT,
		.required = true,
		.offset = offsetof(struct certificate_options, out),
		.help = "write the certificate there" },
	{ .name = NULL },
};

static int run(const struct client_call *call, const void *given)
{
	const struct certificate_options *options = given;
	char path[TERMINAL_PATH_MAX];
	int r = terminal_counter_path(call, options->application, "/certificate", path);
	if (r == 0)
		r = terminal_card_check(options->out);
	if (r != 0)
		return r < 0 ? fault_trace(r) : r;
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
		r = terminal_csr_write(call, options->out, &answer, NULL);
	return r < 0 ? fault_trace(r) : r;
}

const struct client_command terminal_certificate = {
	.name = "certificate",
	.help = "fetch an issued certificate once more",
	.options = options_table,
	.options_size = sizeof(struct certificate_options),
	.run = run,
};
