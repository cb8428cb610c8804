/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/fault.h"
#include "http/request.h"

static struct http_request request;

static int start(void **state)
{
	(void)state;
	request = (struct http_request){
		.arena = ARENA(HTTP_ARENA_MAX), .id = "0123456789abcdef", .language = HTTP_JAPANESE
	};
	return 0;
}

static int done(void **state)
{
	(void)state;
	arena_done(&request.arena);
	return 0;
}

static json_t *body_of_reply(void)
{
	json_t *root = json_loadb(
		(const char *)request.reply.body.data, request.reply.body.len, 0, NULL);
	assert_non_null(root);
	return root;
}

static void test_json(void **state)
{
	(void)state;
	assert_int_equal(http_reply_json(&request, 201, json_pack("{ss}", "a", "印")), 0);
	assert_int_equal(request.reply.status, 201);
	assert_string_equal(request.reply.content_type, "application/json");
	assert_true(bytes_equal(request.reply.body, bytes_of_text("{\"a\":\"印\"}")));
	assert_int_equal(request.reply.refusal, REFUSAL_NONE);
}

static void test_no_json_is_a_fault(void **state)
{
	(void)state;
	assert_int_equal(http_reply_json(&request, 200, NULL), -FAULT_MEMORY);
	assert_int_equal(request.reply.status, 0);
}

static void test_beyond_the_arena(void **state)
{
	static const uint8_t octets[HTTP_ARENA_MAX + 1];

	(void)state;
	assert_int_equal(http_reply_bytes(&request, 200, "a/b", BYTES(octets)), -FAULT_LIMIT);
	assert_int_equal(request.reply.status, 0);
}

static void test_a_problem(void **state)
{
	struct verdict verdict = { .count = 0 };
	const struct refusal_text *first = refusal_text(REFUSAL_LIVE_CERTIFICATE);

	(void)state;
	verdict_refuse(&verdict, REFUSAL_LIVE_CERTIFICATE, "/card/number");
	verdict_refuse(&verdict, REFUSAL_NOT_FOUND, "");
	json_t *extra = json_pack("{sssisss{}}", "serial", "12", "status", 1, "code", "x", "more");
	assert_int_equal(http_reply_verdict(&request, &verdict, extra), 0);
	assert_int_equal(request.reply.status, first->status);
	assert_int_equal(request.reply.refusal, REFUSAL_LIVE_CERTIFICATE);
	assert_int_equal(request.reply.retry_after_s, 0);
	assert_string_equal(request.reply.content_type, "application/problem+json");

	json_t *root = body_of_reply();
	const char *type, *title, *code, *rule, *instance, *serial, *field, *ja, *en;
	json_t *violations;
	int status;
	assert_int_equal(json_unpack(root, "{ss ss ss ss ss ss si so}", "type", &type, "title",
				 &title, "code", &code, "rule", &rule, "instance", &instance,
				 "serial", &serial, "status", &status, "violations", &violations),
		0);
	assert_string_equal(type, "about:blank");
	assert_string_equal(title, first->ja);
	assert_string_equal(code, first->code);
	assert_string_equal(rule, first->rule);
	assert_string_equal(instance, request.id);
	assert_string_equal(serial, "12");
	assert_int_equal(status, first->status);
	assert_int_equal(json_array_size(violations), 2);
	assert_int_equal(json_unpack(json_array_get(violations, 0), "{ss ss ss ss ss!}", "code",
				 &code, "rule", &rule, "field", &field, "ja", &ja, "en", &en),
		0);
	assert_string_equal(field, "/card/number");
	assert_string_equal(ja, first->ja);
	assert_string_equal(en, first->en);
	assert_null(json_object_get(json_array_get(violations, 1), "rule"));
	json_decref(root);
}

static void test_a_problem_in_english_with_retry(void **state)
{
	(void)state;
	request.language = HTTP_ENGLISH;
	assert_int_equal(http_reply_refusal(&request, REFUSAL_QUEUE_FULL, ""), 0);
	assert_int_equal(request.reply.status, 503);
	assert_int_equal(request.reply.retry_after_s, HTTP_RETRY_AFTER_S);
	json_t *root = body_of_reply();
	assert_string_equal(json_string_value(json_object_get(root, "title")),
		refusal_text(REFUSAL_QUEUE_FULL)->en);
	assert_null(json_object_get(root, "rule"));
	json_decref(root);
}

static void test_every_refusal_makes_a_problem(void **state)
{
	(void)state;
	for (int refusal = 1; refusal < REFUSAL_COUNT; refusal++) {
		arena_done(&request.arena);
		request.reply = (struct http_reply){ .status = 0 };
		assert_int_equal(http_reply_refusal(&request, (enum refusal)refusal, "/x"), 0);
		assert_int_equal(request.reply.status, refusal_text((enum refusal)refusal)->status);
		json_decref(body_of_reply());
	}
}

static void test_a_file(void **state)
{
	char path[] = "/tmp/hakko-reply-XXXXXX";
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "octets", 6), 6);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(http_reply_file(&request, 200, "a/b", fd), 0);
	assert_true(request.reply.file_given);
	assert_int_equal(request.reply.file_fd, fd);
	assert_int_equal(request.reply.file_len, 6);
	assert_int_equal(request.reply.etag[0], '"');
	assert_int_equal(close(fd), 0);
}

/* The descriptor is taken all the same. */
static void test_what_is_no_file(void **state)
{
	int fd = open("/", O_RDONLY | O_CLOEXEC);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(http_reply_file(&request, 200, "a/b", fd), -FAULT_STATE);
	assert_int_equal(fcntl(fd, F_GETFD), -1);
	assert_int_equal(http_reply_file(&request, 200, "a/b", -1), -FAULT_IO);
	assert_int_equal(request.reply.status, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_json, start, done),
		cmocka_unit_test_setup_teardown(test_no_json_is_a_fault, start, done),
		cmocka_unit_test_setup_teardown(test_beyond_the_arena, start, done),
		cmocka_unit_test_setup_teardown(test_a_problem, start, done),
		cmocka_unit_test_setup_teardown(test_a_problem_in_english_with_retry, start, done),
		cmocka_unit_test_setup_teardown(test_every_refusal_makes_a_problem, start, done),
		cmocka_unit_test_setup_teardown(test_a_file, start, done),
		cmocka_unit_test_setup_teardown(test_what_is_no_file, start, done),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
