/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When a CRL is due. Pure: instants in, answer out.
 */
#pragma once

#include "publish/settings.h"
#include "store/revocation.h"

enum publish_due {
	PUBLISH_NOT_DUE = 0,
	PUBLISH_FIRST, /* there is none, or its file is not the recorded one */
	PUBLISH_REQUESTED,
	PUBLISH_INTERVAL, /* the last one has the set age */
	PUBLISH_REVOKED,  /* revocations have waited for crl_delay_s */
};

const char *publish_due_name(enum publish_due due);

/* What the schedule knows between two looks. Zero is a valid start. */
struct publish_schedule {
	int64_t waiting_revision; /* the revision seen ahead of the CRL, 0: none waits */
	int64_t waiting_since_us; /* monotonic */
};

struct publish_situation {
	bool has_crl; /* recorded, and its file is what was recorded */
	struct store_crl crl;
	int64_t revision; /* newest in the database */
	bool requested;
	int64_t now_at; /* the service's clock */
	int64_t monotonic_us;
};

enum publish_due publish_schedule_check(struct publish_schedule *schedule,
	const struct publish_settings *settings, const struct publish_situation *situation);
