/* SPDX-License-Identifier: Apache-2.0 */
#include "base/fault.h"
#include "front/counter.h"
#include "front/errands.h"
#include "front/leaf.h"
#include "policy/decide.h"
#include "store/application.h"

struct delivery {
	char clerk[CLERK_MAX + 1];
};

static const struct http_json_field fields[] = {
	{ "clerk", HTTP_JSON_TEXT, .required = true, .offset = offsetof(struct delivery, clerk),
		.max = CLERK_MAX },
	{ 0 },
};

static void judge(const struct facts *facts, const void *said, struct verdict *ret_verdict)
{
	(void)said;
	policy_delivery_check(facts, ret_verdict);
}

static int finish(struct store *store, const struct facts *facts, const void *said)
{
	const struct delivery *delivery = said;
	struct front_leaf leaf;
	int r = front_leaf_delivery(facts, delivery->clerk, &leaf);
	if (r < 0)
		return fault_trace(r);
	r = store_delivery_finish(
		store, facts->application.id, delivery->clerk, &leaf.leaf, &leaf.octets);
	return r < 0 ? fault_trace(r) : r;
}

/* Handed over is handed over, whoever says it again. */
static int is_same(
	struct store *store, const struct http_request *request, const void *said, bool *ret_same)
{
	(void)store;
	(void)request;
	(void)said;
	*ret_same = true;
	return 0;
}

int front_errand_delivery(struct http_request *request, void *worker)
{
	static const struct front_counter_act act = { judge, finish, REFUSAL_ALREADY_DELIVERED,
		is_same };
	struct delivery delivery = { 0 };
	struct verdict verdict;
	int r = http_json_decode(request->body, fields, &delivery, &verdict);
	if (r == HTTP_JSON_REFUSED)
		r = http_reply_verdict(request, &verdict, NULL);
	else if (r == 0)
		r = front_counter_do(worker, request, &act, &delivery);
	return r < 0 ? fault_trace(r) : 0;
}
