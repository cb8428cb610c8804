/* SPDX-License-Identifier: Apache-2.0 */
#include "http/exchange.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/fault.h"
#include "http/head.h"
#include "http/query.h"
#include "http/send.h"

#define SENDING_MS 1000 /* of the request's time is kept for the reply, at most a tenth of it */

static void exchange_free(struct http_exchange *exchange)
{
	if (exchange->request.reply.file_given)
		(void)close(exchange->request.reply.file_fd);
	buffer_done(&exchange->body);
	arena_done(&exchange->request.arena);
	free(exchange);
}

CLEANUP_DEFINE(exchange_done, struct http_exchange, exchange_free)

static int id_make(char id[HTTP_REQUEST_ID_LEN + 1])
{
	uint8_t octets[HTTP_REQUEST_ID_LEN / 2];
	int r = random_fill(octets, sizeof(octets));
	if (r < 0)
		return fault_trace(r);
	hex_encode(BYTES(octets), id);
	return 0;
}

static struct deadline errand_deadline(const struct http_server_settings *settings)
{
	int64_t whole_ms = settings->request_deadline_s * 1000;
	int64_t sending_ms = whole_ms / 10 < SENDING_MS ? whole_ms / 10 : SENDING_MS;

	return deadline_after_ms(whole_ms - sending_ms);
}

/* Takes path and query apart; what is wrong with them is refused when the headers are there. */
static int address_take(struct http_exchange *exchange, const char *uri)
{
	struct http_request *request = &exchange->request;
	size_t path_len = strcspn(uri, "?");
	int r = http_route_split(request, uri, path_len, &exchange->path);
	if (r < 0)
		return fault_trace(r);
	if (r == HTTP_ROUTE_BAD) {
		exchange->refusal = REFUSAL_REQUEST_MALFORMED;
		return 0;
	}
	if (uri[path_len] == '\0')
		return 0;
	r = http_query_parse(request, uri + path_len + 1);
	if (r < 0)
		return fault_trace(r);
	if (r == HTTP_QUERY_BAD)
		exchange->refusal = REFUSAL_PARAMETER;
	return 0;
}

void *http_exchange_begin(void *context, const char *uri, struct MHD_Connection *connection)
{
	struct http_server *server = context;
	struct http_connection *record = MHD_get_connection_info(
		connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)
						 ->socket_context;
	CLEANUP(exchange_done) struct http_exchange *exchange = NULL;

	if (record == NULL || !http_watch_begin(&server->watch, &record->watched))
		return NULL;
	exchange = calloc(1, sizeof(*exchange));
	if (exchange == NULL)
		return NULL;
	*exchange = (struct http_exchange){
		.server = server,
		.record = record,
		.connection = connection,
		.waiting = { .owner = exchange },
		.body = BUFFER(HTTP_BODY_MAX),
		.address = uri,
		.address_len = strlen(uri),
		.request = { .arena = ARENA(HTTP_ARENA_MAX),
			.path = "",
			.content_type = "",
			.accept = "",
			.language = HTTP_JAPANESE,
			.begun_us = monotonic_us(),
			.deadline = errand_deadline(&server->settings),
			.owner = exchange },
	};
	if (id_make(exchange->request.id) < 0 || address_take(exchange, uri) < 0)
		return NULL;
	return STEAL(exchange);
}

/* The last word where not even a problem document can be made. */
static void reply_bare(struct http_request *request)
{
	static const char text[] =
		"{\"type\":\"about:blank\",\"status\":500,\"code\":\"internal\"}";

	request->reply = (struct http_reply){
		.status = 500,
		.content_type = "application/problem+json",
		.body = { (const uint8_t *)text, sizeof(text) - 1 },
		.refusal = REFUSAL_INTERNAL,
	};
}

static void refuse(struct http_exchange *exchange, enum refusal refusal)
{
	struct http_request *request = &exchange->request;

	if (http_reply_refusal(request, refusal, "") < 0)
		reply_bare(request);
}

static void report(const struct http_exchange *exchange, int fault)
{
	const struct http_server_settings *settings = &exchange->server->settings;

	if (settings->report != NULL)
		settings->report(&exchange->request, exchange->route, fault, settings->context);
}

/* Answers without an errand, on libmicrohttpd's thread. */
static enum MHD_Result refuse_now(struct http_exchange *exchange)
{
	refuse(exchange, exchange->refusal);
	report(exchange, 0);
	exchange->state = HTTP_EXCHANGE_ANSWERED;
	return http_send(exchange);
}

static enum MHD_Result head_take(struct http_exchange *exchange, const char *version)
{
	http_head_judge(exchange, version);
	exchange->state = HTTP_EXCHANGE_READING;
	/* An answer before the body ends the connection; others wait until the body was read. */
	if (!exchange->closes)
		return MHD_YES;
	exchange->record->lingers = true;
	return refuse_now(exchange);
}

static enum MHD_Result body_take(struct http_exchange *exchange, struct bytes piece)
{
	exchange->body_len += piece.len;
	if (exchange->body_len > HTTP_DISCARD_MAX)
		return MHD_NO;
	if (exchange->refusal != REFUSAL_NONE)
		return MHD_YES;
	if (exchange->body_len > HTTP_BODY_MAX) {
		exchange->refusal = REFUSAL_BODY_TOO_LARGE;
		exchange->closes = true;
		buffer_done(&exchange->body);
		return MHD_YES;
	}
	if (exchange->route->media == NULL)
		return MHD_YES;
	return buffer_append(&exchange->body, piece) < 0 ? MHD_NO : MHD_YES;
}

/* Suspended before it is queued: a worker may resume it before this function ends. */
static enum MHD_Result park(struct http_exchange *exchange)
{
	exchange->request.body = buffer_bytes(&exchange->body);
	exchange->state = HTTP_EXCHANGE_PARKED;
	MHD_suspend_connection(exchange->connection);
	int r = http_queue_push(&exchange->server->queue, &exchange->waiting);
	if (r == 0)
		return MHD_YES;

	refuse(exchange, r == HTTP_QUEUE_FULL ? REFUSAL_QUEUE_FULL : REFUSAL_SERVICE_WAITING);
	report(exchange, 0);
	exchange->state = HTTP_EXCHANGE_ANSWERED;
	MHD_resume_connection(exchange->connection);
	return MHD_YES;
}

static enum MHD_Result complete(struct http_exchange *exchange)
{
	const struct http_server_settings *settings = &exchange->server->settings;

	if (exchange->refusal == REFUSAL_NONE && settings->is_serving != NULL &&
		!settings->is_serving(settings->context))
		exchange->refusal = REFUSAL_SERVICE_WAITING;
	return exchange->refusal != REFUSAL_NONE ? refuse_now(exchange) : park(exchange);
}

enum MHD_Result http_exchange_handle(void *context, struct MHD_Connection *connection,
	const char *url, const char *method, const char *version, const char *upload,
	size_t *upload_len, void **place)
{
	struct http_exchange *exchange = *place;
	struct bytes piece = { (const uint8_t *)upload, *upload_len };

	(void)context;
	(void)connection;
	(void)url;
	if (exchange == NULL)
		return MHD_NO;
	switch (exchange->state) {
	case HTTP_EXCHANGE_BEGAN:
		exchange->request.method = method;
		return head_take(exchange, version);
	case HTTP_EXCHANGE_READING:
		*upload_len = 0;
		return piece.len > 0 ? body_take(exchange, piece) : complete(exchange);
	case HTTP_EXCHANGE_PARKED:
		return MHD_YES;
	case HTTP_EXCHANGE_ANSWERED:
		return http_send(exchange);
	}
	return MHD_NO;
}

void http_exchange_end(void *context, struct MHD_Connection *connection, void **place,
	enum MHD_RequestTerminationCode why)
{
	struct http_server *server = context;
	struct http_connection *record = MHD_get_connection_info(
		connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)
						 ->socket_context;

	(void)why;
	if (*place != NULL)
		exchange_free(*place);
	*place = NULL;
	if (record != NULL)
		http_watch_end(&server->watch, &record->watched);
}

/* What a fault is to the client: its kind decides, its text stays here. */
static enum refusal refusal_of_fault(int fault)
{
	switch (fault_kind(fault)) {
	case FAULT_UNAVAILABLE:
	case FAULT_TIMEOUT:
		return REFUSAL_SERVICE_WAITING;
	case FAULT_MEMORY:
	case FAULT_IO:
	case FAULT_CRYPTO:
	case FAULT_DATABASE:
	case FAULT_PROTOCOL:
	case FAULT_SETTINGS:
	case FAULT_STATE:
	case FAULT_LIMIT:
		return REFUSAL_INTERNAL;
	}
	return REFUSAL_INTERNAL;
}

/* Forgets a reply made before a fault. */
static void reply_clear(struct http_reply *reply)
{
	if (reply->file_given)
		(void)close(reply->file_fd);
	*reply = (struct http_reply){ .file_fd = -1 };
}

/* Runs the errand; < 0: it failed, and the reply is about that. */
static int errand_run(struct http_exchange *exchange, void *worker)
{
	struct http_request *request = &exchange->request;
	int r = exchange->route->errand(request, worker);

	if (r == 0 && request->reply.status != 0)
		return 0;
	if (r >= 0)
		r = fault_new(FAULT_STATE, "errand %s answered %d without a reply",
			exchange->route->errand_name, r);
	reply_clear(&request->reply);
	refuse(exchange, refusal_of_fault(r));
	return r;
}

void http_exchange_run(struct http_exchange *exchange, void *worker, bool is_late)
{
	int fault = 0;

	assert(exchange->state == HTTP_EXCHANGE_PARKED);
	if (is_late)
		refuse(exchange, REFUSAL_SERVICE_WAITING);
	else if (deadline_left_ms(exchange->request.deadline) == 0)
		refuse(exchange, REFUSAL_DEADLINE);
	else
		fault = errand_run(exchange, worker);
	report(exchange, fault);
	exchange->state = HTTP_EXCHANGE_ANSWERED;
	MHD_resume_connection(exchange->connection);
}
