/* SPDX-License-Identifier: Apache-2.0 */
#include "base/fault.h"
#include "front/caller.h"
#include "front/errands.h"
#include "front/json.h"

int front_errand_service(struct http_request *request, void *worker)
{
	struct front_worker *it = worker;
	struct store *store;
	struct client client;
	int r = front_caller_load(it, request, &store, &client);
	if (r != 0)
		return r < 0 ? fault_trace(r) : 0;
	struct store_system system;
	r = store_system_load(store, &system);
	if (r < 0)
		return fault_trace(r);

	const struct programme *programme = &system.programme;
	r = http_reply_json(request, 200,
		json_pack("{s:s, s:o, s:o, s:o, s:i, s:s%}", "kind",
			system.kind == SERVICE_REHEARSAL ? "rehearsal" : "production", "now",
			front_json_instant(system.now_at), "opening_at",
			front_json_instant(programme->opening_at), "closing_at",
			front_json_instant_or_null(programme->closing_at), "fee_yen",
			(int)programme->fee_yen, "ca_certificate", it->front->ca_pem.data,
			it->front->ca_pem.len));
	return r < 0 ? fault_trace(r) : 0;
}
