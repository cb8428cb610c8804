/* SPDX-License-Identifier: Apache-2.0 */
#include "http/accept.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/fault.h"

#define BATCH 64        /* connections accepted before the stop is looked at again */
#define SHORTAGE_MS 100 /* before trying again without descriptors or memory */

/* The daemon with the fewest connections; among equals they take turns. */
static struct MHD_Daemon *least_busy(const struct http_accept *accept, size_t turn)
{
	struct MHD_Daemon *least = NULL;
	unsigned least_count = 0;

	for (size_t i = 0; i < accept->daemon_count; i++) {
		struct MHD_Daemon *daemon = accept->daemons[(turn + i) % accept->daemon_count];
		unsigned count = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_CURRENT_CONNECTIONS)
					 ->num_connections;
		if (least == NULL || count < least_count) {
			least = daemon;
			least_count = count;
		}
	}
	return least;
}

/* Accepts what waits, a batch at a time; false when the system lacks what it takes. */
static bool accept_waiting(const struct http_accept *accept, size_t *turn)
{
	for (int i = 0; i < BATCH; i++) {
		struct sockaddr_storage address;
		socklen_t address_len = sizeof(address);
		int fd = accept4(accept->listen_fd, (struct sockaddr *)&address, &address_len,
			SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd < 0 && (errno == EINTR || errno == ECONNABORTED))
			continue;
		if (fd < 0)
			return errno == EAGAIN || errno == EWOULDBLOCK;

		/* Beyond its connection limit the daemon closes it. */
		(void)MHD_add_connection(least_busy(accept, ++*turn), fd,
			(const struct sockaddr *)&address, address_len);
	}
	return true;
}

static void *accept_run(void *context)
{
	const struct http_accept *accept = context;
	struct pollfd fds[] = {
		{ .fd = accept->stop_fd, .events = POLLIN },
		{ .fd = accept->listen_fd, .events = POLLIN },
	};
	bool is_short = false;
	size_t turn = 0;

	for (;;) {
		/* In a shortage only the stop is listened to: the waiting would wake us at once. */
		int ready = poll(fds, is_short ? 1 : 2, is_short ? SHORTAGE_MS : -1);
		if (ready < 0 && errno != EINTR)
			return NULL;
		if (ready > 0 && fds[0].revents != 0)
			return NULL;
		if (is_short || (ready > 0 && fds[1].revents != 0))
			is_short = !accept_waiting(accept, &turn);
	}
}

int http_accept_start(struct http_accept *accept, int listen_fd, struct MHD_Daemon *const *daemons,
	size_t daemon_count)
{
	*accept = (struct http_accept){
		.listen_fd = listen_fd, .daemons = daemons, .daemon_count = daemon_count
	};
	int flags = fcntl(listen_fd, F_GETFL);
	if (flags < 0 || fcntl(listen_fd, F_SETFL, flags | O_NONBLOCK) != 0)
		return fault_new(FAULT_IO, "the listening socket: %s", strerrordesc_np(errno));
	accept->stop_fd = eventfd(0, EFD_CLOEXEC);
	if (accept->stop_fd < 0)
		return fault_new(FAULT_IO, "eventfd: %s", strerrordesc_np(errno));

	int wrong = pthread_create(&accept->thread, NULL, accept_run, accept);
	if (wrong != 0) {
		(void)close(accept->stop_fd);
		return fault_new(FAULT_IO, "a thread: %s", strerrordesc_np(wrong));
	}
	(void)pthread_setname_np(accept->thread, "http-accept");
	return 0;
}

void http_accept_stop(struct http_accept *accept)
{
	(void)eventfd_write(accept->stop_fd, 1);
	(void)pthread_join(accept->thread, NULL);
	(void)close(accept->stop_fd);
	(void)close(accept->listen_fd);
}
