/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All commands of hakkoctl; each row stands in the file of its noun. Data only.
 */
#pragma once

#include "client/command.h"

/* Ends with NULL; the order of the help. */
extern const struct client_command *const ctl_commands[];
/* The whole program, for main() and for the tests. */
extern const struct client_program ctl_commands_program;

/* As the owner of files or of the database. */
extern const struct client_command ctl_ca_create;
extern const struct client_command ctl_ca_register;
extern const struct client_command ctl_database_init;
extern const struct client_command ctl_database_migrate;
extern const struct client_command ctl_migrate;
extern const struct client_command ctl_operator_first;
extern const struct client_command ctl_rehearsal_advance;
extern const struct client_command ctl_rehearsal_resume;
extern const struct client_command ctl_rehearsal_show;
extern const struct client_command ctl_rehearsal_start;
extern const struct client_command ctl_resident_import;

/* Through the API. */
extern const struct client_command ctl_client_register;
extern const struct client_command ctl_client_resume;
extern const struct client_command ctl_client_suspend;
extern const struct client_command ctl_ledger_list;
extern const struct client_command ctl_municipality_add;
extern const struct client_command ctl_publish;
extern const struct client_command ctl_revoke;
extern const struct client_command ctl_service_show;
extern const struct client_command ctl_show_certificate;
