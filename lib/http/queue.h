/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bounded queue between libmicrohttpd's threads and the workers: first in, first out, one
 * lock, one wake-up an item. Touches memory only.
 */
#pragma once

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/cleanup.h"

struct http_queue_item {
	struct http_queue_item *next;
	void *owner;
};

struct http_queue {
	pthread_mutex_t lock;
	pthread_cond_t filled;
	struct http_queue_item *first, *last;
	size_t len, max;
	bool is_closed;
};

void http_queue_init(struct http_queue *queue, size_t max);
/* It is empty (assert). */
void http_queue_done(struct http_queue *queue);

#define HTTP_QUEUE_FULL 1
#define HTTP_QUEUE_CLOSED 2
/* HTTP_QUEUE_FULL, HTTP_QUEUE_CLOSED: `item` stays the caller's. Never waits. */
int http_queue_push(struct http_queue *queue, struct http_queue_item *item) MUST_CHECK;
/*
 * Waits for an item. Items taken after the close say so in `ret_is_late`; HTTP_QUEUE_CLOSED once
 * there are none.
 */
int http_queue_pop(struct http_queue *queue, struct http_queue_item **ret_item, bool *ret_is_late)
	MUST_CHECK;
/* Nothing gets in any more, and everybody who waits wakes up. */
void http_queue_close(struct http_queue *queue);
