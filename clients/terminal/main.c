/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hakko-terminal: one run of one command. See docs/man/hakko-terminal.1.md.
 */
#include <signal.h>

#include "terminal/commands.h"

int main(int argc, char **argv)
{
	/* A server that hangs up is an error of a call, not our end. */
	(void)signal(SIGPIPE, SIG_IGN);
	return client_command_main(&terminal_commands_program, argc, argv, stdout, stderr);
}
