/* SPDX-License-Identifier: Apache-2.0 */
#include "http/watch.h"

#include <assert.h>
#include <string.h>
#include <sys/socket.h>

#include "base/calendar.h"
#include "base/fault.h"

#define WAKE_APART_US (SECOND / 50) /* looks are at least so far apart */
#define LAST_WORD_US (SECOND / 5)   /* libmicrohttpd closes an ended connection by itself */

static void list_add(struct http_watch *watch, struct http_watch_entry *entry,
	enum http_watch_list list, int64_t now_us)
{
	entry->list = list;
	entry->due_us = now_us + watch->delay_us[list];
	entry->later = NULL;
	entry->earlier = watch->last[list];
	if (entry->earlier != NULL)
		entry->earlier->later = entry;
	else
		watch->first[list] = entry;
	watch->last[list] = entry;

	if (entry->due_us < watch->wake_us) {
		watch->wake_us = entry->due_us;
		(void)pthread_cond_signal(&watch->sooner);
	}
}

static void list_remove(struct http_watch *watch, struct http_watch_entry *entry)
{
	enum http_watch_list list = entry->list;

	if (list == HTTP_WATCH_NONE)
		return;
	if (entry->earlier != NULL)
		entry->earlier->later = entry->later;
	else
		watch->first[list] = entry->later;
	if (entry->later != NULL)
		entry->later->earlier = entry->earlier;
	else
		watch->last[list] = entry->earlier;
	entry->list = HTTP_WATCH_NONE;

	if (watch->first[HTTP_WATCH_BUSY] == NULL)
		(void)pthread_cond_broadcast(&watch->quiet);
}

/* Cuts off what is due in a list by `now_us`. */
static void list_cut(struct http_watch *watch, enum http_watch_list list, int64_t now_us)
{
	while (watch->first[list] != NULL && watch->first[list]->due_us <= now_us) {
		struct http_watch_entry *entry = watch->first[list];
		list_remove(watch, entry);
		(void)shutdown(entry->fd, SHUT_RDWR);
	}
}

static struct timespec timespec_of(int64_t us)
{
	return (struct timespec){ .tv_sec = us / SECOND, .tv_nsec = us % SECOND * 1000 };
}

/* Cuts off what is due; when the thread must look again, INT64_MAX when there is nobody. */
static int64_t look(struct http_watch *watch, int64_t now_us)
{
	int64_t next_us = INT64_MAX;

	for (int list = 0; list < HTTP_WATCH_LISTS; list++) {
		list_cut(watch, (enum http_watch_list)list, now_us);
		const struct http_watch_entry *first = watch->first[list];
		if (first != NULL && first->due_us < next_us)
			next_us = first->due_us;
	}
	return next_us < now_us + WAKE_APART_US ? now_us + WAKE_APART_US : next_us;
}

static void *watch_run(void *context)
{
	struct http_watch *watch = context;

	(void)pthread_mutex_lock(&watch->lock);
	while (!watch->stops) {
		watch->wake_us = look(watch, monotonic_us());
		struct timespec wake = timespec_of(watch->wake_us);
		if (watch->wake_us == INT64_MAX)
			(void)pthread_cond_wait(&watch->sooner, &watch->lock);
		else
			(void)pthread_cond_timedwait(&watch->sooner, &watch->lock, &wake);
	}
	(void)pthread_mutex_unlock(&watch->lock);
	return NULL;
}

static void condition_init(pthread_cond_t *condition)
{
	pthread_condattr_t attributes;
	int bad = pthread_condattr_init(&attributes);

	bad |= pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	bad |= pthread_cond_init(condition, &attributes);
	bad |= pthread_condattr_destroy(&attributes);
	assert(bad == 0);
}

int http_watch_start(struct http_watch *watch, int64_t idle_s, int64_t request_s)
{
	*watch = (struct http_watch){
		.delay_us = { [HTTP_WATCH_IDLE] = idle_s * SECOND,
			[HTTP_WATCH_BUSY] = request_s * SECOND },
	};
	(void)pthread_mutex_init(&watch->lock, NULL);
	condition_init(&watch->sooner);
	condition_init(&watch->quiet);

	int wrong = pthread_create(&watch->thread, NULL, watch_run, watch);
	if (wrong != 0) {
		(void)pthread_cond_destroy(&watch->sooner);
		(void)pthread_cond_destroy(&watch->quiet);
		(void)pthread_mutex_destroy(&watch->lock);
		return fault_new(FAULT_IO, "a thread: %s", strerrordesc_np(wrong));
	}
	(void)pthread_setname_np(watch->thread, "http-watch");
	return 0;
}

void http_watch_stop(struct http_watch *watch)
{
	(void)pthread_mutex_lock(&watch->lock);
	assert(watch->first[HTTP_WATCH_IDLE] == NULL && watch->first[HTTP_WATCH_BUSY] == NULL);
	watch->stops = true;
	(void)pthread_cond_signal(&watch->sooner);
	(void)pthread_mutex_unlock(&watch->lock);
	(void)pthread_join(watch->thread, NULL);

	(void)pthread_cond_destroy(&watch->sooner);
	(void)pthread_cond_destroy(&watch->quiet);
	(void)pthread_mutex_destroy(&watch->lock);
}

void http_watch_enter(struct http_watch *watch, struct http_watch_entry *entry, int fd)
{
	(void)pthread_mutex_lock(&watch->lock);
	entry->fd = fd;
	list_add(watch, entry, HTTP_WATCH_IDLE, monotonic_us());
	(void)pthread_mutex_unlock(&watch->lock);
}

/* Moves an entry that is not cut off; false when it is. */
static bool move(
	struct http_watch *watch, struct http_watch_entry *entry, enum http_watch_list list)
{
	(void)pthread_mutex_lock(&watch->lock);
	bool is_there = entry->list != HTTP_WATCH_NONE;
	if (is_there) {
		list_remove(watch, entry);
		list_add(watch, entry, list, monotonic_us());
	}
	(void)pthread_mutex_unlock(&watch->lock);
	return is_there;
}

bool http_watch_begin(struct http_watch *watch, struct http_watch_entry *entry)
{
	return move(watch, entry, HTTP_WATCH_BUSY);
}

void http_watch_end(struct http_watch *watch, struct http_watch_entry *entry)
{
	(void)move(watch, entry, HTTP_WATCH_IDLE);
}

void http_watch_leave(struct http_watch *watch, struct http_watch_entry *entry)
{
	(void)pthread_mutex_lock(&watch->lock);
	list_remove(watch, entry);
	(void)pthread_mutex_unlock(&watch->lock);
}

void http_watch_end_idle(struct http_watch *watch)
{
	(void)pthread_mutex_lock(&watch->lock);
	list_cut(watch, HTTP_WATCH_IDLE, INT64_MAX);
	watch->delay_us[HTTP_WATCH_IDLE] = LAST_WORD_US;
	(void)pthread_mutex_unlock(&watch->lock);
}

void http_watch_wait(struct http_watch *watch, struct deadline deadline)
{
	struct timespec until = timespec_of(deadline.monotonic_us);
	int wrong = 0;

	(void)pthread_mutex_lock(&watch->lock);
	while (watch->first[HTTP_WATCH_BUSY] != NULL && wrong == 0)
		wrong = pthread_cond_timedwait(&watch->quiet, &watch->lock, &until);
	(void)pthread_mutex_unlock(&watch->lock);
}
