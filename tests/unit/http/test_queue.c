/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "http/queue.h"

#define THREADS 4
#define ITEMS 20000

static void test_first_in_first_out_and_bounded(void **state)
{
	struct http_queue_item items[4];
	struct http_queue_item *item;
	struct http_queue queue;
	bool is_late;

	(void)state;
	http_queue_init(&queue, 3);
	for (size_t round = 0; round < 3; round++) {
		for (size_t i = 0; i < 3; i++)
			assert_int_equal(http_queue_push(&queue, &items[i]), 0);
		assert_int_equal(http_queue_push(&queue, &items[3]), HTTP_QUEUE_FULL);
		for (size_t i = 0; i < 3; i++) {
			assert_int_equal(http_queue_pop(&queue, &item, &is_late), 0);
			assert_ptr_equal(item, &items[i]);
			assert_false(is_late);
		}
	}
	http_queue_done(&queue);
}

static void test_a_closed_queue_is_emptied(void **state)
{
	struct http_queue_item items[2];
	struct http_queue_item *item;
	struct http_queue queue;
	bool is_late = false;

	(void)state;
	http_queue_init(&queue, 3);
	assert_int_equal(http_queue_push(&queue, &items[0]), 0);
	http_queue_close(&queue);
	assert_int_equal(http_queue_push(&queue, &items[1]), HTTP_QUEUE_CLOSED);
	assert_int_equal(http_queue_pop(&queue, &item, &is_late), 0);
	assert_ptr_equal(item, &items[0]);
	assert_true(is_late);
	assert_int_equal(http_queue_pop(&queue, &item, &is_late), HTTP_QUEUE_CLOSED);
	http_queue_done(&queue);
}

static struct http_queue shared;
static size_t taken[THREADS];

static void *take(void *place)
{
	struct http_queue_item *item;
	bool is_late;

	while (http_queue_pop(&shared, &item, &is_late) == 0) {
		(*(size_t *)item->owner)++;
		(*(size_t *)place)++;
	}
	return NULL;
}

/* Each item is taken once, by whoever waits, and the close wakes everybody. */
static void test_many_threads(void **state)
{
	static struct http_queue_item items[ITEMS];
	static size_t seen[ITEMS];
	pthread_t threads[THREADS];
	size_t sum = 0;

	(void)state;
	http_queue_init(&shared, 10);
	for (size_t i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, take, &taken[i]), 0);
	for (size_t i = 0; i < ITEMS; i++) {
		items[i].owner = &seen[i];
		while (http_queue_push(&shared, &items[i]) == HTTP_QUEUE_FULL)
			(void)sched_yield();
	}
	http_queue_close(&shared);
	for (size_t i = 0; i < THREADS; i++) {
		assert_int_equal(pthread_join(threads[i], NULL), 0);
		sum += taken[i];
	}
	assert_int_equal(sum, ITEMS);
	for (size_t i = 0; i < ITEMS; i++)
		assert_int_equal(seen[i], 1);
	http_queue_done(&shared);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_first_in_first_out_and_bounded),
		cmocka_unit_test(test_a_closed_queue_is_emptied),
		cmocka_unit_test(test_many_threads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
