/* SPDX-License-Identifier: Apache-2.0 */
#include "front/metrics.h"

#include <assert.h>
#include <inttypes.h>

#include "base/calendar.h"
#include "base/fault.h"

/* The last column counts every other status. */
static const int statuses[FRONT_METRICS_STATUSES - 1] = { 200, 201, 202, 400, 403, 404, 405, 406,
	409, 410, 413, 415, 422, 429, 431, 500, 501, 503, 504 };

/* Upper bounds, in microseconds. */
static const int64_t bounds[FRONT_METRICS_BUCKETS] = { 1000, 2500, 5000, 10000, 25000, 50000,
	100000, 250000, 500000, 1000000, 2500000, 10000000 };

static const char *const settled_names[FRONT_SETTLED_COUNT] = {
	[FRONT_SETTLED_RECORDED] = "recorded",
	[FRONT_SETTLED_LATE] = "late",
	[FRONT_SETTLED_ABANDONED] = "abandoned",
};

enum metric {
#define METRIC(name_, type_, help_) METRIC_##name_,
#include "front/metrics.def"
#undef METRIC
	METRIC_COUNT
};

static const struct {
	const char *name, *type, *help;
} heads[METRIC_COUNT] = {
#define METRIC(name_, type_, help_) [METRIC_##name_] = { #name_, #type_, help_ },
#include "front/metrics.def"
#undef METRIC
};

static void count_up(atomic_uint_fast64_t *counter)
{
	atomic_fetch_add_explicit(counter, 1, memory_order_relaxed);
}

static uint64_t read_counter(const atomic_uint_fast64_t *counter)
{
	return atomic_load_explicit(counter, memory_order_relaxed);
}

void front_metrics_request(
	struct front_metrics *metrics, size_t errand, int status, enum refusal refusal, int fault)
{
	assert(errand < FRONT_METRICS_ERRANDS_MAX);
	size_t column = 0;
	while (column < LENGTH_OF(statuses) && statuses[column] != status)
		column++;
	count_up(&metrics->requests[errand][column]);
	if (refusal != REFUSAL_NONE)
		count_up(&metrics->refusals[refusal]);
	if (fault < 0)
		count_up(&metrics->faults[fault_kind(fault)]);
}

static int64_t day_number(int64_t now_at)
{
	return (now_at + JST_OFFSET) / DAY;
}

void front_metrics_issued(struct front_metrics *metrics, int64_t now_at, int64_t duration_us)
{
	size_t bucket = 0;
	while (bucket < LENGTH_OF(bounds) && duration_us > bounds[bucket])
		bucket++;
	count_up(&metrics->buckets[bucket]);
	atomic_fetch_add(&metrics->issuance_us, (uint64_t)(duration_us > 0 ? duration_us : 0));
	count_up(&metrics->issued);

	/* Whoever sees the new day first begins at zero; a count lost there is only a status line's. */
	if (atomic_exchange(&metrics->issued_day, day_number(now_at)) != day_number(now_at))
		atomic_store(&metrics->issued_today, 0);
	atomic_fetch_add(&metrics->issued_today, 1);
}

int64_t front_metrics_issued_today(const struct front_metrics *metrics, int64_t now_at)
{
	return atomic_load(&metrics->issued_day) == day_number(now_at)
		? atomic_load(&metrics->issued_today)
		: 0;
}

void front_metrics_settled(struct front_metrics *metrics, enum front_settled settled)
{
	count_up(&metrics->settled[settled]);
}

/* Appending with one check at the end: after the first fault nothing more is written. */
struct text {
	struct buffer *out;
	int fault;
};

#define say(text_, ...)                                                                            \
	do {                                                                                       \
		if ((text_)->fault == 0)                                                           \
			(text_)->fault = buffer_printf((text_)->out, __VA_ARGS__);                 \
	} while (false)

static void say_head(struct text *text, enum metric metric)
{
	say(text, "# HELP %s %s\n# TYPE %s %s\n", heads[metric].name, heads[metric].help,
		heads[metric].name, heads[metric].type);
}

static void say_number(struct text *text, enum metric metric, int64_t value)
{
	say_head(text, metric);
	say(text, "%s %" PRId64 "\n", heads[metric].name, value);
}

static void say_age(struct text *text, enum metric metric, double age_s)
{
	say_head(text, metric);
	if (age_s >= 0)
		say(text, "%s %.3f\n", heads[metric].name, age_s);
}

static void say_errand(
	struct text *text, const struct front_metrics *metrics, const char *name, size_t errand)
{
	for (size_t i = 0; i < FRONT_METRICS_STATUSES; i++) {
		uint64_t value = read_counter(&metrics->requests[errand][i]);
		if (value > 0)
			say(text, "hakko_requests_total{errand=\"%s\",status=\"%d\"} %" PRIu64 "\n",
				name, i < LENGTH_OF(statuses) ? statuses[i] : 0, value);
	}
}

static void say_requests(
	struct text *text, const struct front_metrics *metrics, const struct front_gauges *gauges)
{
	say_head(text, METRIC_hakko_requests_total);
	for (size_t i = 0; i < gauges->errand_count; i++)
		say_errand(text, metrics, gauges->errand_names[i], i);

	say_head(text, METRIC_hakko_refusals_total);
	for (int i = REFUSAL_NONE + 1; i < REFUSAL_COUNT; i++)
		say(text, "hakko_refusals_total{code=\"%s\"} %" PRIu64 "\n",
			refusal_text((enum refusal)i)->code, read_counter(&metrics->refusals[i]));

	say_head(text, METRIC_hakko_faults_total);
	for (int i = FAULT_MEMORY; i <= FAULT_LIMIT; i++)
		say(text, "hakko_faults_total{kind=\"%s\"} %" PRIu64 "\n",
			fault_kind_name((enum fault_kind)i), read_counter(&metrics->faults[i]));
}

static void say_issuance(struct text *text, const struct front_metrics *metrics)
{
	say_number(text, METRIC_hakko_issued_total, (int64_t)read_counter(&metrics->issued));
	say_head(text, METRIC_hakko_issuance_seconds);
	uint64_t below = 0;
	for (size_t i = 0; i < LENGTH_OF(bounds); i++) {
		below += read_counter(&metrics->buckets[i]);
		say(text, "hakko_issuance_seconds_bucket{le=\"%g\"} %" PRIu64 "\n",
			(double)bounds[i] / 1e6, below);
	}
	below += read_counter(&metrics->buckets[LENGTH_OF(bounds)]);
	say(text, "hakko_issuance_seconds_bucket{le=\"+Inf\"} %" PRIu64 "\n", below);
	say(text, "hakko_issuance_seconds_sum %.6f\n",
		(double)read_counter(&metrics->issuance_us) / 1e6);
	say(text, "hakko_issuance_seconds_count %" PRIu64 "\n", below);

	say_head(text, METRIC_hakko_settled_total);
	for (size_t i = 0; i < FRONT_SETTLED_COUNT; i++)
		say(text, "hakko_settled_total{outcome=\"%s\"} %" PRIu64 "\n", settled_names[i],
			read_counter(&metrics->settled[i]));
}

int front_metrics_to_text(const struct front_metrics *metrics, const struct front_gauges *gauges,
	struct buffer *ret_text)
{
	struct text text = { ret_text, 0 };
	say_requests(&text, metrics, gauges);
	say_issuance(&text, metrics);
	say_number(&text, METRIC_hakko_settled_position, gauges->settled_position);
	say_number(&text, METRIC_hakko_journal_head, gauges->journal_head);
	say_age(&text, METRIC_hakko_database_age_seconds, gauges->database_age_s);
	say_age(&text, METRIC_hakko_signer_age_seconds, gauges->signer_age_s);
	say_head(&text, METRIC_hakko_lacking);
	for (size_t i = 0; i < gauges->lack_count; i++)
		say(&text, "hakko_lacking{what=\"%s\"} %u\n", gauges->lack_names[i],
			gauges->lacks >> i & 1U);
	say_number(&text, METRIC_hakko_clients, (int64_t)gauges->clients);
	say_number(&text, METRIC_hakko_clock_seconds, gauges->now_at / SECOND);
	return text.fault < 0 ? fault_trace(text.fault) : 0;
}
