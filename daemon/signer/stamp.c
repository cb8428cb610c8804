/* SPDX-License-Identifier: Apache-2.0 */
#include "signer/stamp.h"

#include <time.h>

#include "base/calendar.h"

int signer_stamp_take(const struct clock *clock, int64_t last_at, int64_t *ret_at)
{
	int64_t now_at = clock_now_at(clock);
	if (now_at < last_at && last_at - now_at <= SIGNER_STAMP_WAIT) {
		int64_t wait = last_at - now_at;
		const struct timespec pause = { wait / SECOND, wait % SECOND * 1000 };
		(void)clock_nanosleep(CLOCK_MONOTONIC, 0, &pause, NULL);
		now_at = clock_now_at(clock);
	}
	if (now_at < last_at)
		return SIGNER_STAMP_BACKWARD;
	*ret_at = now_at;
	return 0;
}
