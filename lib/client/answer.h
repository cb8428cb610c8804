/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the service answered to one request, and its members read without trust: a member that
 * is missing or of another type reads as empty. Touches memory only.
 */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"

#define CLIENT_ANSWER_MAX 1048576 /* octets of an answer's body */
#define CLIENT_LANGUAGE_SIZE 3    /* "ja" or "en" with terminator */

struct client_answer {
	long status;
	json_t *json;                        /* NULL when the body is no JSON */
	struct buffer body;                  /* as received */
	int64_t retry_after_s;               /* the header's seconds, -1: there was none */
	bool rehearsal;                      /* it came from a rehearsal */
	char language[CLIENT_LANGUAGE_SIZE]; /* the one that was asked for */
};

#define CLIENT_ANSWER_CLEANUP __attribute__((cleanup(client_answer_done)))

/* Frees what it holds and makes it an empty answer, which an all zero one is too. */
void client_answer_done(struct client_answer *answer);
/* Whether the service did what was asked: 2xx. */
bool client_answer_is_good(const struct client_answer *answer);
/* A text member of the top object, borrowed; "" when there is none. */
const char *client_answer_text(const struct client_answer *answer, const char *member);
/* An integer member of the top object; 0 when there is none. */
int64_t client_answer_number(const struct client_answer *answer, const char *member);
