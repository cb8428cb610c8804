/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Counters of this process, and their text for Prometheus (exposition format 0.0.4). Counting is
 * lock-free. Never holds personal data (L5).
 */
#pragma once

#include <stdatomic.h>

#include "base/bytes.h"
#include "model/refusal.h"

#define FRONT_METRICS_ERRANDS_MAX 32
#define FRONT_METRICS_STATUSES 20
#define FRONT_METRICS_FAULTS 16
#define FRONT_METRICS_BUCKETS 12
#define FRONT_METRICS_TEXT_MAX 262144 /* octets */

/* What settling does with a record of the journal. */
enum front_settled {
	FRONT_SETTLED_RECORDED,
	FRONT_SETTLED_LATE,
	FRONT_SETTLED_ABANDONED,
	FRONT_SETTLED_COUNT
};

struct front_metrics {
	atomic_uint_fast64_t requests[FRONT_METRICS_ERRANDS_MAX][FRONT_METRICS_STATUSES];
	atomic_uint_fast64_t refusals[REFUSAL_COUNT];
	atomic_uint_fast64_t faults[FRONT_METRICS_FAULTS];
	atomic_uint_fast64_t buckets[FRONT_METRICS_BUCKETS + 1]; /* the last: longer than all */
	atomic_uint_fast64_t issuance_us;                        /* sum */
	atomic_uint_fast64_t issued;
	atomic_uint_fast64_t settled[FRONT_SETTLED_COUNT];
	atomic_int_fast64_t issued_day, issued_today; /* JST day number and its count */
};

/* What is read at the moment of asking. */
struct front_gauges {
	int64_t settled_position, journal_head;
	double database_age_s, signer_age_s; /* < 0: never yet, left out */
	unsigned lacks;                      /* a bit for each name */
	const char *const *lack_names;
	size_t lack_count;
	size_t clients;
	int64_t now_at;
	const char *const *errand_names; /* by index */
	size_t errand_count;
};

/* One request: `errand` is the index of its route, `refusal` and `fault` 0 where there is none. */
void front_metrics_request(
	struct front_metrics *metrics, size_t errand, int status, enum refusal refusal, int fault);
/* One certificate issued at `now_at` after `duration_us`. */
void front_metrics_issued(struct front_metrics *metrics, int64_t now_at, int64_t duration_us);
void front_metrics_settled(struct front_metrics *metrics, enum front_settled settled);
/* Certificates issued on the JST day of `now_at`, by this process. */
int64_t front_metrics_issued_today(const struct front_metrics *metrics, int64_t now_at);
/* Appends the text. */
int front_metrics_to_text(const struct front_metrics *metrics, const struct front_gauges *gauges,
	struct buffer *ret_text) MUST_CHECK;
