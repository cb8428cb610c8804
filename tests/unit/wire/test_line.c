/* SPDX-License-Identifier: Apache-2.0 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/fault.h"
#include "wire/line.h"

#define DEADLINE_MS 20000

/* A signer of a few canned answers: one thread, one connection after the other. */
struct signer {
	char folder[64];
	char path[108];
	int listener;
	pthread_t thread;
	const struct bytes *answers; /* raw octets, one a question; NULL: hang up instead */
	size_t count;
	size_t questions;
	size_t connections;
};

static void answer_connection(struct signer *signer, int fd)
{
	struct buffer frame = WIRE_BUFFER;
	while (signer->questions < signer->count &&
		wire_receive(fd, &frame, deadline_after_ms(DEADLINE_MS)) == 0) {
		enum wire_verb verb;
		struct wire_reader reader;
		if (wire_frame_open(buffer_bytes(&frame), &verb, &reader) != 0)
			break;
		if (verb == WIRE_CRL_BEGIN || verb == WIRE_CRL_ENTRIES)
			continue;
		struct bytes answer = signer->answers[signer->questions++];
		if (answer.data == NULL ||
			wire_send(fd, answer, deadline_after_ms(DEADLINE_MS)) != 0)
			break;
	}
	buffer_done(&frame);
	(void)close(fd);
}

static void *serve(void *argument)
{
	struct signer *signer = argument;
	while (signer->questions < signer->count) {
		int fd = accept(signer->listener, NULL, NULL);
		if (fd < 0)
			break;
		signer->connections++;
		answer_connection(signer, fd);
	}
	return NULL;
}

static void bind_listener(struct signer *signer, const struct bytes *answers, size_t count)
{
	*signer = (struct signer){
		.folder = "/tmp/hakko-line-XXXXXX", .answers = answers, .count = count
	};
	assert_non_null(mkdtemp(signer->folder));
	(void)snprintf(signer->path, sizeof(signer->path), "%s/sock", signer->folder);
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	memcpy(address.sun_path, signer->path, sizeof(signer->path));
	signer->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_true(signer->listener >= 0);
	assert_int_equal(bind(signer->listener, (struct sockaddr *)&address, sizeof(address)), 0);
}

static void start(struct signer *signer, const struct bytes *answers, size_t count)
{
	bind_listener(signer, answers, count);
	assert_int_equal(listen(signer->listener, 4), 0);
	assert_int_equal(pthread_create(&signer->thread, NULL, serve, signer), 0);
}

static void stop(struct signer *signer)
{
	assert_int_equal(pthread_join(signer->thread, NULL), 0);
	(void)close(signer->listener);
	assert_int_equal(unlink(signer->path), 0);
	assert_int_equal(rmdir(signer->folder), 0);
}

static void status_answer(struct buffer *frame, int64_t now_at)
{
	struct wire_status status = { .kind = SERVICE_PRODUCTION, .now_at = now_at };
	assert_int_equal(wire_status_encode(&status, frame), 0);
}

static int ask_status(
	struct wire_line *line, struct wire_status *ret_status, struct wire_refused *ret_refused)
{
	return wire_line_status(line, deadline_after_ms(DEADLINE_MS), ret_status, ret_refused);
}

static void test_questions_share_a_connection_and_a_lost_one_is_made_again(void **state)
{
	(void)state;
	BUFFER_CLEANUP struct buffer one = WIRE_BUFFER, two = WIRE_BUFFER, three = WIRE_BUFFER;
	status_answer(&one, 1);
	status_answer(&two, 2);
	status_answer(&three, 3);
	const struct bytes answers[] = { buffer_bytes(&one), buffer_bytes(&two), { NULL, 0 },
		buffer_bytes(&three) };
	struct signer signer;
	start(&signer, answers, LENGTH_OF(answers));
	struct wire_line line;
	struct wire_status status;
	struct wire_refused refused;
	assert_int_equal(wire_line_init(&line, signer.path), 0);
	assert_int_equal(ask_status(&line, &status, &refused), 0);
	assert_int_equal(status.now_at, 1);
	assert_int_equal(ask_status(&line, &status, &refused), 0);
	assert_int_equal(status.now_at, 2);
	assert_int_equal(ask_status(&line, &status, &refused), -FAULT_UNAVAILABLE);
	assert_int_equal(status.now_at, 2);
	assert_int_equal(ask_status(&line, &status, &refused), 0);
	assert_int_equal(status.now_at, 3);
	wire_line_done(&line);
	stop(&signer);
	assert_int_equal(signer.connections, 2);
}

static void test_a_refusal_is_an_outcome(void **state)
{
	(void)state;
	BUFFER_CLEANUP struct buffer frame = WIRE_BUFFER;
	const struct wire_refused sent = { "crl_invalid", "numbers fall" };
	assert_int_equal(wire_refused_encode(&sent, &frame), 0);
	const struct bytes answers[] = { buffer_bytes(&frame) };
	struct signer signer;
	start(&signer, answers, LENGTH_OF(answers));
	struct wire_line line;
	struct wire_crl_begin begin = { .number = 1 };
	struct wire_crl_signed answer;
	struct wire_refused refused;
	struct deadline deadline = deadline_after_ms(DEADLINE_MS);
	assert_int_equal(wire_line_init(&line, signer.path), 0);
	assert_int_equal(wire_line_crl_begin(&line, &begin, deadline), 0);
	assert_int_equal(wire_line_crl_entries(&line, BYTES("abc"), deadline), 0);
	assert_int_equal(wire_line_crl_end(&line, deadline, &answer, &refused), WIRE_LINE_REFUSED);
	assert_string_equal(refused.code, "crl_invalid");
	wire_line_done(&line);
	stop(&signer);
}

static void test_the_answer_to_another_question_is_a_fault(void **state)
{
	(void)state;
	BUFFER_CLEANUP struct buffer frame = WIRE_BUFFER;
	status_answer(&frame, 1);
	const struct bytes answers[] = { buffer_bytes(&frame) };
	struct signer signer;
	start(&signer, answers, LENGTH_OF(answers));
	struct wire_line line;
	struct wire_issue issue = { .reservation.id = 1, .resident.sex = SEX_MALE };
	struct wire_issued issued;
	struct wire_refused refused;
	assert_int_equal(wire_line_init(&line, signer.path), 0);
	assert_int_equal(
		wire_line_issue(&line, &issue, deadline_after_ms(DEADLINE_MS), &issued, &refused),
		-FAULT_PROTOCOL);
	assert_int_equal(line.fd, -1);
	stop(&signer);
}

static void test_a_crl_is_not_carried_on_over_a_new_connection(void **state)
{
	(void)state;
	struct wire_line line;
	assert_int_equal(wire_line_init(&line, "/nonexistent/signer.sock"), 0);
	assert_int_equal(wire_line_crl_entries(&line, BYTES("abc"), deadline_after_ms(1)),
		-FAULT_UNAVAILABLE);
}

static void test_no_signer_is_a_fault(void **state)
{
	(void)state;
	struct wire_line line;
	struct wire_status status;
	struct wire_refused refused;
	assert_int_equal(wire_line_init(&line, "/nonexistent/signer.sock"), 0);
	assert_int_equal(ask_status(&line, &status, &refused), -FAULT_UNAVAILABLE);
	char path[200];
	memset(path, 'a', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	assert_int_equal(wire_line_init(&line, path), -FAULT_SETTINGS);
}

/* A signer that takes no connection any more must not hold a service beyond its deadline. */
static void test_a_full_backlog_is_waited_for_until_the_deadline(void **state)
{
	(void)state;
	BUFFER_CLEANUP struct buffer frame = WIRE_BUFFER;
	status_answer(&frame, 1);
	const struct bytes answers[] = { buffer_bytes(&frame) };
	struct signer signer;
	struct wire_line first, second;
	struct wire_status status;
	struct wire_refused refused;
	const struct wire_crl_begin begin = { .number = 1 };
	bind_listener(&signer, answers, LENGTH_OF(answers));
	assert_int_equal(listen(signer.listener, 0), 0); /* one waits, no more */
	assert_int_equal(wire_line_init(&first, signer.path), 0);
	assert_int_equal(wire_line_init(&second, signer.path), 0);
	assert_int_equal(wire_line_crl_begin(&first, &begin, deadline_after_ms(DEADLINE_MS)), 0);
	int64_t before_us = monotonic_us();
	assert_int_equal(wire_line_status(&second, deadline_after_ms(50), &status, &refused),
		-FAULT_TIMEOUT);
	assert_true(monotonic_us() - before_us >= 50000);
	assert_true(monotonic_us() - before_us < DEADLINE_MS * INT64_C(1000));
	assert_int_equal(second.fd, -1);

	/* Once there is room, the same line gets its answer, also while it is being waited for. */
	wire_line_done(&first);
	assert_int_equal(pthread_create(&signer.thread, NULL, serve, &signer), 0);
	assert_int_equal(ask_status(&second, &status, &refused), 0);
	assert_int_equal(status.now_at, 1);
	wire_line_done(&second);
	stop(&signer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_questions_share_a_connection_and_a_lost_one_is_made_again),
		cmocka_unit_test(test_a_refusal_is_an_outcome),
		cmocka_unit_test(test_the_answer_to_another_question_is_a_fault),
		cmocka_unit_test(test_a_crl_is_not_carried_on_over_a_new_connection),
		cmocka_unit_test(test_no_signer_is_a_fault),
		cmocka_unit_test(test_a_full_backlog_is_waited_for_until_the_deadline),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
