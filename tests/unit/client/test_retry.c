/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/fault.h"
#include "client/retry.h"
#include "scripted.h"

static int reports;
static long reported_status;

static void report(void *context, long status, int64_t pause_ms)
{
	(void)context;
	(void)pause_ms;
	reports++;
	reported_status = status;
}

static int call(const char *path, int64_t patience_ms, int64_t attempt_ms, bool repeatable,
	struct client_answer *ret_answer)
{
	CLEANUP(client_https_done) struct client_https *https = NULL;
	assert_int_equal(scripted_open("ca.pem", "client", &https), 0);
	const struct client_retry retry = { patience_ms, attempt_ms, repeatable, report, NULL };
	json_t *body = json_object();
	reports = 0;
	int r = client_retry_call(https, &retry, "POST", path, body, ret_answer);
	json_decref(body);
	return r;
}

static void test_pauses(void **state)
{
	(void)state;
	assert_int_equal(client_retry_pause_ms(0, -1, 0), 250);
	assert_int_equal(client_retry_pause_ms(1, -1, 0), 500);
	assert_int_equal(client_retry_pause_ms(5, -1, 0), 8000);
	assert_int_equal(client_retry_pause_ms(1000000, -1, 999), CLIENT_RETRY_PAUSE_MAX_MS);
	assert_int_equal(client_retry_pause_ms(0, -1, 999), 312); /* a quarter at most */
	assert_int_equal(client_retry_pause_ms(0, 0, 0), 250);
	assert_int_equal(client_retry_pause_ms(0, 3, 0), 3000);
	assert_int_equal(client_retry_pause_ms(0, 99999, 0), 99999000);
}

static void test_statuses(void **state)
{
	(void)state;
	static const long final[] = { 200, 201, 400, 404, 409, 422, 429, 500, 501 };
	static const long passing[] = { 502, 503, 504 };
	for (size_t i = 0; i < LENGTH_OF(final); i++)
		assert_false(client_retry_status(final[i]));
	for (size_t i = 0; i < LENGTH_OF(passing); i++)
		assert_true(client_retry_status(passing[i]));
}

static void test_busy(void **state)
{
	(void)state;
	CLIENT_ANSWER_CLEANUP struct client_answer answer = { .status = 0 };
	assert_int_equal(call("/busy/2", 20000, 5000, true, &answer), 0);
	assert_int_equal(answer.status, 200);
	assert_int_equal(client_answer_number(&answer, "count"), 3);
	assert_int_equal(reports, 2);
	assert_int_equal(reported_status, 503);
}

static void test_lost_answer_of_a_repeatable(void **state)
{
	(void)state;
	CLIENT_ANSWER_CLEANUP struct client_answer answer = { .status = 0 };
	assert_int_equal(call("/drop/2", 20000, 5000, true, &answer), 0);
	assert_int_equal(client_answer_number(&answer, "count"), 3);
	assert_int_equal(reported_status, 0);
}

/* Once: neither we nor libcurl send it a second time. */
static void test_lost_answer_of_another(void **state)
{
	(void)state;
	CLIENT_ANSWER_CLEANUP struct client_answer answer = { .status = 0 };
	assert_int_equal(call("/drop/3", 20000, 5000, false, &answer), -FAULT_UNAVAILABLE);
	assert_int_equal(reports, 0);
	for (int i = 2; i <= 3; i++)
		assert_int_equal(call("/drop/3", 20000, 5000, false, &answer), -FAULT_UNAVAILABLE);
	assert_int_equal(call("/drop/3", 20000, 5000, false, &answer), 0);
	assert_int_equal(client_answer_number(&answer, "count"), 4);
}

/* On a kept connection libcurl would send it once more by itself. */
static void test_lost_answer_on_a_kept_connection(void **state)
{
	(void)state;
	CLEANUP(client_https_done) struct client_https *https = NULL;
	CLIENT_ANSWER_CLEANUP struct client_answer first = { .status = 0 };
	CLIENT_ANSWER_CLEANUP struct client_answer answer = { .status = 0 };
	struct client_retry retry = { 20000, 5000, false, report, NULL };
	assert_int_equal(scripted_open("ca.pem", "client", &https), 0);
	assert_int_equal(client_retry_call(https, &retry, "GET", "/echo/5", NULL, &first), 0);
	int r = client_retry_call(https, &retry, "GET", "/drop/1", NULL, &answer);
	assert_int_equal(r, -FAULT_UNAVAILABLE);
	assert_int_equal(client_retry_call(https, &retry, "GET", "/drop/1", NULL, &answer), 0);
	assert_int_equal(client_answer_number(&answer, "count"), 2);
}

static void test_busy_of_another(void **state)
{
	(void)state;
	CLIENT_ANSWER_CLEANUP struct client_answer answer = { .status = 0 };
	assert_int_equal(call("/busy/1", 20000, 5000, false, &answer), 0);
	assert_int_equal(client_answer_number(&answer, "count"), 2);
}

/* The service asks for an hour, patience is 20 s: its answer is given at once. */
static void test_retry_after_beyond_patience(void **state)
{
	(void)state;
	CLIENT_ANSWER_CLEANUP struct client_answer answer = { .status = 0 };
	int64_t before = monotonic_us();
	assert_int_equal(call("/long_busy/2", 20000, 5000, true, &answer), 0);
	assert_int_equal(answer.status, 503);
	assert_int_equal(reports, 0);
	assert_true(monotonic_us() - before < 10 * INT64_C(1000000));
}

static void test_patience_ends(void **state)
{
	(void)state;
	CLIENT_ANSWER_CLEANUP struct client_answer answer = { .status = 0 };
	int64_t before = monotonic_us();
	assert_int_equal(call("/hang/2", 900, 200, true, &answer), -FAULT_TIMEOUT);
	int64_t took_us = monotonic_us() - before;
	assert_in_range(took_us, 300000, 10000000);
	assert_true(reports >= 1);
	assert_int_equal(answer.status, 0);
}

static void test_refusal_is_final(void **state)
{
	(void)state;
	CLIENT_ANSWER_CLEANUP struct client_answer answer = { .status = 0 };
	assert_int_equal(call("/refuse/1", 20000, 5000, true, &answer), 0);
	assert_int_equal(answer.status, 409);
	assert_int_equal(reports, 0);
}

static void test_nobody_listens_yet(void **state)
{
	(void)state;
	const struct client_https_settings settings = {
		.url = "https://127.0.0.1:1",
		.ca = scripted_file("ca.pem"),
		.certificate = scripted_file("client.pem"),
		.key = scripted_file("client.key"),
		.language = "en",
	};
	CLEANUP(client_https_done) struct client_https *https = NULL;
	CLIENT_ANSWER_CLEANUP struct client_answer answer = { .status = 0 };
	const struct client_retry retry = { 400, 200, false, report, NULL };
	assert_int_equal(client_https_open(&settings, &https), 0);
	reports = 0;
	/* Not sent, so that even what must not be done twice is tried again. */
	int r = client_retry_call(https, &retry, "GET", "/", NULL, &answer);
	assert_int_equal(r, -FAULT_UNAVAILABLE);
	assert_int_equal(reports, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pauses),
		cmocka_unit_test(test_statuses),
		cmocka_unit_test(test_busy),
		cmocka_unit_test(test_lost_answer_of_a_repeatable),
		cmocka_unit_test(test_lost_answer_of_another),
		cmocka_unit_test(test_lost_answer_on_a_kept_connection),
		cmocka_unit_test(test_busy_of_another),
		cmocka_unit_test(test_retry_after_beyond_patience),
		cmocka_unit_test(test_patience_ends),
		cmocka_unit_test(test_refusal_is_final),
		cmocka_unit_test(test_nobody_listens_yet),
	};
	return cmocka_run_group_tests(tests, scripted_start, scripted_stop);
}
