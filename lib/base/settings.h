/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Settings files by table. A file holds lines `key = value`; blank lines and lines that begin
 * with '#' are passed over, a value goes to the end of the line (no quotes, no continuation).
 * An unknown, repeated, missing or malformed key refuses to start, with file and line. Reads
 * one file, never writes.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/cleanup.h"

#define SETTINGS_LINE_MAX 1024   /* octets of a line */
#define SETTINGS_FILE_MAX 262144 /* octets of a file */

enum setting_type {
	SETTING_TEXT,    /* const char *: UTF-8 without controls, at most max octets */
	SETTING_PATH,    /* const char *: absolute */
	SETTING_NUMBER,  /* int64_t, from min to max */
	SETTING_BOOLEAN, /* bool: yes or no */
	SETTING_INSTANT, /* int64_t: RFC 3339 */
	SETTING_ADDRESS, /* const char *: host:port, host numeric, [::1]:port for IPv6, port 0 any */
};

/*
 * One key. `fallback` NULL means that the key must be given. `fallback` "" of a text, path or
 * address means none, and only such a key may stand in a file with nothing behind its '='.
 */
struct setting {
	const char *key;
	enum setting_type type;
	size_t offset;        /* into the program's struct */
	const char *fallback; /* as it would stand in a file */
	int64_t min, max;     /* numbers; for texts and paths max octets, 0: SETTINGS_LINE_MAX */
	const char *help;     /* one sentence, with the unit */
};

/*
 * Reads `path` into `ret_settings` by the `count` rows of `table`. Texts are on the heap and
 * go with settings_done(); "" where there is none, never NULL. FAULT_SETTINGS with "file:line:
 * what is wrong"; the value itself is never repeated there, it may be a secret.
 */
int settings_load(const struct setting *table, size_t count, const char *path, void *ret_settings)
	MUST_CHECK;
void settings_done(const struct setting *table, size_t count, void *settings);
/* Prints every key with its value, as a file that settings_load() reads back the same. */
void settings_print(const struct setting *table, size_t count, const void *settings, FILE *out);
