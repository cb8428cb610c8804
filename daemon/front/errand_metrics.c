/* SPDX-License-Identifier: Apache-2.0 */
#include "base/fault.h"
#include "front/errands.h"
#include "front/front.h"
#include "front/routes.h"

static double age_s(int64_t at)
{
	return at == 0 ? -1 : (double)(monotonic_us() - at) / 1e6;
}

static int make_text(struct front *front, struct buffer *ret_text)
{
	const char *lack_names[FRONT_LACK_COUNT], *errand_names[FRONT_METRICS_ERRANDS_MAX];
	for (int i = 0; i < FRONT_LACK_COUNT; i++)
		lack_names[i] = front_lack_name((enum front_lack)i);
	size_t errands = front_routes_index(NULL) + 1;
	for (size_t i = 0; i < errands; i++)
		errand_names[i] = front_routes_name(i);

	const struct front_gauges gauges = {
		.settled_position = atomic_load(&front->settle.position),
		.journal_head = atomic_load(&front->settle.head),
		.database_age_s = age_s(atomic_load(&front->waiting.database_at)),
		.signer_age_s = age_s(atomic_load(&front->waiting.signer_at)),
		.lacks = atomic_load(&front->waiting.lacks),
		.lack_names = lack_names,
		.lack_count = FRONT_LACK_COUNT,
		.clients = front_register_count(&front->clients),
		.now_at = clock_now_at(&front->clock),
		.errand_names = errand_names,
		.errand_count = errands,
	};
	int r = front_metrics_to_text(&front->metrics, &gauges, ret_text);
	return r < 0 ? fault_trace(r) : 0;
}

int front_errand_metrics(struct http_request *request, void *context)
{
	BUFFER_CLEANUP struct buffer text = BUFFER(FRONT_METRICS_TEXT_MAX);
	int r = make_text(context, &text);
	if (r == 0)
		r = http_reply_bytes(request, 200, "text/plain; version=0.0.4; charset=utf-8",
			buffer_bytes(&text));
	return r < 0 ? fault_trace(r) : 0;
}
