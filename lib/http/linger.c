/* SPDX-License-Identifier: Apache-2.0 */
#include "http/linger.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/fault.h"

#define PIECE 65536 /* octets dropped by one call */
#define PIECES 16   /* of one connection before it is the next one's turn */

/* Drops what is there; false at the end of the connection. */
static bool drop(int fd)
{
	for (int i = 0; i < PIECES; i++) {
		ssize_t len = recv(fd, NULL, PIECE, MSG_DONTWAIT | MSG_TRUNC);
		if (len == 0)
			return false;
		if (len < 0)
			return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
	}
	return true;
}

/* Closes those that ended or had their time; under the lock, as other threads add. */
static void look(struct http_linger *linger)
{
	size_t kept = 0;

	for (size_t i = 0; i < linger->count; i++) {
		bool is_due = linger->stops || deadline_left_ms(linger->until[i]) == 0;
		if (is_due || !drop(linger->fds[i])) {
			(void)close(linger->fds[i]);
			continue;
		}
		linger->fds[kept] = linger->fds[i];
		linger->until[kept++] = linger->until[i];
	}
	linger->count = kept;
}

/* What to wait for, and how long: the first one taken is the first one due. */
static nfds_t wait_for(const struct http_linger *linger, struct pollfd *fds, int *ret_ms)
{
	fds[0] = (struct pollfd){ .fd = linger->wake_fd, .events = POLLIN };
	for (size_t i = 0; i < linger->count; i++)
		fds[i + 1] = (struct pollfd){ .fd = linger->fds[i], .events = POLLIN };
	*ret_ms = linger->count == 0 ? -1 : deadline_left_ms(linger->until[0]);
	return linger->count + 1;
}

static void *linger_run(void *context)
{
	struct http_linger *linger = context;
	struct pollfd fds[HTTP_LINGER_MAX + 1];
	eventfd_t ignored;
	int ms;

	(void)pthread_mutex_lock(&linger->lock);
	while (!linger->stops) {
		nfds_t count = wait_for(linger, fds, &ms);
		(void)pthread_mutex_unlock(&linger->lock);
		if (poll(fds, count, ms) > 0 && fds[0].revents != 0)
			(void)eventfd_read(linger->wake_fd, &ignored);
		(void)pthread_mutex_lock(&linger->lock);
		look(linger);
	}
	(void)pthread_mutex_unlock(&linger->lock);
	return NULL;
}

int http_linger_start(struct http_linger *linger)
{
	*linger = (struct http_linger){ .wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK) };
	if (linger->wake_fd < 0)
		return fault_new(FAULT_IO, "eventfd: %s", strerrordesc_np(errno));
	(void)pthread_mutex_init(&linger->lock, NULL);

	int wrong = pthread_create(&linger->thread, NULL, linger_run, linger);
	if (wrong != 0) {
		(void)close(linger->wake_fd);
		(void)pthread_mutex_destroy(&linger->lock);
		return fault_new(FAULT_IO, "a thread: %s", strerrordesc_np(wrong));
	}
	(void)pthread_setname_np(linger->thread, "http-linger");
	return 0;
}

void http_linger_stop(struct http_linger *linger)
{
	(void)pthread_mutex_lock(&linger->lock);
	linger->stops = true;
	(void)pthread_mutex_unlock(&linger->lock);
	(void)eventfd_write(linger->wake_fd, 1);
	(void)pthread_join(linger->thread, NULL);
	look(linger);
	(void)close(linger->wake_fd);
	(void)pthread_mutex_destroy(&linger->lock);
}

void http_linger_take(struct http_linger *linger, int fd)
{
	(void)pthread_mutex_lock(&linger->lock);
	int own = linger->count < HTTP_LINGER_MAX ? fcntl(fd, F_DUPFD_CLOEXEC, 0) : -1;
	if (own >= 0) {
		/* The client reads the end of the answer at once. */
		(void)shutdown(own, SHUT_WR);
		linger->fds[linger->count] = own;
		linger->until[linger->count++] = deadline_after_ms(HTTP_LINGER_MS);
	}
	(void)pthread_mutex_unlock(&linger->lock);
	if (own >= 0)
		(void)eventfd_write(linger->wake_fd, 1);
}
