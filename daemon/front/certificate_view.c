/* SPDX-License-Identifier: Apache-2.0 */
#include "front/certificate_view.h"

#include "base/fault.h"

int front_certificate_view_load(struct front_worker *worker, struct http_request *request,
	struct store **ret_store, struct client *ret_client,
	struct store_certificate_view *ret_view)
{
	int r = front_caller_load(worker, request, ret_store, ret_client);
	if (r != 0)
		return r < 0 ? fault_trace(r) : r;
	uint8_t serial[SERIAL_LEN];
	const char *municipality = ret_client->role == CLIENT_TERMINAL ? ret_client->municipality
								       : NULL;
	r = serial_from_hex(request->parameters[0], serial) == 0
		? store_certificate_load(*ret_store, serial, municipality, ret_view)
		: STORE_NOT_FOUND;
	if (r < 0)
		return fault_trace(r);
	if (r == 0)
		return 0;
	r = front_caller_refuse(request, REFUSAL_CERTIFICATE_UNKNOWN, "");
	return r < 0 ? fault_trace(r) : FRONT_REPLIED;
}
