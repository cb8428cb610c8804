/* SPDX-License-Identifier: Apache-2.0 */
#include "front/serve.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/calendar.h"
#include "base/fault.h"
#include "base/file.h"
#include "base/log.h"
#include "base/service.h"
#include "front/report.h"
#include "front/routes.h"

#define TICK_MS 250            /* status line and watchdog */
#define COUNT_US (10 * SECOND) /* the status line's count may be so old */
#define FIRST_ASK_MS 2000      /* how long a start waits for a database that does not answer */
#define HEALTH_THREADS 1
#define HEALTH_WORKERS 1
#define HEALTH_QUEUE_MAX 16
#define HEALTH_CONNECTIONS_MAX 32

static int load_ca(struct front *front)
{
	int r = pki_ca_load(front->settings.ca_certificate, &front->ca);
	if (r < 0)
		return fault_trace(r);
	front->ca_pem = BUFFER(PKI_CA_TEXT_MAX);
	r = pki_certificate_to_pem(buffer_bytes(&front->ca.der), &front->ca_pem);
	if (r == 0)
		r = pki_ca_clock_open(&front->ca, front->settings.rehearsal_clock, &front->clock);
	return r < 0 ? fault_trace(r) : 0;
}

static void unload_ca(struct front *front)
{
	clock_done(&front->clock);
	buffer_done(&front->ca_pem);
	pki_ca_done(&front->ca);
}

int front_serve_check(struct front *front)
{
	const char *const files[] = { front->settings.tls_certificate, front->settings.tls_key };
	for (size_t i = 0; i < LENGTH_OF(files); i++)
		if (access(files[i], R_OK) != 0)
			return fault_new(FAULT_SETTINGS, "%s: cannot be read", files[i]);
	int r = load_ca(front);
	unload_ca(front);
	return r < 0 ? fault_trace(r) : 0;
}

static enum http_peer_state find_peer(
	const struct digest *fingerprint, struct client *ret_client, void *context)
{
	struct front *front = context;
	return front_register_find(&front->clients, fingerprint, ret_client);
}

static bool is_serving(void *context)
{
	const struct front *front = context;
	return front_waiting_is_serving(&front->waiting);
}

/* On the loopback listener the worker is the front itself. */
static int health_worker_open(void *context, void **ret_worker)
{
	*ret_worker = context;
	return 0;
}

static void health_worker_close(void *worker)
{
	(void)worker;
}

static int listen_socket(const struct front *front, int *ret_fd)
{
	int r = service_socket("hakkod", ret_fd);
	if (r < 0)
		return fault_trace(r);
	if (r == 0)
		return 0;
	if (front->settings.listen[0] == '\0')
		return fault_new(FAULT_SETTINGS,
			"neither a socket of the service manager nor `listen` is there");
	r = http_listen(front->settings.listen, ret_fd);
	return r < 0 ? fault_trace(r) : 0;
}

static int start_server(struct front *front)
{
	const struct front_settings *settings = &front->settings;
	struct http_server_settings server = {
		.tls = true,
		.rehearsal = front->ca.kind == SERVICE_REHEARSAL,
		.tls_certificate = settings->tls_certificate,
		.tls_key = settings->tls_key,
		.threads = settings->threads,
		.workers = settings->workers,
		.queue_max = settings->queue_max,
		.connections_max = settings->connections_max,
		.idle_timeout_s = settings->idle_timeout_s,
		.request_deadline_s = settings->request_deadline_s,
		.peer = find_peer,
		.is_serving = is_serving,
		.worker_open = front_worker_open,
		.worker_close = front_worker_close,
		.report = front_report,
		.context = front,
	};
	server.routes = front_routes(&server.route_count);
	int r = listen_socket(front, &server.listen_fd);
	if (r < 0)
		return fault_trace(r);
	r = http_server_start(&server, &front->server);
	return r < 0 ? fault_trace(r) : 0;
}

static int start_health(struct front *front)
{
	if (front->settings.health_listen[0] == '\0')
		return 0;
	struct http_server_settings server = {
		.rehearsal = front->ca.kind == SERVICE_REHEARSAL,
		.threads = HEALTH_THREADS,
		.workers = HEALTH_WORKERS,
		.queue_max = HEALTH_QUEUE_MAX,
		.connections_max = HEALTH_CONNECTIONS_MAX,
		.idle_timeout_s = front->settings.idle_timeout_s,
		.request_deadline_s = front->settings.request_deadline_s,
		.worker_open = health_worker_open,
		.worker_close = health_worker_close,
		.context = front,
	};
	server.routes = front_routes_health(&server.route_count);
	int r = http_listen(front->settings.health_listen, &server.listen_fd);
	if (r < 0)
		return fault_trace(r);
	r = http_server_start(&server, &front->health_server);
	return r < 0 ? fault_trace(r) : 0;
}

/* Everything that threads and workers look at, before the first of them runs. */
static int make(struct front *front)
{
	front_recorder_init(&front->recorder);
	int r = front_register_init(&front->clients);
	if (r == 0)
		r = front_waiting_init(&front->waiting, &front->settings, &front->ca);
	if (r == 0)
		r = front_register_watch_init(
			&front->register_watch, &front->clients, &front->waiting);
	if (r == 0)
		r = front_settle_init(
			&front->settle, &front->settings, &front->waiting, &front->metrics);
	return r < 0 ? fault_trace(r) : 0;
}

/* What is there already is asked before anyone can connect: most starts then serve at once. */
static void ask_first(struct front *front)
{
	front_waiting_ask(&front->waiting, deadline_after_ms(FIRST_ASK_MS));
	if (front_waiting_lacks(&front->waiting, FRONT_LACK_DATABASE))
		return;
	(void)front_register_watch_read(&front->register_watch, deadline_after_ms(FIRST_ASK_MS));
	if (!front_waiting_lacks(&front->waiting, FRONT_LACK_SIGNER))
		front_settle_round(&front->settle);
}

static int start(struct front *front)
{
	int r = front_waiting_start(&front->waiting);
	if (r == 0)
		r = front_register_watch_start(&front->register_watch);
	if (r == 0)
		r = front_settle_start(&front->settle);
	if (r == 0)
		r = start_health(front);
	if (r == 0)
		r = start_server(front);
	return r < 0 ? fault_trace(r) : 0;
}

static void stop(struct front *front)
{
	struct deadline deadline = deadline_after_ms(front->settings.stop_deadline_s * 1000);
	if (front->server != NULL)
		http_server_stop(front->server, deadline);
	if (front->health_server != NULL)
		http_server_stop(front->health_server, deadline_after_ms(0));
	front_settle_done(&front->settle);
	front_register_watch_done(&front->register_watch);
	front_waiting_done(&front->waiting);
	front_register_done(&front->clients);
	front_recorder_done(&front->recorder);
}

/* What was told last: a service manager is not to be told the same every second. */
struct told {
	const char *lacking;
	int64_t issued;
	int64_t at; /* CLOCK_MONOTONIC, 0: nothing yet */
};

static void tell_status(struct front *front, struct told *told)
{
	const char *lacking = front_waiting_text(&front->waiting);
	int64_t issued = front_metrics_issued_today(&front->metrics, clock_now_at(&front->clock));
	int64_t now_us = monotonic_us();
	bool is_other = told->at == 0 || lacking != told->lacking;
	bool is_count_due = issued != told->issued && now_us - told->at >= COUNT_US;
	if (!is_other && !is_count_due)
		return;
	*told = (struct told){ lacking, issued, now_us };
	if (lacking != NULL)
		service_status("%s", lacking);
	else
		service_status("serving; %lld issued today", (long long)issued);
}

/* The next signal, 0 for none within a tick. */
static int wait_signal(int signal_fd, int *ret_signal)
{
	struct pollfd poll_fd = { .fd = signal_fd, .events = POLLIN };
	*ret_signal = 0;
	if (poll(&poll_fd, 1, TICK_MS) <= 0)
		return 0;
	int r = service_signal_read(signal_fd, ret_signal);
	return r < 0 ? fault_trace(r) : 0;
}

/* EX_OK, EX_CONFIG. */
static int watch(struct front *front, int signal_fd)
{
	struct told told = { NULL, 0, 0 };
	bool has_watchdog = getenv("WATCHDOG_USEC") != NULL;
	for (;;) {
		tell_status(front, &told);
		if (has_watchdog)
			service_watchdog();
		if (atomic_load(&front->waiting.schema_other))
			return EX_CONFIG;
		int number;
		int r = wait_signal(signal_fd, &number);
		if (r < 0)
			return fault_trace(r);
		if (number == SIGTERM || number == SIGINT)
			return EX_OK;
		if (number == SIGHUP)
			log_event(LOG_LEVEL_WARNING, "reload-not-supported",
				"text=\"restart to take up new settings or certificates\"");
	}
}

static int run(struct front *front, int signal_fd)
{
	ask_first(front);
	if (atomic_load(&front->waiting.schema_other))
		return EX_CONFIG;
	int r = start(front);
	if (r < 0)
		return fault_trace(r);
	service_ready();
	log_event(LOG_LEVEL_NOTICE, "started", "version=%s kind=%s", HAKKO_VERSION,
		front->ca.kind == SERVICE_REHEARSAL ? "rehearsal" : "production");
	r = watch(front, signal_fd);
	service_stopping();
	log_event(LOG_LEVEL_NOTICE, "stopping", "deadline_s=%lld",
		(long long)front->settings.stop_deadline_s);
	return r < 0 ? fault_trace(r) : r;
}

int front_serve(struct front *front)
{
	int signal_fd;
	int r = load_ca(front);
	if (r == 0)
		r = service_signals_open(&signal_fd);
	if (r < 0)
		return fault_trace(r);
	r = make(front);
	if (r == 0) {
		r = run(front, signal_fd);
		stop(front);
	}
	(void)close(signal_fd);
	unload_ca(front);
	return r < 0 ? fault_trace(r) : r;
}
