/* SPDX-License-Identifier: Apache-2.0 */
#include "front/counter.h"

#include "base/fault.h"
#include "front/application_json.h"
#include "store/application.h"

#define ATTEMPTS_MAX 4 /* transactions of one request */
#define AGAIN 2

static int replied(int r)
{
	return r < 0 ? fault_trace(r) : FRONT_REPLIED;
}

/* A repeat of the same gets the same answer (0), everything else what stands against it. */
static int answer(struct store *store, struct http_request *request,
	const struct front_counter_act *act, const void *said, const struct verdict *verdict)
{
	store_rollback(store);
	if (verdict_has(verdict, act->repeat)) {
		bool is_same = false;
		int r = act->is_same(store, request, said, &is_same);
		if (r < 0)
			return fault_trace(r);
		if (is_same)
			return 0;
	}
	return replied(http_reply_verdict(request, verdict, NULL));
}

/* One transaction. 0: done, FRONT_REPLIED, AGAIN. */
static int try_once(struct store *store, struct http_request *request,
	const struct front_counter_act *act, const void *said)
{
	struct facts facts;
	int r = store_application_begin(
		store, &request->fingerprint, request->parameters[0], &facts);
	if (r < 0)
		return fault_trace(r);
	if (r == STORE_NOT_FOUND)
		return replied(front_caller_refuse(request, REFUSAL_NOT_FOUND, ""));
	if (r > 0)
		return AGAIN;
	enum refusal refusal = front_caller_refusal(request, &facts.client);
	if (refusal != REFUSAL_NONE)
		return replied(front_caller_refuse(request, refusal, ""));
	struct verdict verdict;
	act->judge(&facts, said, &verdict);
	if (!verdict_allows(&verdict)) {
		r = answer(store, request, act, said, &verdict);
		return r < 0 ? fault_trace(r) : r;
	}
	r = act->finish(store, &facts, said);
	if (r < 0)
		return fault_trace(r);
	return r > 0 ? AGAIN : 0;
}

int front_counter_do(struct front_worker *worker, struct http_request *request,
	const struct front_counter_act *act, const void *said)
{
	struct store *store;
	int r = front_worker_store(worker, request, &store);
	if (r < 0)
		return fault_trace(r);
	r = AGAIN;
	for (int i = 0; i < ATTEMPTS_MAX && r == AGAIN; i++) {
		r = try_once(store, request, act, said);
		store_rollback(store);
	}
	if (r == AGAIN)
		r = front_caller_refuse(request, REFUSAL_SERVICE_WAITING, "");
	else if (r == 0)
		r = front_application_reply(worker, request, request->parameters[0], 200);
	return r < 0 ? fault_trace(r) : 0;
}
