/* SPDX-License-Identifier: Apache-2.0 */
#include "http/server.h"

#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "base/file.h"
#include "http/connection.h"
#include "http/exchange.h"
#include "http/running.h"

#define LAST_REPLIES_MS 500 /* for replies made at the very end to leave */

/* What MHD_USE_TLS needs, as NUL-terminated text; only while the daemons start. */
struct pem {
	struct buffer certificate, key;
};

static void text_wipe(struct buffer *text)
{
	if (text->data != NULL)
		explicit_bzero(text->data, text->len);
	buffer_done(text);
}

static void pem_done(struct pem *pem)
{
	text_wipe(&pem->certificate);
	text_wipe(&pem->key);
}

static int pem_read(const char *path, struct buffer *ret_text)
{
	__attribute__((cleanup(text_wipe))) struct buffer content = BUFFER(HTTP_TLS_PEM_MAX);
	uint8_t *place;
	int r = file_read(path, HTTP_TLS_PEM_MAX, &content);
	if (r < 0)
		return fault_trace(r);
	if (r == FILE_ABSENT)
		return fault_new(FAULT_SETTINGS, "%s: no such file", path);

	*ret_text = BUFFER(HTTP_TLS_PEM_MAX + 1);
	r = buffer_extend(ret_text, content.len + 1, &place);
	if (r < 0)
		return fault_trace(r);
	if (content.len > 0)
		memcpy(place, content.data, content.len);
	place[content.len] = '\0';
	return 0;
}

static int pem_load(const struct http_server_settings *settings, struct pem *pem)
{
	if (!settings->tls)
		return 0;
	int r = pem_read(settings->tls_certificate, &pem->certificate);
	if (r == 0)
		r = pem_read(settings->tls_key, &pem->key);
	if (r == 0)
		r = http_tls_check(
			(const char *)pem->certificate.data, (const char *)pem->key.data);
	return r < 0 ? fault_trace(r) : 0;
}

static struct MHD_Daemon *daemon_start(struct http_server *server, const struct pem *pem)
{
	const struct http_server_settings *settings = &server->settings;
	unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_NO_LISTEN_SOCKET |
		MHD_ALLOW_SUSPEND_RESUME | (settings->tls ? MHD_USE_TLS : 0U);
	int64_t connections_max = (settings->connections_max + settings->threads - 1) /
		settings->threads;
	const struct MHD_OptionItem tls[] = {
		{ MHD_OPTION_HTTPS_MEM_CERT, 0, pem->certificate.data },
		{ MHD_OPTION_HTTPS_MEM_KEY, 0, pem->key.data },
		{ MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)(uintptr_t)HTTP_TLS_PRIORITIES },
		{ MHD_OPTION_END, 0, NULL },
	};
	const struct MHD_OptionItem none[] = { { MHD_OPTION_END, 0, NULL } };

	return MHD_start_daemon(flags, 0, NULL, NULL, http_exchange_handle, server,
		MHD_OPTION_NOTIFY_CONNECTION, http_connection_notify, server,
		MHD_OPTION_URI_LOG_CALLBACK, http_exchange_begin, server,
		MHD_OPTION_NOTIFY_COMPLETED, http_exchange_end, server,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HTTP_CONNECTION_MEMORY,
		MHD_OPTION_CONNECTION_LIMIT, (unsigned)connections_max,
		MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_ARRAY, settings->tls ? tls : none,
		MHD_OPTION_END);
}

static int daemons_start(struct http_server *server, const struct pem *pem)
{
	while (server->daemon_count < (size_t)server->settings.threads) {
		struct MHD_Daemon *daemon = daemon_start(server, pem);
		if (daemon == NULL)
			return fault_new(FAULT_IO, "libmicrohttpd does not start");
		server->daemons[server->daemon_count++] = daemon;
	}
	return 0;
}

static int settings_check(const struct http_server_settings *settings)
{
	const struct {
		const char *name;
		int64_t value, max;
	} limits[] = {
		{ "threads", settings->threads, HTTP_THREADS_MAX },
		{ "workers", settings->workers, HTTP_WORKERS_MAX },
		{ "queue_max", settings->queue_max, INT32_MAX },
		{ "connections_max", settings->connections_max, INT32_MAX },
		{ "idle_timeout_s", settings->idle_timeout_s, INT32_MAX },
		{ "request_deadline_s", settings->request_deadline_s, INT32_MAX },
	};

	for (size_t i = 0; i < LENGTH_OF(limits); i++) {
		if (limits[i].value < 1 || limits[i].value > limits[i].max)
			return fault_new(FAULT_SETTINGS, "%s: not from 1 to %lld", limits[i].name,
				(long long)limits[i].max);
	}
	if (settings->tls &&
		(settings->peer == NULL || settings->tls_certificate == NULL ||
			settings->tls_key == NULL))
		return fault_new(FAULT_SETTINGS, "TLS without certificate, key or register");
	return 0;
}

/* Ends what the workers and libmicrohttpd still have, and frees. */
static void end(struct http_server *server)
{
	http_queue_close(&server->queue);
	http_workers_stop(&server->workers);
	http_watch_wait(&server->watch, deadline_after_ms(LAST_REPLIES_MS));
	for (size_t i = 0; i < server->daemon_count; i++)
		MHD_stop_daemon(server->daemons[i]);
	http_linger_stop(&server->linger);
	http_watch_stop(&server->watch);
	http_queue_done(&server->queue);
	free(server);
}

static int workers_start(struct http_server *server)
{
	http_queue_init(&server->queue, (size_t)server->settings.queue_max);
	int r = http_workers_start(&server->workers, server, (size_t)server->settings.workers);
	if (r == 0)
		return 0;
	http_queue_done(&server->queue);
	return fault_trace(r);
}

/* Starts what needs no socket; on a fault nothing is left but `server` itself. */
static int engines_start(struct http_server *server)
{
	const struct http_server_settings *settings = &server->settings;
	int r = http_watch_start(
		&server->watch, settings->idle_timeout_s, settings->request_deadline_s);
	if (r < 0)
		return fault_trace(r);
	r = http_linger_start(&server->linger);
	if (r == 0) {
		r = workers_start(server);
		if (r < 0)
			http_linger_stop(&server->linger);
	}
	if (r == 0)
		return 0;
	http_watch_stop(&server->watch);
	return fault_trace(r);
}

int http_server_start(const struct http_server_settings *settings, struct http_server **ret_server)
{
	__attribute__((cleanup(pem_done))) struct pem pem = { 0 };
	int r = settings_check(settings);
	if (r == 0)
		r = pem_load(settings, &pem);
	if (r < 0)
		return fault_trace(r);

	struct http_server *server = calloc(1, sizeof(*server));
	if (server == NULL)
		return fault_new(FAULT_MEMORY, "no memory for a server");
	server->settings = *settings;
	r = engines_start(server);
	if (r < 0) {
		free(server);
		return fault_trace(r);
	}
	r = daemons_start(server, &pem);
	if (r == 0)
		r = http_accept_start(&server->accept, settings->listen_fd, server->daemons,
			server->daemon_count);
	if (r < 0) {
		end(server);
		return fault_trace(r);
	}
	*ret_server = server;
	return 0;
}

void http_server_stop(struct http_server *server, struct deadline deadline)
{
	http_accept_stop(&server->accept);
	atomic_store(&server->is_stopping, true);
	http_watch_end_idle(&server->watch);
	http_watch_wait(&server->watch, deadline);
	end(server);
}
