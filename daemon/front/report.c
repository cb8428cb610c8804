/* SPDX-License-Identifier: Apache-2.0 */
#include "front/report.h"

#include <stdio.h>

#include "base/fault.h"
#include "base/log.h"
#include "front/front.h"
#include "front/routes.h"

static const char *code_of(const struct http_request *request)
{
	enum refusal refusal = request->reply.refusal;
	return refusal == REFUSAL_NONE ? "-" : refusal_text(refusal)->code;
}

void front_report(const struct http_request *request, const struct http_route *route, int fault,
	void *context)
{
	struct front *front = context;
	size_t errand = front_routes_index(route);
	front_metrics_request(
		&front->metrics, errand, request->reply.status, request->reply.refusal, fault);

	/* The fault's trace has a line of its own, right before this one. */
	if (fault < 0)
		log_fault("request-fault", fault);
	log_event(LOG_LEVEL_INFO, "request",
		"id=%s errand=%s status=%d code=%s client=%lld duration_us=%lld", request->id,
		front_routes_name(errand), request->reply.status, code_of(request),
		(long long)request->peer.id, (long long)(monotonic_us() - request->begun_us));
}
