/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A program of commands by table: finds the command, reads options and settings, runs it, and
 * turns what came of it into an exit status. Reads one settings file; prints to the given
 * streams.
 *
 *	program [program options] command words [options]
 *
 * Program options may also follow the command; where both have the name, the command's is meant.
 * Every setting is a program option too: "rehearsal_clock" is "--rehearsal-clock", "timeout_s",
 * without its unit, "--timeout".
 */
#pragma once

#include "base/settings.h"
#include "client/option.h"

#define CLIENT_REFUSED 1 /* outcome: refused, and the reason is printed */
#define CLIENT_EXIT_FAULT 3

#define CLIENT_SETTINGS_MAX 24 /* settings of one program */

/* What a command is called with. */
struct client_call {
	const char *program;
	const void *settings; /* the program's struct */
	const char *config;   /* the file they came from */
	FILE *out;            /* what was asked for */
	FILE *err;            /* refusals, progress, questions */
};

struct client_command {
	const char *name; /* one or two words: "ca create" */
	const char *help; /* one line */
	const struct client_option *options;
	size_t options_size; /* octets of the struct its options fill */
	/* 0 done, CLIENT_REFUSED, CLIENT_USAGE (both printed to call->err), or a fault. */
	int (*run)(const struct client_call *call, const void *options);
};

struct client_program {
	const char *name;
	const char *purpose;                          /* one line */
	const struct client_command *const *commands; /* ends with NULL */
	const struct setting *settings;               /* every one has a fallback */
	size_t settings_count;
	size_t settings_size;
	const char *config; /* the settings file; where it is not there, fallbacks hold */
};

/* Does everything; the exit status: 0 done, 1 refused, 2 usage, 3 fault. */
int client_command_main(const struct client_program *program, int argc, char *const *argv,
	FILE *out, FILE *err) MUST_CHECK;
/* CLIENT_USAGE, with a line that names the setting, when `value` is "". */
int client_command_need(const struct client_call *call, const char *key, const char *value)
	MUST_CHECK;
/* Prints "program: sentence" to call->err and answers CLIENT_REFUSED. */
int client_command_refuse(const struct client_call *call, const char *format, ...) PRINTF_LIKE(2, 3)
	MUST_CHECK;
/* The same for CLIENT_USAGE. */
int client_command_usage(const struct client_call *call, const char *format, ...) PRINTF_LIKE(2, 3)
	MUST_CHECK;
