/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The HTTPS and HTTP servers on libmicrohttpd: peer → route → queue → worker → errand → reply.
 * libmicrohttpd's threads park a whole request, a bounded queue feeds workers, a worker resumes it.
 * A worker never waits for a client. A request not complete and answered by its total deadline is
 * cut off, whatever trickles in. tls.c alone sees GnuTLS. Never logs.
 *
 * What is no HTTP, or has headers beyond libmicrohttpd's memory, libmicrohttpd answers by itself
 * (400, 414, 431, 505, no problem document) and closes; no errand and no report sees it.
 */
#pragma once

#include "http/request.h"

struct http_server;

/* What a worker owns (connections); made and unmade on its own thread. */
typedef int http_errand(struct http_request *request, void *worker);

enum http_access {
	HTTP_PUBLIC = 1U << 0, /* anyone, with or without TLS */
	HTTP_TERMINAL = 1U << CLIENT_TERMINAL,
	HTTP_REGISTRY = 1U << CLIENT_REGISTRY,
	HTTP_OPERATOR = 1U << CLIENT_OPERATOR,
	HTTP_AUDITOR = 1U << CLIENT_AUDITOR,
	HTTP_VERIFIER = 1U << CLIENT_VERIFIER,
};

/*
 * A GET serves HEAD too. In a path a segment in braces takes one segment, decoded, of 1 to
 * HTTP_PARAMETER_MAX octets. The first route that fits is taken.
 */
struct http_route {
	const char *method;
	const char *path;  /* "/v1/applications/{id}/csr" */
	unsigned access;   /* enum http_access, or-ed: who may call */
	const char *media; /* media type the body must have, NULL: no body is read */
	http_errand *errand;
	const char *errand_name; /* for logs and metrics */
};

enum http_peer_state {
	HTTP_PEER_UNKNOWN,   /* the handshake fails; 403 CLIENT_UNKNOWN, connection closed */
	HTTP_PEER_SUSPENDED, /* the handshake fails; 403 CLIENT_SUSPENDED, connection closed */
	HTTP_PEER_KNOWN,
	HTTP_PEER_REGISTER_MISSING, /* nobody knows yet: 503 SERVICE_WAITING, no errand runs */
};

struct http_server_settings {
	int listen_fd;  /* a listening socket, taken when the server starts */
	bool tls;       /* false: plain HTTP, no peers */
	bool rehearsal; /* every reply says "Hakko-Rehearsal: yes" */
	const char *tls_certificate, *tls_key; /* PEM files */
	int64_t threads;                       /* of libmicrohttpd */
	int64_t workers;
	int64_t queue_max;          /* requests waiting for a worker; more: 503 with Retry-After */
	int64_t connections_max;    /* more are closed as they come */
	int64_t idle_timeout_s;     /* of a connection without a request, the handshake included */
	int64_t request_deadline_s; /* total, from the request line to the last octet of the reply */
	const struct http_route *routes; /* borrowed while the server runs */
	size_t route_count;
	/* Who a certificate is now; called in handshakes and for each request, from many threads. */
	enum http_peer_state (*peer)(
		const struct digest *fingerprint, struct client *ret_client, void *context);
	/* Whether errands can run (database and signer are there); else 503 SERVICE_WAITING.
	 * NULL: always. From many threads, must not block. */
	bool (*is_serving)(void *context);
	/* Both NULL: workers own nothing. Never block on the network. */
	int (*worker_open)(void *context, void **ret_worker);
	void (*worker_close)(void *worker);
	/*
	 * Once a request that was answered, after its errand and before its reply is sent: for log line
	 * and metrics. `route` is NULL when none was found; `fault` < 0 when the errand failed, and
	 * then this thread's latest fault is the errand's. From many threads. May be NULL.
	 */
	void (*report)(const struct http_request *request, const struct http_route *route,
		int fault, void *context);
	void *context;
};

/*
 * Gives a running server; it is listening when this returns. FAULT_SETTINGS when certificate or
 * key cannot be used. `settings` is copied, its routes and context are borrowed. Ignore SIGPIPE.
 */
int http_server_start(const struct http_server_settings *settings, struct http_server **ret_server)
	MUST_CHECK;
/*
 * Closes the listening socket and the connections without a request, answers the requests that
 * were begun, and frees. At `deadline` those whose errand has not begun are answered 503 or cut
 * off; an errand that runs is waited for, as it ends by its request's own deadline.
 */
void http_server_stop(struct http_server *server, struct deadline deadline);
/* Binds a listening TCP socket on "host:port", "[v6]:port" or ":port"; FAULT_SETTINGS. */
int http_listen(const char *address, int *ret_fd) MUST_CHECK;
