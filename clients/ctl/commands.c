/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/commands.h"

#include "ctl/settings.h"

const struct client_command *const ctl_commands[] = {
	&ctl_ca_create,
	&ctl_migrate,
	&ctl_database_migrate,
	&ctl_database_init,
	&ctl_ca_register,
	&ctl_operator_first,
	&ctl_resident_import,
	&ctl_rehearsal_start,
	&ctl_rehearsal_show,
	&ctl_rehearsal_advance,
	&ctl_rehearsal_resume,
	&ctl_municipality_add,
	&ctl_client_register,
	&ctl_client_suspend,
	&ctl_client_resume,
	&ctl_revoke,
	&ctl_show_certificate,
	&ctl_publish,
	&ctl_service_show,
	&ctl_ledger_list,
	NULL,
};

const struct client_program ctl_commands_program = {
	.name = "hakkoctl",
	.purpose = "operators, auditors and the ceremony of a certificate authority",
	.commands = ctl_commands,
	.settings = ctl_settings_table,
	.settings_count = CTL_SETTINGS_COUNT,
	.settings_size = sizeof(struct ctl_settings),
	.config = CTL_CONFIG,
};
