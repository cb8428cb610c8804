/* SPDX-License-Identifier: Apache-2.0 */
#include "signer/stamp.h"

#include <assert.h>
#include <time.h>

#include "base/calendar.h"

int64_t signer_stamp_distance(void)
{
	struct timespec real, boot;
	int r = clock_gettime(CLOCK_REALTIME, &real) | clock_gettime(CLOCK_BOOTTIME, &boot);
	assert(r == 0);
	(void)r;
	return (real.tv_sec - boot.tv_sec) * SECOND + (real.tv_nsec - boot.tv_nsec) / 1000;
}

bool signer_stamp_is_stepped(int64_t distance)
{
	int64_t parted = signer_stamp_distance() - distance;
	return parted > SIGNER_STAMP_PART || parted < -SIGNER_STAMP_PART;
}

int signer_stamp_take(const struct clock *clock, int64_t distance, int64_t last_at, int64_t *ret_at)
{
	if (signer_stamp_is_stepped(distance))
		return SIGNER_STAMP_STEPPED;
	int64_t now_at = clock_now_at(clock);
	if (now_at < last_at && last_at - now_at <= SIGNER_STAMP_WAIT) {
		int64_t wait = last_at - now_at;
		const struct timespec pause = { wait / SECOND, wait % SECOND * 1000 };
		(void)clock_nanosleep(CLOCK_MONOTONIC, 0, &pause, NULL);
		now_at = clock_now_at(clock);
	}
	if (now_at < last_at)
		return SIGNER_STAMP_BACKWARD;
	if (signer_stamp_is_stepped(distance))
		return SIGNER_STAMP_STEPPED;
	*ret_at = now_at;
	return 0;
}
