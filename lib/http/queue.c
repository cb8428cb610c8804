/* SPDX-License-Identifier: Apache-2.0 */
#include "http/queue.h"

#include <assert.h>

void http_queue_init(struct http_queue *queue, size_t max)
{
	*queue = (struct http_queue){ .max = max };
	(void)pthread_mutex_init(&queue->lock, NULL);
	(void)pthread_cond_init(&queue->filled, NULL);
}

void http_queue_done(struct http_queue *queue)
{
	assert(queue->len == 0);
	(void)pthread_cond_destroy(&queue->filled);
	(void)pthread_mutex_destroy(&queue->lock);
}

static void append(struct http_queue *queue, struct http_queue_item *item)
{
	item->next = NULL;
	if (queue->last != NULL)
		queue->last->next = item;
	else
		queue->first = item;
	queue->last = item;
	queue->len++;
}

int http_queue_push(struct http_queue *queue, struct http_queue_item *item)
{
	int r = 0;

	(void)pthread_mutex_lock(&queue->lock);
	if (queue->is_closed)
		r = HTTP_QUEUE_CLOSED;
	else if (queue->len == queue->max)
		r = HTTP_QUEUE_FULL;
	else
		append(queue, item);
	(void)pthread_mutex_unlock(&queue->lock);
	/* Signalled under the lock, the worker would wake up only to wait for it. */
	if (r == 0)
		(void)pthread_cond_signal(&queue->filled);
	return r;
}

int http_queue_pop(struct http_queue *queue, struct http_queue_item **ret_item, bool *ret_is_late)
{
	int r = HTTP_QUEUE_CLOSED;

	(void)pthread_mutex_lock(&queue->lock);
	while (queue->first == NULL && !queue->is_closed)
		(void)pthread_cond_wait(&queue->filled, &queue->lock);
	if (queue->first != NULL) {
		*ret_item = queue->first;
		*ret_is_late = queue->is_closed;
		queue->first = queue->first->next;
		if (queue->first == NULL)
			queue->last = NULL;
		queue->len--;
		r = 0;
	}
	(void)pthread_mutex_unlock(&queue->lock);
	return r;
}

void http_queue_close(struct http_queue *queue)
{
	(void)pthread_mutex_lock(&queue->lock);
	queue->is_closed = true;
	(void)pthread_cond_broadcast(&queue->filled);
	(void)pthread_mutex_unlock(&queue->lock);
}
