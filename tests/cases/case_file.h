/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files of cases: situation and expected verdict as text (README.md of this folder). Whatever the
 * reader does not understand is an error with its line: a case that means nothing cannot fail.
 */
#pragma once

#include <stdio.h>

#include "model/refusal.h"
#include "situation.h"

#define CASE_LINE_MAX 256 /* octets */
#define CASE_RULES_MAX 8  /* ids of one case */
#define CASE_RULE_MAX 4   /* characters of an id: "P10" */

struct case_text {
	int line;
	char title[CASE_LINE_MAX];
	size_t rule_count;
	char rules[CASE_RULES_MAX][CASE_RULE_MAX + 1];
	struct situation situation;
	bool given[SITUATION_KEYS_MAX];
	size_t verdict_count; /* 0: none given yet; "allowed" is one as well */
	char verdicts[VERDICT_MAX][CASE_LINE_MAX];
	bool has_not_after;
	int64_t not_after_at;
};

struct case_file {
	FILE *in;
	const char *path;
	int line;
	char text[CASE_LINE_MAX]; /* the line read ahead */
	bool ahead;
	char error[CASE_LINE_MAX * 2]; /* why the file is no good */
};

#define CASE_END 1   /* no further case */
#define CASE_WRONG 2 /* `error` says why, with file and line */

int case_file_open(struct case_file *file, const char *path) MUST_CHECK; /* CASE_WRONG */
void case_file_close(struct case_file *file);
/* The ordinary situation: every key but "act" once. CASE_WRONG. */
int case_file_ordinary(struct case_file *file, struct situation *ret_situation) MUST_CHECK;
/* The next case, which differs from `ordinary` by its own lines. CASE_END, CASE_WRONG. */
int case_file_next(struct case_file *file, const struct situation *ordinary,
	struct case_text *ret_case) MUST_CHECK;
