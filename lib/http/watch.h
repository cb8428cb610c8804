/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ends connections by total deadlines, as libmicrohttpd's own timeout counts idle time only: a
 * client that sends an octet a second, or never finishes its handshake, is cut off. One thread,
 * which sleeps until the next instant that is due.
 *
 * Cutting off is shutdown(), never close(): the descriptor stays libmicrohttpd's, whose thread
 * wakes up, finds the connection dead and closes it. shutdown() must not hit a descriptor that
 * was closed and given to somebody else meanwhile. It cannot: an entry is entered by the callback
 * of a connection's start and left by that of its end (MHD_OPTION_NOTIFY_CONNECTION), and
 * libmicrohttpd closes the socket only behind the latter, on the same thread. The descriptor is
 * thus open as long as the entry is in a list, and lists are read and changed, and shutdown() is
 * called, under one lock.
 */
#pragma once

#include <pthread.h>
#include <stdbool.h>

#include "base/clock.h"

enum http_watch_list {
	HTTP_WATCH_IDLE, /* a connection without a request, the handshake included */
	HTTP_WATCH_BUSY, /* from the request line to the end of the reply */
	HTTP_WATCH_LISTS,
	HTTP_WATCH_NONE = HTTP_WATCH_LISTS, /* cut off */
};

struct http_watch_entry {
	struct http_watch_entry *earlier, *later;
	enum http_watch_list list;
	int fd;
	int64_t due_us; /* of CLOCK_MONOTONIC */
};

/* Each list has one delay, so it is sorted by the order of its entries. */
struct http_watch {
	pthread_mutex_t lock;
	pthread_cond_t sooner; /* the thread must look again */
	pthread_cond_t quiet;  /* no request is left */
	struct http_watch_entry *first[HTTP_WATCH_LISTS], *last[HTTP_WATCH_LISTS];
	int64_t delay_us[HTTP_WATCH_LISTS];
	int64_t wake_us; /* when the thread looks next */
	bool stops;
	pthread_t thread;
};

/* Starts the thread. `watch` must stay where it is. */
int http_watch_start(struct http_watch *watch, int64_t idle_s, int64_t request_s) MUST_CHECK;
/* Ends the thread; no entry is left (assert). */
void http_watch_stop(struct http_watch *watch);

/* A connection began. */
void http_watch_enter(struct http_watch *watch, struct http_watch_entry *entry, int fd);
/* A request line is there; false when the connection is cut off already. */
bool http_watch_begin(struct http_watch *watch, struct http_watch_entry *entry);
/* The request ended. */
void http_watch_end(struct http_watch *watch, struct http_watch_entry *entry);
/* The connection's socket is about to be closed. */
void http_watch_leave(struct http_watch *watch, struct http_watch_entry *entry);

/* Cuts off connections without a request, and from now on those that finished theirs. */
void http_watch_end_idle(struct http_watch *watch);
/* Waits until no request is left, or the deadline. */
void http_watch_wait(struct http_watch *watch, struct deadline deadline);
