/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One request from its request line to the end of its reply, as libmicrohttpd's callbacks and the
 * workers drive it. libmicrohttpd's thread owns it while it reads and while it sends; between
 * parking and answering it is its worker's alone:
 *
 *	began → reading → parked (a worker's) → answered → gone
 */
#pragma once

#include "http/route.h"
#include "http/running.h"

#define HTTP_DISCARD_MAX 4194304 /* octets read of a body nobody wants; more: connection closed */

enum http_exchange_state {
	HTTP_EXCHANGE_BEGAN,    /* the request line was read */
	HTTP_EXCHANGE_READING,  /* the headers were judged, the body is read */
	HTTP_EXCHANGE_PARKED,   /* suspended: in the queue or with a worker */
	HTTP_EXCHANGE_ANSWERED, /* request.reply is there */
};

struct http_exchange {
	struct http_request request;
	struct http_server *server;
	struct http_connection *record;
	struct MHD_Connection *connection;
	enum http_exchange_state state;
	struct http_queue_item waiting;
	struct http_path path;
	const char *address; /* as sent, for its length */
	size_t address_len;
	const struct http_route *route;
	const char *allow;         /* of a 405 */
	const char *if_none_match; /* or NULL */
	enum refusal refusal;      /* found before an errand; REFUSAL_NONE */
	bool closes;               /* the connection ends with the reply */
	struct buffer body;
	uint64_t body_len; /* octets read, kept or not */
};

/* MHD_OPTION_URI_LOG_CALLBACK: the request line is there; gives the exchange, NULL on a fault. */
void *http_exchange_begin(void *server, const char *uri, struct MHD_Connection *connection);
/* MHD_AccessHandlerCallback. */
enum MHD_Result http_exchange_handle(void *server, struct MHD_Connection *connection,
	const char *url, const char *method, const char *version, const char *upload,
	size_t *upload_len, void **exchange);
/* MHD_OPTION_NOTIFY_COMPLETED. */
void http_exchange_end(void *server, struct MHD_Connection *connection, void **exchange,
	enum MHD_RequestTerminationCode why);
/*
 * On a worker: runs the errand and hands the request back. The exchange is libmicrohttpd's from
 * then on. `is_late`: the server stops, the errand is not begun.
 */
void http_exchange_run(struct http_exchange *exchange, void *worker, bool is_late);
