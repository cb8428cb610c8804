/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/calendar.h"
#include "http/watch.h"

#define PAIRS 64

static struct http_watch watch;

/* How long until the other end of a watched socket is cut off, at most `ms`. */
static int64_t cut_after_us(int fd, int ms)
{
	int64_t from_us = monotonic_us();
	struct pollfd other = { .fd = fd, .events = POLLRDHUP };

	return poll(&other, 1, ms) == 1 ? monotonic_us() - from_us : -1;
}

static void test_each_list_has_its_delay(void **state)
{
	struct http_watch_entry idle, busy;
	int idle_fds[2], busy_fds[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, idle_fds), 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, busy_fds), 0);
	assert_int_equal(http_watch_start(&watch, 1, 2), 0);
	http_watch_enter(&watch, &busy, busy_fds[0]);
	http_watch_enter(&watch, &idle, idle_fds[0]);
	assert_true(http_watch_begin(&watch, &busy));
	int64_t us = cut_after_us(idle_fds[1], 5000);
	assert_in_range(us, SECOND * 9 / 10, SECOND * 17 / 10);
	us = cut_after_us(busy_fds[1], 5000);
	assert_in_range(us, SECOND / 5, SECOND * 17 / 10);

	/* Cut off stays cut off. */
	assert_false(http_watch_begin(&watch, &idle));
	http_watch_end(&watch, &busy);
	http_watch_leave(&watch, &idle);
	http_watch_leave(&watch, &busy);
	http_watch_stop(&watch);
	for (size_t i = 0; i < 2; i++) {
		(void)close(idle_fds[i]);
		(void)close(busy_fds[i]);
	}
}

static void test_who_left_is_not_cut_off(void **state)
{
	struct http_watch_entry gone, here;
	int fds[2], here_fds[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, here_fds), 0);
	assert_int_equal(http_watch_start(&watch, 1, 1), 0);
	http_watch_enter(&watch, &gone, fds[0]);
	http_watch_enter(&watch, &here, here_fds[0]);
	http_watch_leave(&watch, &gone);
	assert_true(cut_after_us(here_fds[1], 5000) > 0);
	assert_int_equal(cut_after_us(fds[1], 0), -1);
	http_watch_leave(&watch, &here);
	http_watch_stop(&watch);
	for (size_t i = 0; i < 2; i++) {
		(void)close(fds[i]);
		(void)close(here_fds[i]);
	}
}

/* A moment later, so that somebody waits. */
static void *end_even(void *entries)
{
	(void)poll(NULL, 0, 100);
	for (size_t i = 0; i < PAIRS; i += 2)
		http_watch_end(&watch, &((struct http_watch_entry *)entries)[i]);
	return NULL;
}

static void test_ending(void **state)
{
	struct http_watch_entry entries[PAIRS];
	int fds[PAIRS][2];

	(void)state;
	assert_int_equal(http_watch_start(&watch, 100, 100), 0);
	for (size_t i = 0; i < PAIRS; i++) {
		assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds[i]), 0);
		http_watch_enter(&watch, &entries[i], fds[i][0]);
		if (i % 2 == 0)
			assert_true(http_watch_begin(&watch, &entries[i]));
	}
	http_watch_end_idle(&watch);
	for (size_t i = 0; i < PAIRS; i++)
		assert_int_equal(cut_after_us(fds[i][1], 0) >= 0, i % 2 == 1);

	/* The busy ones are waited for, but not for ever. */
	int64_t from_us = monotonic_us();
	http_watch_wait(&watch, deadline_after_ms(100));
	assert_in_range(monotonic_us() - from_us, SECOND / 11, SECOND);
	pthread_t thread;
	assert_int_equal(pthread_create(&thread, NULL, end_even, entries), 0);
	from_us = monotonic_us();
	http_watch_wait(&watch, deadline_after_ms(60000));
	assert_true(monotonic_us() - from_us < 30 * SECOND);
	assert_int_equal(pthread_join(thread, NULL), 0);
	/* And what is idle then ends soon. */
	for (size_t i = 0; i < PAIRS; i += 2)
		assert_true(cut_after_us(fds[i][1], 5000) >= 0);
	for (size_t i = 0; i < PAIRS; i++) {
		http_watch_leave(&watch, &entries[i]);
		(void)close(fds[i][0]);
		(void)close(fds[i][1]);
	}
	http_watch_stop(&watch);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_list_has_its_delay),
		cmocka_unit_test(test_who_left_is_not_cut_off),
		cmocka_unit_test(test_ending),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
