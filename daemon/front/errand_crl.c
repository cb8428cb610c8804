/* SPDX-License-Identifier: Apache-2.0 */
#include "base/fault.h"
#include "front/caller.h"
#include "front/errands.h"
#include "store/revocation.h"

static const struct http_json_field fields[] = { { 0 } };

static int ask(struct front_worker *worker, struct http_request *request)
{
	struct store *store;
	struct client client;
	int r = front_caller_load(worker, request, &store, &client);
	if (r != 0)
		return r < 0 ? fault_trace(r) : 0;
	r = store_crl_request(store);
	if (r < 0)
		return fault_trace(r);
	r = http_reply_json(request, 202, json_object());
	return r < 0 ? fault_trace(r) : 0;
}

int front_errand_crl(struct http_request *request, void *worker)
{
	char nothing;
	struct verdict verdict;
	int r = http_json_decode(request->body, fields, &nothing, &verdict);
	if (r == HTTP_JSON_REFUSED)
		r = http_reply_verdict(request, &verdict, NULL);
	else if (r == 0)
		r = ask(worker, request);
	return r < 0 ? fault_trace(r) : 0;
}
