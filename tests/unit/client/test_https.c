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
#include "client/fetch.h"
#include "scripted.h"

#define PATIENCE_MS 20000
#define SHORT_MS 300
#define ATTEMPTS 200

/* One call as the client, with a connection of its own. */
static int call(const char *method, const char *path, json_t *body, int64_t patience_ms,
	struct client_answer *ret_answer)
{
	CLEANUP(client_https_done) struct client_https *https = NULL;
	assert_int_equal(scripted_open("ca.pem", "client", &https), 0);
	return client_https_call(
		https, method, path, body, deadline_after_ms(patience_ms), ret_answer);
}

static void test_round_trip(void **state)
{
	(void)state;
	CLIENT_ANSWER_CLEANUP struct client_answer answer = { .status = 0 };
	json_t *body = json_pack("{ss}", "clerk", "佐藤");
	assert_int_equal(call("POST", "/echo/1", body, PATIENCE_MS, &answer), 0);
	json_decref(body);
	assert_int_equal(answer.status, 200);
	assert_true(client_answer_is_good(&answer));
	assert_string_equal(client_answer_text(&answer, "method"), "POST");
	assert_string_equal(client_answer_text(&answer, "body"), "{\"clerk\":\"佐藤\"}");
	assert_string_equal(client_answer_text(&answer, "language"), "ja");
	assert_string_equal(client_answer_text(&answer, "nothing"), "");
	assert_int_equal(client_answer_number(&answer, "count"), 1);
	assert_int_equal(client_answer_number(&answer, "method"), 0);
	assert_int_equal(answer.retry_after_s, -1);
	assert_false(answer.rehearsal);
}

static void test_methods_on_one_connection(void **state)
{
	(void)state;
	static const char *const methods[] = { "GET", "PUT", "GET", "POST", "GET" };
	CLEANUP(client_https_done) struct client_https *https = NULL;
	assert_int_equal(scripted_open("ca.pem", "client", &https), 0);
	for (size_t i = 0; i < LENGTH_OF(methods); i++) {
		CLIENT_ANSWER_CLEANUP struct client_answer answer = { .status = 0 };
		json_t *body = *methods[i] == 'G' ? NULL : json_object();
		assert_int_equal(client_https_call(https, methods[i], "/echo/2", body,
					 deadline_after_ms(PATIENCE_MS), &answer),
			0);
		json_decref(body);
		assert_string_equal(client_answer_text(&answer, "method"), methods[i]);
		assert_string_equal(
			client_answer_text(&answer, "body"), *methods[i] == 'G' ? "" : "{}");
		assert_true(client_https_was_sent(https));
	}
}

static void test_headers(void **state)
{
	(void)state;
	CLIENT_ANSWER_CLEANUP struct client_answer answer = { .status = 0 };
	assert_int_equal(call("GET", "/rehearsal/1", NULL, PATIENCE_MS, &answer), 0);
	assert_true(answer.rehearsal);
	client_answer_done(&answer);
	assert_int_equal(call("GET", "/long_busy/1", NULL, PATIENCE_MS, &answer), 0);
	assert_int_equal(answer.status, 503);
	assert_int_equal(answer.retry_after_s, 3600);
}

static void test_bodies(void **state)
{
	(void)state;
	CLIENT_ANSWER_CLEANUP struct client_answer answer = { .status = 0 };
	assert_int_equal(call("GET", "/words/1", NULL, PATIENCE_MS, &answer), 0);
	assert_null(answer.json);
	assert_true(bytes_equal(buffer_bytes(&answer.body), bytes_of_text("no JSON")));
	client_answer_done(&answer);
	assert_int_equal(call("GET", "/twice/1", NULL, PATIENCE_MS, &answer), 0);
	assert_null(answer.json); /* a repeated member is not JSON for us */
}

static void test_size(void **state)
{
	(void)state;
	CLIENT_ANSWER_CLEANUP struct client_answer answer = { .status = 0 };
	assert_int_equal(call("GET", "/huge/1048576", NULL, PATIENCE_MS, &answer), 0);
	assert_int_equal(answer.body.len, CLIENT_ANSWER_MAX);
	client_answer_done(&answer);
	int r = call("GET", "/huge/1048577", NULL, PATIENCE_MS, &answer);
	assert_int_equal(r, -FAULT_PROTOCOL);
	assert_int_equal(answer.status, 0);
}

static void test_redirect_is_not_followed(void **state)
{
	(void)state;
	CLIENT_ANSWER_CLEANUP struct client_answer answer = { .status = 0 };
	assert_int_equal(call("GET", "/away/1", NULL, PATIENCE_MS, &answer), 0);
	assert_int_equal(answer.status, 302);
	assert_false(client_answer_is_good(&answer));
}

static void test_deadline(void **state)
{
	(void)state;
	struct client_answer answer;
	int64_t before = monotonic_us();
	assert_int_equal(call("GET", "/hang/1", NULL, SHORT_MS, &answer), -FAULT_TIMEOUT);
	int64_t took_us = monotonic_us() - before;
	assert_in_range(took_us, SHORT_MS * 900, PATIENCE_MS * 1000);
	assert_int_equal(call("GET", "/echo/9", NULL, 0, &answer), -FAULT_TIMEOUT);
}

static void test_lost_answers(void **state)
{
	(void)state;
	struct client_answer answer;
	assert_int_equal(call("GET", "/drop/1", NULL, PATIENCE_MS, &answer), -FAULT_UNAVAILABLE);
	assert_int_equal(call("GET", "/cut/1", NULL, PATIENCE_MS, &answer), -FAULT_UNAVAILABLE);
}

static void test_only_the_given_ca(void **state)
{
	(void)state;
	CLEANUP(client_https_done) struct client_https *https = NULL;
	struct client_answer answer;
	assert_int_equal(scripted_open("other-ca.pem", "client", &https), 0);
	int r = client_https_call(
		https, "GET", "/echo/3", NULL, deadline_after_ms(PATIENCE_MS), &answer);
	assert_int_equal(r, -FAULT_PROTOCOL);
	assert_false(client_https_was_sent(https));
}

/*
 * The server's alert: no use in asking again. With TLS 1.3 it comes after the handshake and
 * the request may meet the closed connection first, so it is heard sooner or later only.
 */
static void test_stranger(void **state)
{
	(void)state;
	int r = -FAULT_UNAVAILABLE;
	for (int i = 0; i < ATTEMPTS && r == -FAULT_UNAVAILABLE; i++) {
		CLEANUP(client_https_done) struct client_https *https = NULL;
		struct client_answer answer;
		assert_int_equal(scripted_open("ca.pem", "stranger", &https), 0);
		r = client_https_call(
			https, "GET", "/echo/4", NULL, deadline_after_ms(PATIENCE_MS), &answer);
	}
	assert_int_equal(r, -FAULT_PROTOCOL);
	assert_non_null(strstr(fault_text(), "refuses this client"));
}

static void test_nobody_listens(void **state)
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
	struct client_answer answer;
	assert_int_equal(client_https_open(&settings, &https), 0);
	int r = client_https_call(https, "GET", "/", NULL, deadline_after_ms(PATIENCE_MS), &answer);
	assert_int_equal(r, -FAULT_UNAVAILABLE);
	assert_false(client_https_was_sent(https));
}

static void test_settings(void **state)
{
	(void)state;
	static const char *const urls[] = { "", "http://127.0.0.1:1", "https://",
		"https://127.0.0.1:1/v1", "https://me@127.0.0.1:1", "ftp://127.0.0.1",
		"https://127.0.0.1:1?x", "https://127.0.0.1:1#x" };
	struct client_https_settings settings = {
		.ca = scripted_file("ca.pem"),
		.certificate = scripted_file("client.pem"),
		.key = scripted_file("client.key"),
		.language = "en",
	};
	struct client_https *https = NULL;
	for (size_t i = 0; i < LENGTH_OF(urls); i++) {
		settings.url = urls[i];
		assert_int_equal(client_https_open(&settings, &https), -FAULT_SETTINGS);
	}
	settings.url = "https://127.0.0.1:1";
	settings.key = scripted_file("absent.key");
	assert_int_equal(client_https_open(&settings, &https), -FAULT_SETTINGS);
	assert_non_null(strstr(fault_text(), "absent.key"));
	assert_null(https);
}

static void test_paths(void **state)
{
	(void)state;
	static const char *const paths[] = { "", "v1", "/a b", "/a\r\nX: y", "/a#b", "/\\", "/é" };
	struct client_answer answer;
	for (size_t i = 0; i < LENGTH_OF(paths); i++)
		assert_int_equal(call("GET", paths[i], NULL, PATIENCE_MS, &answer), -FAULT_LIMIT);
}

static void test_fetch(void **state)
{
	(void)state;
	struct buffer content;
	int r = client_fetch("file:///etc/hostname", deadline_after_ms(PATIENCE_MS), &content);
	assert_int_equal(r, -FAULT_UNAVAILABLE);
	r = client_fetch("http://127.0.0.1:1/", deadline_after_ms(PATIENCE_MS), &content);
	assert_int_equal(r, -FAULT_UNAVAILABLE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_methods_on_one_connection),
		cmocka_unit_test(test_headers),
		cmocka_unit_test(test_bodies),
		cmocka_unit_test(test_size),
		cmocka_unit_test(test_redirect_is_not_followed),
		cmocka_unit_test(test_deadline),
		cmocka_unit_test(test_lost_answers),
		cmocka_unit_test(test_only_the_given_ca),
		cmocka_unit_test(test_stranger),
		cmocka_unit_test(test_nobody_listens),
		cmocka_unit_test(test_settings),
		cmocka_unit_test(test_paths),
		cmocka_unit_test(test_fetch),
	};
	return cmocka_run_group_tests(tests, scripted_start, scripted_stop);
}
