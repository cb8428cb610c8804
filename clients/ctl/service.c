/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>

#include "base/fault.h"
#include "ctl/api.h"
#include "ctl/commands.h"

static const struct client_option show_options[] = { { .name = NULL } };

static int show_run(const struct client_call *call, const void *given)
{
	static const char *const members[] = { "kind", "now", "opening_at", "closing_at" };
	(void)given;
	CLIENT_ANSWER_CLEANUP struct client_answer answer = { .status = 0 };
	int r = ctl_api_call(call, "GET", "/v1/service", NULL, &answer);
	if (r != 0)
		return r < 0 ? fault_trace(r) : r;
	for (size_t i = 0; i < LENGTH_OF(members); i++)
		ctl_api_print(call, members[i], client_answer_text(&answer, members[i]));
	(void)fprintf(
		call->out, "fee_yen: %" PRId64 "\n", client_answer_number(&answer, "fee_yen"));
	return 0;
}

const struct client_command ctl_service_show = {
	.name = "service show",
	.help = "what the service is and its clock",
	.options = show_options,
	.options_size = 0,
	.run = show_run,
};
