/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "front/caller.h"
#include "front/errands.h"
#include "front/leaf.h"
#include "store/client.h"

#define ID_DIGITS_MAX 18 /* of a client's id: what an int64_t surely holds */

struct suspension {
	bool suspended;
};

static const struct http_json_field fields[] = {
	{ "suspended", HTTP_JSON_BOOLEAN, .required = true,
		.offset = offsetof(struct suspension, suspended) },
	{ 0 },
};

/* 0 when it is no id. */
static int64_t id_from_text(const char *text)
{
	size_t len = strlen(text);
	if (len > ID_DIGITS_MAX || strspn(text, "0123456789") != len || text[0] == '0')
		return 0;
	return strtoll(text, NULL, 10);
}

/* 0, STORE_NOT_FOUND. */
static int set(struct store *store, const struct client *caller, int64_t id, bool suspended)
{
	struct store_system system;
	int r = store_system_load(store, &system);
	if (r < 0)
		return fault_trace(r);
	char subject[64];
	(void)snprintf(subject, sizeof(subject), "%s %lld", suspended ? "suspended" : "resumed",
		(long long)id);
	struct front_leaf leaf;
	r = front_leaf_client(subject, caller->id, system.now_at, &leaf);
	if (r < 0)
		return fault_trace(r);
	r = store_client_suspend(store, id, suspended, &leaf.leaf, &leaf.octets);
	return r < 0 ? fault_trace(r) : r;
}

static int suspend(struct front_worker *worker, struct http_request *request, bool suspended)
{
	struct store *store;
	struct client caller;
	int r = front_caller_load(worker, request, &store, &caller);
	if (r != 0)
		return r < 0 ? fault_trace(r) : 0;
	int64_t id = id_from_text(request->parameters[0]);
	r = id == 0 ? STORE_NOT_FOUND : set(store, &caller, id, suspended);
	if (r < 0)
		return fault_trace(r);
	if (r > 0)
		return front_caller_refuse(request, REFUSAL_NOT_FOUND, "");
	r = front_register_load(&worker->front->clients, store);
	if (r < 0)
		return fault_trace(r);
	r = http_reply_json(request, 200,
		json_pack("{s:I, s:b}", "id", (json_int_t)id, "suspended", (int)suspended));
	return r < 0 ? fault_trace(r) : 0;
}

int front_errand_suspension(struct http_request *request, void *worker)
{
	struct suspension suspension = { 0 };
	struct verdict verdict;
	int r = http_json_decode(request->body, fields, &suspension, &verdict);
	if (r == HTTP_JSON_REFUSED)
		r = http_reply_verdict(request, &verdict, NULL);
	else if (r == 0)
		r = suspend(worker, request, suspension.suspended);
	return r < 0 ? fault_trace(r) : 0;
}
