/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who asks, once more: the register in memory let the request in, the database as it stands now has
 * the last word.
 */
#pragma once

#include "front/front.h"

#define FRONT_REPLIED 1 /* outcome: a reply stands already, the errand ends */

/* Why this client may not ask any more; REFUSAL_NONE when it may. */
enum refusal front_caller_refusal(const struct http_request *request, const struct client *client);
/* The worker's connection and the client as registered now. FRONT_REPLIED. */
int front_caller_load(struct front_worker *worker, struct http_request *request,
	struct store **ret_store, struct client *ret_client) MUST_CHECK;
/* Replies a refusal; for `return front_caller_refuse(…)` in an errand. */
int front_caller_refuse(struct http_request *request, enum refusal refusal, const char *field)
	MUST_CHECK;
