/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One request as an errand sees it, and its reply. Everything it holds lives in its arena and goes
 * with it. An errand runs on a worker, may block until the request's deadline, and ends by
 * exactly one http_reply_…; a fault it returns becomes a 5xx by itself, of which the client learns
 * the request id and nothing else. Touches no socket.
 */
#pragma once

#include <jansson.h>

#include "base/arena.h"
#include "base/clock.h"
#include "http/json.h"
#include "model/municipality.h"
#include "model/refusal.h"

#define HTTP_BODY_MAX 65536      /* octets of a request's body */
#define HTTP_ARENA_MAX 1048576   /* octets of a request's arena */
#define HTTP_PARAMETERS_MAX 2    /* {…} in a route */
#define HTTP_PARAMETER_MAX 64    /* octets of one, decoded */
#define HTTP_QUERY_MAX 8         /* query parameters read */
#define HTTP_QUERY_VALUE_MAX 256 /* octets of a query parameter's value, decoded */
#define HTTP_REQUEST_ID_LEN 16   /* lower-case hexadecimal digits, in logs and X-Request-Id */
#define HTTP_RETRY_AFTER_S 2     /* told to the client with a 503 */

enum http_language { HTTP_JAPANESE, HTTP_ENGLISH };

struct http_reply {
	int status; /* 0: none yet */
	const char *content_type;
	struct bytes body; /* in the arena */
	int file_fd;       /* sent instead of `body` when `file_given`; closed by the server */
	bool file_given;
	uint64_t file_len;
	const char *location;      /* or NULL; borrowed until the request ends */
	const char *cache_control; /* NULL: "no-store" */
	const char *etag;          /* with its quotes, or NULL; makes If-None-Match work */
	int retry_after_s;         /* 0: no such header */
	enum refusal refusal;      /* first violation, for the metric; REFUSAL_NONE */
};

struct http_request {
	struct arena arena;
	char id[HTTP_REQUEST_ID_LEN + 1];
	const char *method;
	const char *path; /* decoded, without the query: the client's text, logs name the route */
	const char *parameters[HTTP_PARAMETERS_MAX]; /* of the route, in order, decoded */
	struct client peer;        /* as registered when the request was routed; zero without TLS */
	struct digest fingerprint; /* of the peer's certificate */
	const char *content_type, *accept;    /* "" when absent */
	enum http_language language;          /* Accept-Language, Japanese by default */
	const char *query[HTTP_QUERY_MAX][2]; /* name, value; decoded, each name once */
	size_t query_count;
	struct bytes body;
	int64_t begun_us;         /* CLOCK_MONOTONIC when its request line was there, for the log */
	struct deadline deadline; /* the whole request's, less what sending the reply may take */
	struct http_reply reply;
	void *owner; /* the server's own */
};

/* Value of a query parameter, NULL when absent. */
const char *http_query(const struct http_request *request, const char *name);

/* A JSON reply; takes `root` (NULL, as jansson gives it without memory: FAULT_MEMORY). */
int http_reply_json(struct http_request *request, int status, json_t *root) MUST_CHECK;
/* Octets as they are, copied into the arena. `content_type` is borrowed for ever. */
int http_reply_bytes(struct http_request *request, int status, const char *content_type,
	struct bytes body) MUST_CHECK;
/* A whole regular file from its beginning, of any size; takes `fd`, also when it faults. */
int http_reply_file(struct http_request *request, int status, const char *content_type, int fd)
	MUST_CHECK;
/*
 * application/problem+json (RFC 9457) of a verdict with at least one violation (assert): status of
 * its first violation, type, title, code, rule, and "violations" with code, rule, field and both
 * languages. `extra` (taken, may be NULL) is merged in: an instant, an id the clerk can go on with.
 * A 503 gets Retry-After.
 */
int http_reply_verdict(struct http_request *request, const struct verdict *verdict, json_t *extra)
	MUST_CHECK;
/* The same of one refusal; `field` is a JSON pointer, a parameter's name, or "". */
int http_reply_refusal(struct http_request *request, enum refusal refusal, const char *field)
	MUST_CHECK;
