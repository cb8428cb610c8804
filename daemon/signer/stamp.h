/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The instant of a new record (L4): never before the last record's, and never by a clock that was
 * stepped while the signer ran: one record stamped far ahead would stop it for as long. A restart
 * takes the clock as it is then. Reads the clocks, may sleep.
 */
#pragma once

#include <stdbool.h>

#include "base/clock.h"

#define SIGNER_STAMP_WAIT SECOND       /* microseconds of a backward step that are waited out */
#define SIGNER_STAMP_PART (2 * SECOND) /* that CLOCK_REALTIME may part from CLOCK_BOOTTIME */

/* How far CLOCK_REALTIME is ahead of CLOCK_BOOTTIME, in microseconds; taken once at start. */
int64_t signer_stamp_distance(void);
/*
 * Whether the clocks have parted from `distance` by now. Asked after the clock was read it tells
 * whether that reading can be trusted. May be called from any thread.
 */
bool signer_stamp_is_stepped(int64_t distance);

#define SIGNER_STAMP_BACKWARD 1 /* the clock stands further before the last record */
#define SIGNER_STAMP_STEPPED 2  /* the clocks parted from `distance`, either way */
int signer_stamp_take(const struct clock *clock, int64_t distance, int64_t last_at, int64_t *ret_at)
	MUST_CHECK;
