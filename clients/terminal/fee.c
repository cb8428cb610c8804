/* SPDX-License-Identifier: Apache-2.0 */
#include "terminal/fee.h"

#include <inttypes.h>

#include "base/fault.h"
#include "terminal/commands.h"
#include "terminal/say.h"

#define AMOUNT_MAX 1000000 /* yen */

struct fee {
	const char *application, *receipt;
	int64_t amount_yen;
};

static const struct client_option options_table[] = {
	{ .name = "application",
		.value = "ID",
		.type = CLIENT_OPTION_TEXT,
		.required = true,
		.offset = offsetof(struct fee, application),
		.help = "which application" },
	{ .name = "receipt",
		.value = "NUMBER",
		.type = CLIENT_OPTION_TEXT,
		.required = true,
		.offset = offsetof(struct fee, receipt),
		.help = "number of the receipt" },
	{ .name = "amount",
		.value = "YEN",
		.type = CLIENT_OPTION_NUMBER,
		.offset = offsetof(struct fee, amount_yen),
		.min = 1,
		.max = AMOUNT_MAX,
		.help = "what was paid (the programme's fee)" },
	{ .name = NULL },
};

static int programme_fee(struct terminal_counter *counter, int64_t *ret_amount_yen)
{
	const struct terminal_request request = {
		.method = "GET",
		.path = "/v1/service",
		.repeatable = true,
	};
	CLIENT_ANSWER_CLEANUP struct client_answer answer = { .status = 0 };
	int r = terminal_counter_ask(counter, &request, &answer);
	if (r != 0)
		return r < 0 ? fault_trace(r) : r;
	*ret_amount_yen = client_answer_number(&answer, "fee_yen");
	return 0;
}

int terminal_fee_record(
	struct terminal_counter *counter, const char *id, const char *receipt, int64_t amount_yen)
{
	const char *clerk;
	char path[TERMINAL_PATH_MAX];
	int r = terminal_counter_clerk(counter->call, &clerk);
	if (r == 0)
		r = terminal_counter_path(counter->call, id, "/fee", path);
	if (r == 0 && amount_yen == 0)
		r = programme_fee(counter, &amount_yen);
	if (r != 0)
		return r < 0 ? fault_trace(r) : r;
	const struct terminal_request request = {
		.method = "POST",
		.path = path,
		.body = json_pack("{sI ss ss}", "amount_yen", (json_int_t)amount_yen,
			"receipt_number", receipt, "clerk", clerk),
		.repeatable = true,
	};
	CLIENT_ANSWER_CLEANUP struct client_answer answer = { .status = 0 };
	r = terminal_counter_ask(counter, &request, &answer);
	if (r != 0)
		return r < 0 ? fault_trace(r) : r;
	char text[24];
	(void)snprintf(text, sizeof(text), "%" PRId64, amount_yen);
	terminal_say(counter->call, TERMINAL_FEE, text);
	return 0;
}

static int run(const struct client_call *call, const void *given)
{
	const struct fee *options = given;
	TERMINAL_COUNTER_CLEANUP struct terminal_counter counter = { .call = call };
	int r = terminal_counter_open(call, &counter);
	if (r == 0)
		r = terminal_fee_record(
			&counter, options->application, options->receipt, options->amount_yen);
	return r < 0 ? fault_trace(r) : r;
}

const struct client_command terminal_fee = {
	.name = "fee",
	.help = "record the fee (P6)",
	.options = options_table,
	.options_size = sizeof(struct fee),
	.run = run,
};
