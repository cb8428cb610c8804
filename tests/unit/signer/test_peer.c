/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "signer/peer.h"

struct fixture {
	struct signer_peer peer;
	int other;
};

static int setup(void **state)
{
	static struct fixture fixture;
	int pair[2];
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		return -1;
	fixture.other = pair[1];
	*state = &fixture;
	return signer_peer_open(&fixture.peer, pair[0]);
}

static int teardown(void **state)
{
	struct fixture *fixture = *state;
	signer_peer_close(&fixture->peer);
	return close(fixture->other);
}

static void put(struct fixture *fixture, const void *octets, size_t len)
{
	assert_int_equal(write(fixture->other, octets, len), (ssize_t)len);
}

static void test_the_kernel_says_who_it_is(void **state)
{
	struct fixture *fixture = *state;
	assert_int_equal(fixture->peer.uid, getuid());
	assert_int_equal(fixture->peer.state, SIGNER_PEER_READING);
}

static void test_frames_come_in_pieces_and_together(void **state)
{
	struct fixture *fixture = *state;
	struct signer_peer *peer = &fixture->peer;
	static const uint8_t two[] = { 0, 0, 0, 3, 1, 0, 6, 0, 0, 0, 4, 1, 0, 6, 9 };
	struct bytes frame;
	put(fixture, two, 6);
	assert_int_equal(signer_peer_read(peer), 0);
	assert_false(signer_peer_frame(peer, &frame));
	put(fixture, two + 6, sizeof(two) - 6);
	assert_int_equal(signer_peer_read(peer), 0);
	assert_true(signer_peer_frame(peer, &frame));
	assert_int_equal(frame.len, 3);
	signer_peer_consume(peer);
	assert_true(signer_peer_frame(peer, &frame));
	assert_int_equal(frame.len, 4);
	assert_int_equal(frame.data[3], 9);
	signer_peer_consume(peer);
	assert_false(signer_peer_frame(peer, &frame));
	assert_int_equal(signer_peer_read(peer), 0); /* nothing there is no end */
}

static void test_a_frame_too_long_is_the_end(void **state)
{
	struct fixture *fixture = *state;
	static const uint8_t largest[] = { 0, 2, 0, 0 }, larger[] = { 0, 2, 0, 1 };
	put(fixture, largest, sizeof(largest));
	assert_int_equal(signer_peer_read(&fixture->peer), 0);
	fixture->peer.in.len = 0;
	put(fixture, larger, sizeof(larger));
	assert_int_equal(signer_peer_read(&fixture->peer), SIGNER_PEER_END);
}

static void test_no_more_than_a_frame_and_a_little_is_taken_in(void **state)
{
	struct fixture *fixture = *state;
	static const uint8_t frame[7] = { 0, 0, 0, 3, 1, 0, 6 };
	static uint8_t much[100000];
	struct bytes got;
	put(fixture, frame, sizeof(frame));
	put(fixture, much, sizeof(much));
	for (int i = 0; i < 100; i++)
		assert_int_equal(signer_peer_read(&fixture->peer), 0);
	assert_true(fixture->peer.in.len < 20000);
	assert_true(signer_peer_frame(&fixture->peer, &got));
}

static void test_a_refusal_goes_out(void **state)
{
	struct fixture *fixture = *state;
	struct signer_peer *peer = &fixture->peer;
	peer->state = SIGNER_PEER_SYNCING;
	assert_int_equal(signer_peer_refuse(peer, REFUSAL_JOURNAL_MISMATCH, "shorter"), 0);
	assert_int_equal(peer->state, SIGNER_PEER_READING);
	assert_true(signer_peer_has_output(peer));
	assert_int_equal(signer_peer_flush(peer), 0);
	assert_false(signer_peer_has_output(peer));

	BUFFER_CLEANUP struct buffer frame = WIRE_BUFFER;
	enum wire_verb verb;
	struct wire_reader reader;
	struct wire_refused refused;
	assert_int_equal(wire_receive(fixture->other, &frame, deadline_after_ms(10000)), 0);
	assert_int_equal(wire_frame_open(buffer_bytes(&frame), &verb, &reader), 0);
	assert_int_equal(verb, WIRE_REFUSED);
	assert_int_equal(wire_refused_decode(&reader, &refused), 0);
	assert_string_equal(refused.code, "journal_mismatch");
}

static void test_only_what_is_half_done_stalls(void **state)
{
	struct fixture *fixture = *state;
	struct signer_peer *peer = &fixture->peer;
	signer_peer_note_stall(peer, 5);
	assert_int_equal(peer->stalled_since_us, 0);
	put(fixture, "\0\0\0\3", 4);
	assert_int_equal(signer_peer_read(peer), 0);
	signer_peer_note_stall(peer, 6);
	assert_int_equal(peer->stalled_since_us, 6);
	/* One octet more is no excuse. */
	put(fixture, "\1", 1);
	assert_int_equal(signer_peer_read(peer), 0);
	signer_peer_note_stall(peer, 7);
	assert_int_equal(peer->stalled_since_us, 6);
	put(fixture, "\0\6", 2);
	assert_int_equal(signer_peer_read(peer), 0);
	signer_peer_consume(peer);
	signer_peer_note_stall(peer, 8);
	assert_int_equal(peer->stalled_since_us, 0);
}

int main(void)
{
#define PEER_TEST(test_) cmocka_unit_test_setup_teardown(test_, setup, teardown)
	const struct CMUnitTest tests[] = {
		PEER_TEST(test_the_kernel_says_who_it_is),
		PEER_TEST(test_frames_come_in_pieces_and_together),
		PEER_TEST(test_a_frame_too_long_is_the_end),
		PEER_TEST(test_no_more_than_a_frame_and_a_little_is_taken_in),
		PEER_TEST(test_a_refusal_goes_out),
		PEER_TEST(test_only_what_is_half_done_stalls),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
