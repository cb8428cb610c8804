/* SPDX-License-Identifier: Apache-2.0 */
#include "base/fault.h"
#include "front/caller.h"
#include "front/certificate_reply.h"
#include "front/errands.h"
#include "store/application.h"

int front_errand_certificate(struct http_request *request, void *worker)
{
	const struct front_worker *it = worker;
	enum front_certificate_form form;
	if (front_certificate_form(request->accept, &form) != 0)
		return front_caller_refuse(request, REFUSAL_NOT_ACCEPTABLE, "");
	struct store *store;
	int r = front_worker_store(worker, request, &store);
	if (r < 0)
		return fault_trace(r);
	struct client client;
	struct store_application_view view;
	r = store_application_view(
		store, &request->fingerprint, request->parameters[0], &client, &view);
	if (r < 0)
		return fault_trace(r);
	enum refusal refusal = r == 0 ? front_caller_refusal(request, &client) : REFUSAL_NOT_FOUND;
	if (refusal == REFUSAL_NONE && !view.has_certificate)
		refusal = REFUSAL_NOT_FOUND;
	if (refusal != REFUSAL_NONE)
		return front_caller_refuse(request, refusal, "");
	r = front_certificate_reply(it->front, request, 200, form, &view.certificate);
	return r < 0 ? fault_trace(r) : 0;
}
