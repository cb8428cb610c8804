/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Options of a command line by table: "--name VALUE" and flags "--name", nothing else. An
 * unknown, repeated, missing or malformed one is named in one line. Touches memory only, writes
 * to the given stream.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/cleanup.h"

#define CLIENT_OPTION_TEXT_MAX 1024 /* octets of a value */
#define CLIENT_OPTIONS_MAX 32       /* rows of a table */

enum client_option_type {
	CLIENT_OPTION_FLAG,    /* bool; takes no value */
	CLIENT_OPTION_TEXT,    /* const char *, borrowed: 1 to CLIENT_OPTION_TEXT_MAX octets */
	CLIENT_OPTION_WORD,    /* const char *, borrowed: one of `words` */
	CLIENT_OPTION_NUMBER,  /* int64_t from min to max */
	CLIENT_OPTION_INSTANT, /* int64_t, RFC 3339; 0 when not given */
	CLIENT_OPTION_DATE,    /* struct date; year 0 when not given */
};

/* One option; a table ends with a NULL name. */
struct client_option {
	const char *name;  /* without its "--" */
	const char *value; /* what the help calls it: "FILE" */
	enum client_option_type type;
	bool required;
	size_t offset;        /* of the value in the command's struct */
	const char *fallback; /* as it would be typed, NULL: zero */
	int64_t min, max;
	const char *const *words; /* ends with NULL */
	const char *help;         /* a few words, with the unit */
};

/* A table with the struct it fills and what was given so far. */
struct client_option_set {
	const struct client_option *table;
	void *values;
	uint32_t given; /* a bit a row */
};

#define CLIENT_USAGE 2 /* outcome: the command line is wrong, and `err` was told how */

/*
 * Reads the option at argv[*place] with its value and moves `place` behind it. The first of the
 * `count` sets that has the name takes it. CLIENT_USAGE.
 */
int client_option_take(struct client_option_set *sets, size_t count, int argc, char *const *argv,
	int *place, FILE *err) MUST_CHECK;
/* Fills in fallbacks and finds what is missing. CLIENT_USAGE. */
int client_option_finish(struct client_option_set *set, FILE *err) MUST_CHECK;
/* Prints the table for a person, one line an option. */
void client_option_help(const struct client_option *table, FILE *out);
