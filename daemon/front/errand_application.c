/* SPDX-License-Identifier: Apache-2.0 */
#include "base/fault.h"
#include "front/application_json.h"
#include "front/errands.h"

int front_errand_application(struct http_request *request, void *worker)
{
	int r = front_application_reply(worker, request, request->parameters[0], 200);
	return r < 0 ? fault_trace(r) : 0;
}
