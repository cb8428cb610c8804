/* SPDX-License-Identifier: Apache-2.0 */
#include "store/epoch.h"

#define POSTGRES_EPOCH (INT64_C(10957) * DAY) /* 2000-01-01T00:00:00Z */

static const struct date postgres_first = { 2000, 1, 1 };

int64_t store_epoch_from_instant(int64_t instant_at)
{
	return instant_at == INT64_MAX ? INT64_MAX : instant_at - POSTGRES_EPOCH;
}

int64_t store_epoch_to_instant(int64_t postgres_us)
{
	return postgres_us == INT64_MAX ? INT64_MAX : postgres_us + POSTGRES_EPOCH;
}

int32_t store_epoch_from_date(struct date date)
{
	return (int32_t)((day_start_at(date) - day_start_at(postgres_first)) / DAY);
}

struct date store_epoch_to_date(int32_t postgres_days)
{
	return date_add_days(postgres_first, postgres_days);
}
