/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/calendar.h"
#include "publish/schedule.h"

static const struct publish_settings settings = { .crl_interval_s = 86400, .crl_delay_s = 15 };

/* A situation in which nothing is due. */
static struct publish_situation quiet(void)
{
	return (struct publish_situation){
		.has_crl = true,
		.crl = { .this_update_at = 1000 * SECOND, .revision = 7 },
		.revision = 7,
		.now_at = 1000 * SECOND + 86399 * SECOND,
		.monotonic_us = 50 * SECOND,
	};
}

static enum publish_due check(struct publish_schedule *schedule, struct publish_situation situation)
{
	return publish_schedule_check(schedule, &settings, &situation);
}

static void test_nothing_is_due(void **state)
{
	struct publish_schedule schedule = { 0 };

	(void)state;
	assert_int_equal(check(&schedule, quiet()), PUBLISH_NOT_DUE);
}

static void test_there_is_none(void **state)
{
	struct publish_schedule schedule = { 0 };
	struct publish_situation situation = quiet();

	(void)state;
	situation.has_crl = false;
	assert_int_equal(check(&schedule, situation), PUBLISH_FIRST);
}

static void test_at_its_age(void **state)
{
	struct publish_schedule schedule = { 0 };
	struct publish_situation situation = quiet();

	(void)state;
	situation.now_at += SECOND;
	assert_int_equal(check(&schedule, situation), PUBLISH_INTERVAL);
}

static void test_on_request(void **state)
{
	struct publish_schedule schedule = { 0 };
	struct publish_situation situation = quiet();

	(void)state;
	situation.requested = true;
	assert_int_equal(check(&schedule, situation), PUBLISH_REQUESTED);
}

/* The first revocation starts the wait; later ones join it and do not prolong it. */
static void test_revocations_wait_and_go_together(void **state)
{
	struct publish_schedule schedule = { 0 };
	struct publish_situation situation = quiet();

	(void)state;
	situation.revision = 8;
	assert_int_equal(check(&schedule, situation), PUBLISH_NOT_DUE);
	situation.revision = 9;
	situation.monotonic_us += 15 * SECOND - 1;
	assert_int_equal(check(&schedule, situation), PUBLISH_NOT_DUE);
	situation.monotonic_us += 1;
	assert_int_equal(check(&schedule, situation), PUBLISH_REVOKED);
	situation.crl.revision = 9;
	assert_int_equal(check(&schedule, situation), PUBLISH_NOT_DUE);
	situation.revision = 10;
	assert_int_equal(check(&schedule, situation), PUBLISH_NOT_DUE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_is_due),
		cmocka_unit_test(test_there_is_none),
		cmocka_unit_test(test_at_its_age),
		cmocka_unit_test(test_on_request),
		cmocka_unit_test(test_revocations_wait_and_go_together),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
