/* SPDX-License-Identifier: Apache-2.0 */
#include "front/caller.h"

#include <string.h>

#include "base/fault.h"
#include "store/client.h"

enum refusal front_caller_refusal(const struct http_request *request, const struct client *client)
{
	if (client->suspended)
		return REFUSAL_CLIENT_SUSPENDED;
	/* The route was opened to the role and municipality of the register in memory. */
	if (client->role != request->peer.role ||
		strcmp(client->municipality, request->peer.municipality) != 0)
		return REFUSAL_ROLE;
	return REFUSAL_NONE;
}

int front_caller_refuse(struct http_request *request, enum refusal refusal, const char *field)
{
	int r = http_reply_refusal(request, refusal, field);
	return r < 0 ? fault_trace(r) : 0;
}

int front_caller_load(struct front_worker *worker, struct http_request *request,
	struct store **ret_store, struct client *ret_client)
{
	int r = front_worker_store(worker, request, ret_store);
	if (r < 0)
		return fault_trace(r);
	r = store_client_load(*ret_store, &request->fingerprint, ret_client);
	if (r < 0)
		return fault_trace(r);
	enum refusal refusal = r == STORE_NOT_FOUND ? REFUSAL_CLIENT_UNKNOWN
						    : front_caller_refusal(request, ret_client);
	if (refusal == REFUSAL_NONE)
		return 0;
	r = front_caller_refuse(request, refusal, "");
	return r < 0 ? fault_trace(r) : FRONT_REPLIED;
}
