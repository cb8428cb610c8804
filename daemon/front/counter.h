/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a counter does to an application of its own (fee, delivery; the CSR has its own way): one
 * transaction of facts, decision and finish, run again when the database says so.
 */
#pragma once

#include "front/caller.h"
#include "model/facts.h"

struct front_counter_act {
	/* P6, K5: what stands against it. */
	void (*judge)(const struct facts *facts, const void *said, struct verdict *ret_verdict);
	/* Finishes the transaction; an outcome > 0 means again. */
	int (*finish)(struct store *store, const struct facts *facts, const void *said);
	/* The refusal of a repeat, which is no refusal when `is_same` says so. */
	enum refusal repeat;
	/* Reads what was done the first time; outside of a transaction. */
	int (*is_same)(struct store *store, const struct http_request *request, const void *said,
		bool *ret_same);
};

/* Does it to the application of the route and replies. `said` is what the clerk said. */
int front_counter_do(struct front_worker *worker, struct http_request *request,
	const struct front_counter_act *act, const void *said) MUST_CHECK;
