/* SPDX-License-Identifier: Apache-2.0 */
#include "base/fault.h"
#include "ctl/api.h"
#include "ctl/commands.h"
#include "model/application.h"

#define PATH_SIZE 96

/* What the API takes; R5 and R6 are not acts of a person at this door. */
static const char *const causes[] = { "unwanted", "compromise", "discarded", "card_lapsed",
	"incorrect", "movement", NULL };

struct revoke {
	const char *serial, *cause, *clerk;
};

static const struct client_option revoke_options[] = {
	{ .name = "serial",
		.value = "HEX",
		.type = CLIENT_OPTION_TEXT,
		.required = true,
		.offset = offsetof(struct revoke, serial),
		.help = "of the certificate" },
	{ .name = "cause",
		.value = "WORD",
		.type = CLIENT_OPTION_WORD,
		.required = true,
		.offset = offsetof(struct revoke, cause),
		.words = causes,
		.help = "why (R1 to R8)" },
	{ .name = "clerk",
		.value = "NAME",
		.type = CLIENT_OPTION_TEXT,
		.required = true,
		.offset = offsetof(struct revoke, clerk),
		.help = "at whose word (L4)" },
	{ .name = NULL },
};

static int revoke_run(const struct client_call *call, const void *given)
{
	const struct revoke *options = given;
	uint8_t serial[SERIAL_LEN];
	if (serial_from_hex(options->serial, serial) != 0)
		return client_command_usage(call, "--serial is 32 hexadecimal digits");
	char hex[SERIAL_HEX_SIZE], path[PATH_SIZE];
	serial_to_hex(serial, hex);
	(void)snprintf(path, sizeof(path), "/v1/certificates/%s/revocation", hex);
	json_t *body = json_pack("{ss ss}", "cause", options->cause, "clerk", options->clerk);
	CLIENT_ANSWER_CLEANUP struct client_answer answer = { .status = 0 };
	int r = ctl_api_call(call, "POST", path, body, &answer);
	if (r != 0)
		return r < 0 ? fault_trace(r) : r;
	ctl_api_print(call, "serial", client_answer_text(&answer, "serial"));
	ctl_api_print(call, "revoked_at", client_answer_text(&answer, "revoked_at"));
	ctl_api_print(call, "cause", client_answer_text(&answer, "cause"));
	return 0;
}

const struct client_command ctl_revoke = {
	.name = "revoke",
	.help = "revoke a certificate, for ever (R9)",
	.options = revoke_options,
	.options_size = sizeof(struct revoke),
	.run = revoke_run,
};
