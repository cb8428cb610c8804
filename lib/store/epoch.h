/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PostgreSQL's own count of time (microseconds and days since 2000-01-01) and ours (since 1970).
 * Exact both ways; infinity is INT64_MAX on both sides. Pure. For this room only.
 */
#pragma once

#include "base/calendar.h"

int64_t store_epoch_from_instant(int64_t instant_at);
int64_t store_epoch_to_instant(int64_t postgres_us);
int32_t store_epoch_from_date(struct date date);
struct date store_epoch_to_date(int32_t postgres_days);
