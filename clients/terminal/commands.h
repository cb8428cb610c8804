/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All commands of hakko-terminal; each row stands in the file of its step. Data only.
 */
#pragma once

#include "client/command.h"

/* Ends with NULL; the order of the help. */
extern const struct client_command *const terminal_commands[];
/* The whole program, for main() and for the tests. */
extern const struct client_program terminal_commands_program;

extern const struct client_command terminal_certificate;
extern const struct client_command terminal_csr;
extern const struct client_command terminal_deliver;
extern const struct client_command terminal_fee;
extern const struct client_command terminal_open;
extern const struct client_command terminal_show;
extern const struct client_command terminal_visit;
