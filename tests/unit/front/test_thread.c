/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdatomic.h>

#include "base/clock.h"
#include "front/thread.h"

static struct front_thread thread;
static atomic_int rounds;

static void *run(void *context)
{
	(void)context;
	while (front_thread_rest(&thread, 3600 * 1000))
		atomic_fetch_add(&rounds, 1);
	return NULL;
}

/* Within the test's own time limit, or never. */
static void await_rounds(int count)
{
	struct front_thread nap;
	assert_int_equal(front_thread_init(&nap), 0);
	while (atomic_load(&rounds) < count)
		(void)front_thread_rest(&nap, 1);
	front_thread_done(&nap);
}

static void test_a_poke_ends_the_rest(void **state)
{
	(void)state;
	assert_int_equal(front_thread_init(&thread), 0);
	assert_int_equal(front_thread_start(&thread, run, NULL), 0);
	front_thread_poke(&thread);
	await_rounds(1);
	front_thread_poke(&thread);
	await_rounds(2);
	front_thread_done(&thread);
	assert_int_equal(atomic_load(&rounds), 2);
}

static void test_a_poke_before_the_rest_counts(void **state)
{
	(void)state;
	assert_int_equal(front_thread_init(&thread), 0);
	front_thread_poke(&thread);
	int64_t begun_us = monotonic_us();
	assert_true(front_thread_rest(&thread, 3600 * 1000));
	assert_true(front_thread_rest(&thread, 20));
	assert_true(monotonic_us() - begun_us >= 20000);
	front_thread_done(&thread);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_poke_ends_the_rest),
		cmocka_unit_test(test_a_poke_before_the_rest_counts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
