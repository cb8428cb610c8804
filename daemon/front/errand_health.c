/* SPDX-License-Identifier: Apache-2.0 */
#include "base/fault.h"
#include "front/errands.h"
#include "front/front.h"

/* Everything that is lacking, in the order of lack.def. */
static json_t *lacking(const struct front_waiting *waiting)
{
	json_t *list = json_array();
	for (int i = 0; i < FRONT_LACK_COUNT; i++)
		if (front_waiting_lacks(waiting, (enum front_lack)i))
			(void)json_array_append_new(
				list, json_string(front_lack_text((enum front_lack)i)));
	return list;
}

int front_errand_health(struct http_request *request, void *context)
{
	struct front *front = context;
	bool is_well = front_waiting_text(&front->waiting) == NULL;
	int r = http_reply_json(request, is_well ? 200 : 503,
		json_pack("{s:s, s:o}", "status", is_well ? "serving" : "waiting", "missing",
			lacking(&front->waiting)));
	return r < 0 ? fault_trace(r) : 0;
}
