/* SPDX-License-Identifier: Apache-2.0 */
#include "publish/schedule.h"

#include "base/calendar.h"

const char *publish_due_name(enum publish_due due)
{
	static const char *const names[] = {
		[PUBLISH_NOT_DUE] = "not_due",
		[PUBLISH_FIRST] = "first",
		[PUBLISH_REQUESTED] = "requested",
		[PUBLISH_INTERVAL] = "interval",
		[PUBLISH_REVOKED] = "revoked",
	};

	return names[due];
}

/* Whether the revocations ahead of the CRL have waited long enough to go together. */
static bool revocations_are_due(struct publish_schedule *schedule,
	const struct publish_settings *settings, const struct publish_situation *situation)
{
	if (situation->revision <= situation->crl.revision) {
		schedule->waiting_revision = 0;
		return false;
	}
	if (schedule->waiting_revision == 0) {
		schedule->waiting_revision = situation->revision;
		schedule->waiting_since_us = situation->monotonic_us;
	}
	return situation->monotonic_us - schedule->waiting_since_us >=
		settings->crl_delay_s * SECOND;
}

enum publish_due publish_schedule_check(struct publish_schedule *schedule,
	const struct publish_settings *settings, const struct publish_situation *situation)
{
	bool revoked;

	if (!situation->has_crl)
		return PUBLISH_FIRST;
	revoked = revocations_are_due(schedule, settings, situation);
	if (situation->requested)
		return PUBLISH_REQUESTED;
	if (situation->now_at - situation->crl.this_update_at >= settings->crl_interval_s * SECOND)
		return PUBLISH_INTERVAL;
	return revoked ? PUBLISH_REVOKED : PUBLISH_NOT_DUE;
}
