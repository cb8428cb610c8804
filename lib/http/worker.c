/* SPDX-License-Identifier: Apache-2.0 */
#include "http/worker.h"

#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "http/exchange.h"
#include "http/running.h"

/* Takes requests until the queue is closed and empty. */
static void work(struct http_server *server, void *own)
{
	struct http_queue_item *item;
	bool is_late;

	while (http_queue_pop(&server->queue, &item, &is_late) == 0)
		http_exchange_run(item->owner, own, is_late);
}

/* Tells the starting thread how it went; a fault's text is this thread's, so it is copied. */
static void opened(struct http_workers *workers, int fault)
{
	(void)pthread_mutex_lock(&workers->lock);
	if (fault < 0 && workers->fault == 0) {
		workers->fault = fault;
		workers->fault_text = strdup(fault_text());
	}
	workers->open_count++;
	(void)pthread_cond_signal(&workers->opened);
	(void)pthread_mutex_unlock(&workers->lock);
}

static void *worker_run(void *context)
{
	struct http_workers *workers = context;
	const struct http_server_settings *settings = &workers->server->settings;
	void *own = NULL;
	int r = settings->worker_open == NULL ? 0 : settings->worker_open(settings->context, &own);

	opened(workers, r);
	if (r < 0)
		return NULL;
	work(workers->server, own);
	if (settings->worker_close != NULL)
		settings->worker_close(own);
	return NULL;
}

/* Waits until each thread has opened its worker; passes up the first fault among them. */
static int opened_wait(struct http_workers *workers)
{
	(void)pthread_mutex_lock(&workers->lock);
	while (workers->open_count < workers->count)
		(void)pthread_cond_wait(&workers->opened, &workers->lock);
	(void)pthread_mutex_unlock(&workers->lock);
	if (workers->fault == 0)
		return 0;
	return fault_new(fault_kind(workers->fault), "a worker: %s",
		workers->fault_text == NULL ? "?" : workers->fault_text);
}

int http_workers_start(struct http_workers *workers, struct http_server *server, size_t count)
{
	int wrong = 0;

	*workers = (struct http_workers){ .server = server };
	workers->threads = calloc(count, sizeof(*workers->threads));
	if (workers->threads == NULL)
		return fault_new(FAULT_MEMORY, "no memory for %zu workers", count);
	(void)pthread_mutex_init(&workers->lock, NULL);
	(void)pthread_cond_init(&workers->opened, NULL);
	while (workers->count < count && wrong == 0) {
		pthread_t *thread = &workers->threads[workers->count];
		wrong = pthread_create(thread, NULL, worker_run, workers);
		if (wrong != 0)
			break;
		(void)pthread_setname_np(*thread, "http-worker");
		workers->count++;
	}
	int r = wrong != 0 ? fault_new(FAULT_IO, "a thread: %s", strerrordesc_np(wrong)) : 0;
	if (r == 0)
		r = opened_wait(workers);
	if (r == 0)
		return 0;
	http_queue_close(&server->queue);
	http_workers_stop(workers);
	return fault_trace(r);
}

void http_workers_stop(struct http_workers *workers)
{
	for (size_t i = 0; i < workers->count; i++)
		(void)pthread_join(workers->threads[i], NULL);
	(void)pthread_cond_destroy(&workers->opened);
	(void)pthread_mutex_destroy(&workers->lock);
	free(workers->threads);
	free(workers->fault_text);
}
