/* SPDX-License-Identifier: Apache-2.0 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/fault.h"
#include "wire/frame.h"

#define DEADLINE_MS 20000

static int open_pair(void **state)
{
	static int pair[2];
	*state = pair;
	return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair);
}

static int close_pair(void **state)
{
	const int *pair = *state;
	for (int i = 0; i < 2; i++)
		if (pair[i] >= 0)
			(void)close(pair[i]);
	return 0;
}

static void make_frame(struct buffer *frame, size_t fields_len)
{
	assert_int_equal(wire_frame_begin(frame, WIRE_CRL_ENTRIES), 0);
	uint8_t *place;
	assert_int_equal(buffer_extend(frame, fields_len, &place), 0);
	for (size_t i = 0; i < fields_len; i++)
		place[i] = (uint8_t)(i * 7);
	assert_int_equal(wire_frame_end(frame), 0);
}

static void *receive_one(void *argument)
{
	const int *fd = argument;
	static struct buffer frame = { .max = WIRE_FRAME_MAX };
	if (wire_receive(*fd, &frame, deadline_after_ms(DEADLINE_MS)) != 0)
		return NULL;
	return &frame;
}

static void test_the_largest_frame_passes_whole(void **state)
{
	int *pair = *state;
	BUFFER_CLEANUP struct buffer frame = WIRE_BUFFER;
	make_frame(&frame, WIRE_FRAME_MAX - 3);
	pthread_t thread;
	void *received;
	assert_int_equal(pthread_create(&thread, NULL, receive_one, &pair[1]), 0);
	assert_int_equal(
		wire_send(pair[0], buffer_bytes(&frame), deadline_after_ms(DEADLINE_MS)), 0);
	assert_int_equal(pthread_join(thread, &received), 0);
	struct buffer *got = received;
	assert_non_null(got);
	assert_int_equal(got->len, frame.len - 4);
	assert_memory_equal(got->data, frame.data + 4, got->len);
	buffer_done(got);
}

static void test_a_longer_frame_is_not_read(void **state)
{
	int *pair = *state;
	const uint8_t word[] = { 0, 2, 0, 1 };
	BUFFER_CLEANUP struct buffer frame = WIRE_BUFFER;
	assert_int_equal(write(pair[0], word, sizeof(word)), sizeof(word));
	assert_int_equal(
		wire_receive(pair[1], &frame, deadline_after_ms(DEADLINE_MS)), -FAULT_PROTOCOL);
}

static void test_silence_ends_by_the_deadline(void **state)
{
	int *pair = *state;
	BUFFER_CLEANUP struct buffer frame = WIRE_BUFFER;
	assert_int_equal(wire_receive(pair[1], &frame, deadline_after_ms(20)), -FAULT_TIMEOUT);
	const uint8_t half[] = { 0, 0, 0, 3, 1 };
	assert_int_equal(write(pair[0], half, sizeof(half)), sizeof(half));
	assert_int_equal(wire_receive(pair[1], &frame, deadline_after_ms(20)), -FAULT_TIMEOUT);
	assert_int_equal(frame.len, 0);
}

static void test_a_peer_that_does_not_read_ends_by_the_deadline(void **state)
{
	int *pair = *state;
	int small = 4096;
	assert_int_equal(setsockopt(pair[0], SOL_SOCKET, SO_SNDBUF, &small, sizeof(small)), 0);
	BUFFER_CLEANUP struct buffer frame = WIRE_BUFFER;
	make_frame(&frame, WIRE_FRAME_MAX - 3);
	assert_int_equal(
		wire_send(pair[0], buffer_bytes(&frame), deadline_after_ms(20)), -FAULT_TIMEOUT);
}

static void test_a_peer_that_went_away_is_unavailable(void **state)
{
	int *pair = *state;
	const uint8_t half[] = { 0, 0, 0, 3, 1 };
	assert_int_equal(write(pair[0], half, sizeof(half)), sizeof(half));
	(void)close(pair[0]);
	pair[0] = -1;
	BUFFER_CLEANUP struct buffer frame = WIRE_BUFFER;
	assert_int_equal(
		wire_receive(pair[1], &frame, deadline_after_ms(DEADLINE_MS)), -FAULT_UNAVAILABLE);
	make_frame(&frame, 1);
	assert_int_equal(wire_send(pair[1], buffer_bytes(&frame), deadline_after_ms(DEADLINE_MS)),
		-FAULT_UNAVAILABLE);
}

int main(void)
{
#define PAIR_TEST(test_) cmocka_unit_test_setup_teardown(test_, open_pair, close_pair)
	const struct CMUnitTest tests[] = {
		PAIR_TEST(test_the_largest_frame_passes_whole),
		PAIR_TEST(test_a_longer_frame_is_not_read),
		PAIR_TEST(test_silence_ends_by_the_deadline),
		PAIR_TEST(test_a_peer_that_does_not_read_ends_by_the_deadline),
		PAIR_TEST(test_a_peer_that_went_away_is_unavailable),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
