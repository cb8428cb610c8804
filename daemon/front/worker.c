/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/fault.h"
#include "front/front.h"

int front_worker_open(void *context, void **ret_worker)
{
	struct front *front = context;
	struct front_worker *worker = calloc(1, sizeof(*worker));
	if (worker == NULL)
		return fault_new(FAULT_MEMORY, "no memory for a worker");
	worker->front = front;
	int r = wire_line_init(&worker->line, front->settings.signer_socket);
	if (r < 0) {
		free(worker);
		return fault_trace(r);
	}
	*ret_worker = worker;
	return 0;
}

void front_worker_close(void *worker)
{
	struct front_worker *it = worker;
	store_close(it->store);
	wire_line_done(&it->line);
	free(it);
}

int front_worker_store(
	struct front_worker *worker, const struct http_request *request, struct store **ret_store)
{
	if (worker->store != NULL && !store_is_open(worker->store)) {
		store_close(worker->store);
		worker->store = NULL;
	}
	if (worker->store == NULL) {
		int r = store_open(worker->front->settings.database, STORE_FRONT, request->deadline,
			&worker->store);
		if (r > 0)
			return fault_new(FAULT_UNAVAILABLE, "database: another schema");
		if (r < 0)
			return fault_trace(r);
	}
	store_set_deadline(worker->store, request->deadline);
	*ret_store = worker->store;
	return 0;
}

struct deadline front_worker_signer_deadline(
	const struct front_worker *worker, const struct http_request *request)
{
	return deadline_sooner(request->deadline,
		deadline_after_ms(worker->front->settings.signer_deadline_s * 1000));
}
