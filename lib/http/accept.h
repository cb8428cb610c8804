/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Accepts connections and deals them out to libmicrohttpd's daemons, one a thread. We do it
 * ourselves because MHD_quiesce_daemon() of a thread pool aborts the process when it meets a
 * daemon that takes the listening socket out of its set at the same moment (0.9.75), and because
 * a socket nobody accepts on keeps waiting clients for the next process, where systemd holds it.
 */
#pragma once

#include <microhttpd.h>
#include <pthread.h>
#include <stddef.h>

#include "base/cleanup.h"

struct http_accept {
	int listen_fd;
	int stop_fd;
	struct MHD_Daemon *const *daemons;
	size_t daemon_count;
	pthread_t thread;
};

/* Starts the thread on a listening socket, taken on success; `daemons` are borrowed. */
int http_accept_start(struct http_accept *accept, int listen_fd, struct MHD_Daemon *const *daemons,
	size_t daemon_count) MUST_CHECK;
/* Ends the thread and closes the socket. */
void http_accept_stop(struct http_accept *accept);
