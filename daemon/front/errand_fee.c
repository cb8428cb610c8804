/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/fault.h"
#include "front/counter.h"
#include "front/errands.h"
#include "policy/decide.h"
#include "store/application.h"

#define AMOUNT_MAX 1000000 /* yen */

struct fee {
	int64_t amount_yen;
	char receipt_number[RECEIPT_NUMBER_MAX + 1];
	char clerk[CLERK_MAX + 1];
};

#define AT(member_) offsetof(struct fee, member_)

static const struct http_json_field fields[] = {
	{ "amount_yen", HTTP_JSON_NUMBER, .required = true, .offset = AT(amount_yen), .min = 0,
		.max = AMOUNT_MAX },
	{ "receipt_number", HTTP_JSON_TEXT, .required = true, .offset = AT(receipt_number),
		.max = RECEIPT_NUMBER_MAX },
	{ "clerk", HTTP_JSON_TEXT, .required = true, .offset = AT(clerk), .max = CLERK_MAX },
	{ 0 },
};

static void judge(const struct facts *facts, const void *said, struct verdict *ret_verdict)
{
	const struct fee *fee = said;
	policy_fee_check(facts, fee->amount_yen, ret_verdict);
}

static int finish(struct store *store, const struct facts *facts, const void *said)
{
	const struct fee *fee = said;
	int r = store_fee_finish(store, facts->application.id, (int32_t)fee->amount_yen,
		fee->receipt_number, fee->clerk);
	return r < 0 ? fault_trace(r) : r;
}

static int is_same(
	struct store *store, const struct http_request *request, const void *said, bool *ret_same)
{
	const struct fee *fee = said;
	struct client client;
	struct store_application_view view;
	int r = store_application_view(
		store, &request->fingerprint, request->parameters[0], &client, &view);
	if (r < 0)
		return fault_trace(r);
	*ret_same = r == 0 && view.application.fee_yen == fee->amount_yen &&
		strcmp(view.receipt_number, fee->receipt_number) == 0;
	return 0;
}

int front_errand_fee(struct http_request *request, void *worker)
{
	static const struct front_counter_act act = { judge, finish, REFUSAL_FEE_ALREADY_PAID,
		is_same };
	struct fee fee = { 0 };
	struct verdict verdict;
	int r = http_json_decode(request->body, fields, &fee, &verdict);
	if (r == HTTP_JSON_REFUSED)
		r = http_reply_verdict(request, &verdict, NULL);
	else if (r == 0)
		r = front_counter_do(worker, request, &act, &fee);
	return r < 0 ? fault_trace(r) : 0;
}
