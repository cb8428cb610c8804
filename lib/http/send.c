/* SPDX-License-Identifier: Apache-2.0 */
#include "http/send.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define NUMBER_SIZE 16
#define NOT_MODIFIED 304
#define OK 200

/* The client has these very octets already (RFC 9110, 13.1.2). */
static bool is_known(const struct http_exchange *exchange)
{
	const struct http_reply *reply = &exchange->request.reply;

	return reply->status == OK && reply->etag != NULL && exchange->if_none_match != NULL &&
		strstr(exchange->if_none_match, reply->etag) != NULL;
}

/* The octets stay in the arena until the request has ended, so they are not copied. */
static struct MHD_Response *response_of(struct http_reply *reply, bool is_empty)
{
	struct MHD_Response *response;

	if (is_empty)
		return MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
	if (!reply->file_given)
		return MHD_create_response_from_buffer(reply->body.len,
			(void *)(uintptr_t)reply->body.data, MHD_RESPMEM_PERSISTENT);
	response = MHD_create_response_from_fd64(reply->file_len, reply->file_fd);
	if (response != NULL)
		reply->file_given = false; /* it closes the file */
	return response;
}

static bool headers_add(const struct http_exchange *exchange, struct MHD_Response *response)
{
	const struct http_reply *reply = &exchange->request.reply;
	const struct http_server *server = exchange->server;
	bool closes = exchange->closes || atomic_load(&server->is_stopping);
	char retry_after[NUMBER_SIZE];
	(void)snprintf(retry_after, sizeof(retry_after), "%d", reply->retry_after_s);
	const struct {
		const char *name, *value;
	} headers[] = {
		{ "Content-Type", reply->content_type },
		{ "X-Request-Id", exchange->request.id },
		{ "Cache-Control",
			reply->cache_control != NULL ? reply->cache_control : "no-store" },
		{ "ETag", reply->etag },
		{ "Location", reply->location },
		{ "Allow", exchange->allow },
		{ "Retry-After", reply->retry_after_s > 0 ? retry_after : NULL },
		{ "Hakko-Rehearsal", server->settings.rehearsal ? "yes" : NULL },
		{ "Connection", closes ? "close" : NULL },
	};

	for (size_t i = 0; i < LENGTH_OF(headers); i++) {
		if (headers[i].value != NULL &&
			MHD_add_response_header(response, headers[i].name, headers[i].value) !=
				MHD_YES)
			return false;
	}
	return true;
}

enum MHD_Result http_send(struct http_exchange *exchange)
{
	struct http_reply *reply = &exchange->request.reply;
	bool known = is_known(exchange);
	struct MHD_Response *response = response_of(reply, known);
	enum MHD_Result result = MHD_NO;

	if (response == NULL)
		return MHD_NO;
	if (headers_add(exchange, response))
		result = MHD_queue_response(exchange->connection,
			known ? NOT_MODIFIED : (unsigned)reply->status, response);
	MHD_destroy_response(response);
	return result;
}
