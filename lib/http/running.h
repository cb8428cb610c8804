/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The inside of a running server, and one of its connections. For this room only.
 */
#pragma once

#include <microhttpd.h>
#include <stdatomic.h>

#include "http/accept.h"
#include "http/linger.h"
#include "http/queue.h"
#include "http/server.h"
#include "http/tls.h"
#include "http/watch.h"
#include "http/worker.h"

#define HTTP_CONNECTION_MEMORY                                                                     \
	32768 /* octets: request line and headers, what libmicrohttpd reads */
#define HTTP_THREADS_MAX 64
#define HTTP_WORKERS_MAX 256

struct http_server {
	struct http_server_settings settings;
	struct http_watch watch;
	struct http_linger linger;
	struct http_queue queue;
	struct http_workers workers;
	struct http_accept accept;
	/* One daemon a thread, not libmicrohttpd's pool: see accept.h. */
	struct MHD_Daemon *daemons[HTTP_THREADS_MAX];
	size_t daemon_count;
	atomic_bool is_stopping; /* replies close their connections */
};

struct http_connection {
	struct http_watch_entry watched;
	struct http_tls_peer peer;
	bool lingers; /* was answered before it had sent its body */
};
