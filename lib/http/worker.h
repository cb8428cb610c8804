/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The workers: threads that take requests from the queue, run their errands and hand them back.
 */
#pragma once

#include <pthread.h>
#include <stddef.h>

#include "base/cleanup.h"

struct http_server;

struct http_workers {
	struct http_server *server;
	pthread_mutex_t lock;
	pthread_cond_t opened;
	pthread_t *threads;
	size_t count;
	size_t open_count; /* that know how their worker_open() ended */
	int fault;         /* of the first that failed */
	char *fault_text;
};

/* Starts `count` threads and waits for each worker_open(); its fault is passed up, none runs then. */
int http_workers_start(struct http_workers *workers, struct http_server *server, size_t count)
	MUST_CHECK;
/* Joins them; the queue is closed. */
void http_workers_stop(struct http_workers *workers);
