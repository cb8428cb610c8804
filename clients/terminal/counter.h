/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The counter's line to the service: asks with patience, tells the clerk while it waits, prints
 * refusals. One request after the other.
 */
#pragma once

#include "client/command.h"
#include "client/https.h"
#include "model/application.h"
#include "terminal/settings.h"

#define TERMINAL_PATH_MAX 96 /* octets of a path, with terminator */

struct terminal_counter {
	const struct client_call *call;
	struct client_https *https;
	bool told_rehearsal;
};

#define TERMINAL_COUNTER_CLEANUP __attribute__((cleanup(terminal_counter_done)))

/* CLIENT_USAGE when a setting is missing. Connects with the first request only. */
int terminal_counter_open(const struct client_call *call, struct terminal_counter *ret_counter)
	MUST_CHECK;
void terminal_counter_done(struct terminal_counter *counter);

/* One request of the counter. */
struct terminal_request {
	const char *method;
	const char *path;
	json_t *body;    /* taken; may be NULL with GET only */
	bool repeatable; /* the service settles repeats of it (docs/api.md) */
};
/*
 * Gives an answer of 2xx that is a JSON object. CLIENT_REFUSED: refused, and its problem is
 * printed. FAULT_UNAVAILABLE and FAULT_TIMEOUT only when patience is over.
 */
int terminal_counter_ask(struct terminal_counter *counter, const struct terminal_request *request,
	struct client_answer *ret_answer) MUST_CHECK;
/* "/v1/applications/<id><rest>"; CLIENT_USAGE when `id` is no application's. */
int terminal_counter_path(const struct client_call *call, const char *id, const char *rest,
	char out[TERMINAL_PATH_MAX]) MUST_CHECK;
/* The clerk of the settings, else CLIENT_USAGE. Borrowed. */
int terminal_counter_clerk(const struct client_call *call, const char **ret_clerk) MUST_CHECK;
