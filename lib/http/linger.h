/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads and drops, for a moment, what a client still sends after it was refused without reading its
 * body. Closing at once would reset the connection and take the refusal away from a client that
 * writes its whole body before it reads (RFC 9112, 9.6). Works on duplicates of descriptors: the
 * originals are libmicrohttpd's to close. One thread, which sleeps while there is nobody.
 */
#pragma once

#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/clock.h"

#define HTTP_LINGER_MAX 64  /* connections at a time; more are closed at once */
#define HTTP_LINGER_MS 2000 /* of one connection */

struct http_linger {
	pthread_mutex_t lock;
	pthread_t thread;
	int wake_fd;
	bool stops;
	size_t count;
	int fds[HTTP_LINGER_MAX];
	struct deadline until[HTTP_LINGER_MAX];
};

/* Starts the thread. `linger` must stay where it is. */
int http_linger_start(struct http_linger *linger) MUST_CHECK;
/* Ends the thread and closes what it has. */
void http_linger_stop(struct http_linger *linger);
/* Takes over a connection whose descriptor, still open, its owner is about to close. */
void http_linger_take(struct http_linger *linger, int fd);
