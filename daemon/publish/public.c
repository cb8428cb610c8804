/* SPDX-License-Identifier: Apache-2.0 */
#include "publish/public.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/fault.h"
#include "base/log.h"
#include "base/service.h"
#include "publish/folder.h"

#define NAME_LEN 44 /* 40 hexadecimal digits and ".crl" or ".cer" */

/* A worker of this listener owns nothing but where to look. */
static int worker_open(void *context, void **ret_worker)
{
	*ret_worker = context;
	return 0;
}

static void worker_close(void *worker)
{
	(void)worker;
}

/* Only names that we publish ourselves ever reach the file system. */
static bool name_is_published(const char *name, const char *suffix)
{
	return strlen(name) == NAME_LEN && strspn(name, "0123456789abcdef") == NAME_LEN - 4 &&
		strcmp(name + NAME_LEN - 4, suffix) == 0;
}

static int reply_file(struct http_request *request, const struct publish_settings *settings,
	const char *below, const char *suffix, const char *content_type)
{
	const char *path = "";
	int r, fd = -1;

	if (name_is_published(request->parameters[0], suffix)) {
		r = arena_printf(&request->arena, &path, "%s/%s/%s", settings->folder, below,
			request->parameters[0]);
		if (r < 0)
			return fault_trace(r);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0 && errno != ENOENT)
			return fault_new(FAULT_IO, "open %s: %s", path, strerrordesc_np(errno));
	}
	if (fd < 0)
		r = http_reply_refusal(request, REFUSAL_NOT_FOUND, "");
	else
		r = http_reply_file(request, 200, content_type, fd);
	return r < 0 ? fault_trace(r) : 0;
}

static int errand_crl(struct http_request *request, void *worker)
{
	int r = reply_file(request, worker, "crl", ".crl", "application/pkix-crl");

	return r < 0 ? fault_trace(r) : 0;
}

static int errand_ca(struct http_request *request, void *worker)
{
	int r = reply_file(request, worker, "ca", ".cer", "application/pkix-cert");

	return r < 0 ? fault_trace(r) : 0;
}

static const struct http_route routes[] = {
	{ "GET", "/crl/{name}", HTTP_PUBLIC, NULL, errand_crl, "crl" },
	{ "GET", "/ca/{name}", HTTP_PUBLIC, NULL, errand_ca, "ca" },
};

static void report(const struct http_request *request, const struct http_route *route, int fault,
	void *context)
{
	(void)request;
	(void)context;
	if (fault < 0)
		log_fault(route != NULL ? route->errand_name : "request", fault);
}

int publish_public_start(
	const struct publish_settings *settings, bool rehearsal, struct http_server **ret_server)
{
	struct http_server_settings server = {
		.rehearsal = rehearsal,
		.threads = settings->listener_threads,
		.workers = settings->listener_workers,
		.queue_max = settings->listener_connections_max,
		.connections_max = settings->listener_connections_max,
		.idle_timeout_s = 30,
		.request_deadline_s = 30,
		.routes = routes,
		.route_count = LENGTH_OF(routes),
		.worker_open = worker_open,
		.worker_close = worker_close,
		.report = report,
		.context = (void *)settings,
	};
	int r = service_socket("hakkod-publish", &server.listen_fd);

	if (r == SERVICE_NO_SOCKET && settings->listen[0] == '\0') {
		*ret_server = NULL;
		return 0;
	}
	if (r == SERVICE_NO_SOCKET)
		r = http_listen(settings->listen, &server.listen_fd);
	if (r == 0)
		r = http_server_start(&server, ret_server);
	return r < 0 ? fault_trace(r) : 0;
}
