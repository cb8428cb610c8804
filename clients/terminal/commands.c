/* SPDX-License-Identifier: Apache-2.0 */
#include "terminal/commands.h"

#include "terminal/settings.h"

const struct client_command *const terminal_commands[] = {
	&terminal_visit,
	&terminal_open,
	&terminal_fee,
	&terminal_csr,
	&terminal_certificate,
	&terminal_deliver,
	&terminal_show,
	NULL,
};

const struct client_program terminal_commands_program = {
	.name = "hakko-terminal",
	.purpose = "the reference terminal of a municipality's counter",
	.commands = terminal_commands,
	.settings = terminal_settings_table,
	.settings_count = TERMINAL_SETTINGS_COUNT,
	.settings_size = sizeof(struct terminal_settings),
	.config = TERMINAL_CONFIG,
};
