/* SPDX-License-Identifier: Apache-2.0 */
#include "client/retry.h"

#include <errno.h>
#include <time.h>

#include "base/digest.h"
#include "base/fault.h"

#define PAUSE_FIRST_MS 250
#define DOUBLINGS_MAX 5
#define JITTER_BOUND 1000

int64_t client_retry_pause_ms(int attempt, int64_t retry_after_s, uint32_t jitter)
{
	int64_t pause = INT64_C(1) << (attempt < DOUBLINGS_MAX ? attempt : DOUBLINGS_MAX);
	pause *= PAUSE_FIRST_MS;
	/* A quarter more at most, so that terminals that failed together come back apart. */
	pause += pause * (int64_t)jitter / (4 * JITTER_BOUND);
	if (pause > CLIENT_RETRY_PAUSE_MAX_MS)
		pause = CLIENT_RETRY_PAUSE_MAX_MS;
	/* The service's word is the least; sooner is never welcome. */
	return retry_after_s * 1000 > pause ? retry_after_s * 1000 : pause;
}

bool client_retry_status(long status)
{
	return status == 502 || status == 503 || status == 504;
}

/* Whether asking again can help, and harms nobody. */
static bool again(const struct client_https *https, const struct client_retry *retry, int r,
	const struct client_answer *answer)
{
	if (r == 0)
		return client_retry_status(answer->status);
	enum fault_kind kind = fault_kind(r);
	if (kind != FAULT_UNAVAILABLE && kind != FAULT_TIMEOUT)
		return false;
	return retry->repeatable || !client_https_was_sent(https);
}

static void pause_for(int64_t ms)
{
	struct timespec left = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };
	while (nanosleep(&left, &left) != 0 && errno == EINTR)
		;
}

/* Milliseconds to wait before the next attempt; the pauses of many clients spread. */
static int64_t pause_after(int attempt, const struct client_answer *answer)
{
	uint32_t jitter = 0;
	/* Without random octets all wait the same, which does for once. */
	if (random_below(JITTER_BOUND, &jitter) < 0)
		jitter = 0;
	return client_retry_pause_ms(attempt, answer->retry_after_s, jitter);
}

int client_retry_call(struct client_https *https, const struct client_retry *retry,
	const char *method, const char *path, json_t *body, struct client_answer *ret_answer)
{
	struct deadline end = deadline_after_ms(retry->patience_ms);
	for (int attempt = 0;; attempt++) {
		CLIENT_ANSWER_CLEANUP struct client_answer answer = { .retry_after_s = -1 };
		struct deadline sooner = deadline_sooner(end, deadline_after_ms(retry->attempt_ms));
		if (!retry->repeatable)
			client_https_use_fresh(https);
		int r = client_https_call(https, method, path, body, sooner, &answer);
		bool wanted = again(https, retry, r, &answer);
		int64_t pause_ms = wanted ? pause_after(attempt, &answer) : 0;
		bool goes_on = wanted && pause_ms < deadline_left_ms(end);
		if (!goes_on && r < 0)
			return fault_trace(r);
		if (!goes_on) {
			*ret_answer = answer;
			answer = (struct client_answer){ .status = 0 };
			return 0;
		}
		if (retry->report != NULL)
			retry->report(retry->context, answer.status, pause_ms);
		pause_for(pause_ms);
	}
}
