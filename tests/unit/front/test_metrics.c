/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/calendar.h"
#include "base/fault.h"
#include "front/metrics.h"

static struct front_metrics metrics;
static const char *const errands[] = { "open", "csr", "none" };
static const char *const lacks[] = { "DATABASE", "SIGNER" };

static int setup(void **state)
{
	(void)state;
	memset((void *)&metrics, 0, sizeof(metrics));
	return 0;
}

static void expect_line(const char *line)
{
	const struct front_gauges gauges = {
		.settled_position = 12,
		.journal_head = 15,
		.database_age_s = 0.5,
		.signer_age_s = -1,
		.lacks = 2,
		.lack_names = lacks,
		.lack_count = 2,
		.clients = 3,
		.now_at = 7 * SECOND,
		.errand_names = errands,
		.errand_count = 3,
	};
	struct buffer text = BUFFER(FRONT_METRICS_TEXT_MAX);
	assert_int_equal(front_metrics_to_text(&metrics, &gauges, &text), 0);
	assert_int_equal(buffer_append(&text, (struct bytes){ (const uint8_t *)"", 1 }), 0);
	char sought[256];
	(void)snprintf(sought, sizeof(sought), "\n%s\n", line);
	if (strstr((const char *)text.data, sought) == NULL)
		fail_msg("no line %s in\n%s", line, (const char *)text.data);
	buffer_done(&text);
}

static void test_requests(void **state)
{
	(void)state;
	front_metrics_request(&metrics, 1, 201, REFUSAL_NONE, 0);
	front_metrics_request(&metrics, 1, 201, REFUSAL_NONE, 0);
	front_metrics_request(&metrics, 0, 409, REFUSAL_PROGRAMME_CLOSED, 0);
	front_metrics_request(&metrics, 2, 418, REFUSAL_NONE, -(int)FAULT_DATABASE);
	expect_line("hakko_requests_total{errand=\"csr\",status=\"201\"} 2");
	expect_line("hakko_requests_total{errand=\"open\",status=\"409\"} 1");
	expect_line("hakko_requests_total{errand=\"none\",status=\"0\"} 1");
	expect_line("hakko_refusals_total{code=\"programme_closed\"} 1");
	expect_line("hakko_refusals_total{code=\"programme_not_open\"} 0");
	expect_line("hakko_faults_total{kind=\"database\"} 1");
}

static void test_issuance_histogram(void **state)
{
	(void)state;
	front_metrics_issued(&metrics, DAY, 1000);
	front_metrics_issued(&metrics, DAY, 1001);
	front_metrics_issued(&metrics, DAY, 11 * SECOND);
	expect_line("hakko_issued_total 3");
	expect_line("hakko_issuance_seconds_bucket{le=\"0.001\"} 1");
	expect_line("hakko_issuance_seconds_bucket{le=\"0.0025\"} 2");
	expect_line("hakko_issuance_seconds_bucket{le=\"10\"} 2");
	expect_line("hakko_issuance_seconds_bucket{le=\"+Inf\"} 3");
	expect_line("hakko_issuance_seconds_sum 11.002001");
	expect_line("hakko_issuance_seconds_count 3");
}

static void test_gauges(void **state)
{
	(void)state;
	front_metrics_settled(&metrics, FRONT_SETTLED_LATE);
	expect_line("hakko_settled_total{outcome=\"late\"} 1");
	expect_line("hakko_settled_position 12");
	expect_line("hakko_journal_head 15");
	expect_line("hakko_database_age_seconds 0.500");
	expect_line("# TYPE hakko_signer_age_seconds gauge");
	expect_line("hakko_lacking{what=\"DATABASE\"} 0");
	expect_line("hakko_lacking{what=\"SIGNER\"} 1");
	expect_line("hakko_clients 3");
	expect_line("hakko_clock_seconds 7");
}

static void test_today_is_a_day_in_japan(void **state)
{
	(void)state;
	int64_t evening_at = 15 * HOUR - SECOND; /* 23:59:59 JST */
	front_metrics_issued(&metrics, evening_at, 1);
	front_metrics_issued(&metrics, evening_at, 1);
	assert_int_equal(front_metrics_issued_today(&metrics, evening_at), 2);
	assert_int_equal(front_metrics_issued_today(&metrics, evening_at + SECOND), 0);
	front_metrics_issued(&metrics, evening_at + SECOND, 1);
	assert_int_equal(front_metrics_issued_today(&metrics, evening_at + SECOND), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_requests, setup),
		cmocka_unit_test_setup(test_issuance_histogram, setup),
		cmocka_unit_test_setup(test_gauges, setup),
		cmocka_unit_test_setup(test_today_is_a_day_in_japan, setup),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
