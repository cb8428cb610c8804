/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The instant of a new record (L4): never before the last record's. Reads the clock, may sleep.
 */
#pragma once

#include "base/clock.h"

#define SIGNER_STAMP_WAIT SECOND /* microseconds of a backward step that are waited out */

#define SIGNER_STAMP_BACKWARD 1 /* the clock stands further before the last record */
int signer_stamp_take(const struct clock *clock, int64_t last_at, int64_t *ret_at) MUST_CHECK;
