/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Asking again when no answer came or the service is busy, for as long as a clerk can wait. Only
 * what the service settles itself (docs/api.md, "Repeats") may be asked again after an answer
 * was lost; anything else only when the request surely was not carried out.
 */
#pragma once

#include "client/https.h"

#define CLIENT_RETRY_PAUSE_MAX_MS 8000 /* longest wait of our own choice */

struct client_retry {
	int64_t patience_ms; /* all attempts and pauses together */
	int64_t attempt_ms;  /* one attempt */
	bool repeatable;     /* the same request twice is as good as once */
	/* Called before each pause, with the status (0: no answer) and the pause; may be NULL. */
	void (*report)(void *context, long status, int64_t pause_ms);
	void *context;
};

/* Wait after attempt `attempt` (from 0), in milliseconds: doubling; `jitter` 0 to 999 spreads. */
int64_t client_retry_pause_ms(int attempt, int64_t retry_after_s, uint32_t jitter);
/* Whether an answer of that status asks to be asked again. */
bool client_retry_status(long status);
/*
 * client_https_call() until an answer comes that is final, or patience ends: then the last
 * answer (503, say), or the last fault. FAULT_UNAVAILABLE, FAULT_TIMEOUT, FAULT_PROTOCOL.
 */
int client_retry_call(struct client_https *https, const struct client_retry *retry,
	const char *method, const char *path, json_t *body, struct client_answer *ret_answer)
	MUST_CHECK;
