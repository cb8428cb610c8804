/* SPDX-License-Identifier: Apache-2.0 */
#include "base/fault.h"
#include "ctl/api.h"
#include "ctl/commands.h"
#include "model/application.h"

#define PATH_SIZE 64

struct show {
	const char *serial;
};

static const struct client_option show_options[] = {
	{ .name = "serial",
		.value = "HEX",
		.type = CLIENT_OPTION_TEXT,
		.required = true,
		.offset = offsetof(struct show, serial),
		.help = "of the certificate" },
	{ .name = NULL },
};

static int show_run(const struct client_call *call, const void *given)
{
	static const char *const members[] = { "serial", "application", "not_after", "revoked_at",
		"cause" };
	const struct show *options = given;
	uint8_t serial[SERIAL_LEN];
	if (serial_from_hex(options->serial, serial) != 0)
		return client_command_usage(call, "--serial is 32 hexadecimal digits");
	char hex[SERIAL_HEX_SIZE], path[PATH_SIZE];
	serial_to_hex(serial, hex);
	(void)snprintf(path, sizeof(path), "/v1/certificates/%s", hex);
	CLIENT_ANSWER_CLEANUP struct client_answer answer = { .status = 0 };
	int r = ctl_api_call(call, "GET", path, NULL, &answer);
	if (r != 0)
		return r < 0 ? fault_trace(r) : r;
	for (size_t i = 0; i < LENGTH_OF(members); i++)
		ctl_api_print(call, members[i], client_answer_text(&answer, members[i]));
	ctl_api_print_lines(call, client_answer_text(&answer, "certificate"));
	return 0;
}

const struct client_command ctl_show_certificate = {
	.name = "show certificate",
	.help = "a certificate and whether it is revoked",
	.options = show_options,
	.options_size = sizeof(struct show),
	.run = show_run,
};
