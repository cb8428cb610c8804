/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <time.h>

#include <cmocka.h>

#include "base/calendar.h"
#include "signer/stamp.h"

static int64_t now_at, slept; /* microseconds */
static int64_t real_ahead;    /* seconds that CLOCK_REALTIME is before CLOCK_BOOTTIME */

int __wrap_clock_gettime(clockid_t id, struct timespec *ret_now);
int __wrap_clock_gettime(clockid_t id, struct timespec *ret_now)
{
	*ret_now = (struct timespec){ .tv_sec = id == CLOCK_REALTIME ? 1000 + real_ahead : 1000 };
	return 0;
}

int64_t __wrap_clock_now_at(const struct clock *clock);
int64_t __wrap_clock_now_at(const struct clock *clock)
{
	(void)clock;
	return now_at;
}

int __wrap_clock_nanosleep(
	clockid_t id, int flags, const struct timespec *wait, struct timespec *left);
int __wrap_clock_nanosleep(
	clockid_t id, int flags, const struct timespec *wait, struct timespec *left)
{
	(void)id;
	(void)flags;
	(void)left;
	slept = wait->tv_sec * SECOND + wait->tv_nsec / 1000;
	now_at += slept;
	return 0;
}

/* L4, case by case. */
static void test_time_never_goes_backwards(void **state)
{
	(void)state;
	static const struct {
		int64_t now_at, last_at;
		int outcome;
		int64_t slept, stamp;
	} cases[] = {
		{ 100, 50, 0, 0, 100 },
		{ 100, 100, 0, 0, 100 },
		{ 100, 101, 0, 1, 101 },
		{ 100, 100 + SECOND, 0, SECOND, 100 + SECOND },
		{ 100, 101 + SECOND, SIGNER_STAMP_BACKWARD, 0, -1 },
		{ 100, 100 + DAY, SIGNER_STAMP_BACKWARD, 0, -1 },
	};
	const struct clock clock = clock_real();
	for (size_t i = 0; i < LENGTH_OF(cases); i++) {
		int64_t stamp = -1;
		now_at = cases[i].now_at;
		slept = 0;
		assert_int_equal(
			signer_stamp_take(&clock, 0, cases[i].last_at, &stamp), cases[i].outcome);
		assert_int_equal(slept, cases[i].slept);
		assert_int_equal(stamp, cases[i].stamp);
	}
}

static void test_a_stepped_clock_stamps_nothing(void **state)
{
	(void)state;
	static const struct {
		int64_t ahead;
		int outcome;
	} cases[] = {
		{ 500, 0 }, { 502, 0 }, { 503, SIGNER_STAMP_STEPPED }, { 498, 0 },
		{ 497, SIGNER_STAMP_STEPPED }, { 501, 0 }, /* put right again */
	};
	const struct clock clock = clock_real();
	now_at = 100;
	real_ahead = 500;
	int64_t distance = signer_stamp_distance(), stamp;
	assert_int_equal(distance, 500 * SECOND);
	for (size_t i = 0; i < LENGTH_OF(cases); i++) {
		real_ahead = cases[i].ahead;
		assert_int_equal(signer_stamp_take(&clock, distance, 0, &stamp), cases[i].outcome);
	}
	real_ahead = 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_time_never_goes_backwards),
		cmocka_unit_test(test_a_stepped_clock_stamps_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
