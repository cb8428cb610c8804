/* SPDX-License-Identifier: Apache-2.0 */
#include "http/head.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/calendar.h"
#include "base/fault.h"
#include "http/media.h"

/* The headers we read; NULL where absent. */
struct head {
	const char *version;
	const char *host, *content_type, *content_length, *transfer_encoding;
	const char *accept, *accept_language, *if_none_match;
	bool is_bad;
};

static const struct {
	const char *name;
	size_t offset;
	bool is_single; /* twice is an attack or a mistake; of a list the first is read */
} known[] = {
	{ "Host", offsetof(struct head, host), true },
	{ "Content-Type", offsetof(struct head, content_type), true },
	{ "Content-Length", offsetof(struct head, content_length), true },
	{ "Transfer-Encoding", offsetof(struct head, transfer_encoding), true },
	{ "Accept", offsetof(struct head, accept), false },
	{ "Accept-Language", offsetof(struct head, accept_language), false },
	{ "If-None-Match", offsetof(struct head, if_none_match), false },
};

/* A token of RFC 9110, 5.6.2: "Content-Length :" is another header to another reader. */
static bool is_token(const char *name)
{
	static const char marks[] = "!#$%&'*+-.^_`|~";

	for (const char *c = name; *c != '\0'; c++) {
		bool is_letter = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z');
		if (!is_letter && !(*c >= '0' && *c <= '9') && strchr(marks, *c) == NULL)
			return false;
	}
	return name[0] != '\0';
}

static bool has_control(const char *value)
{
	for (const char *c = value; *c != '\0'; c++) {
		if ((*c > 0 && *c < ' ' && *c != '\t') || *c == 0x7f)
			return true;
	}
	return false;
}

static enum MHD_Result header_take(
	void *context, enum MHD_ValueKind kind, const char *name, const char *value)
{
	struct head *head = context;

	(void)kind;
	if (value == NULL)
		value = "";
	if (!is_token(name) || has_control(value))
		head->is_bad = true;
	for (size_t i = 0; i < LENGTH_OF(known); i++) {
		if (strcasecmp(name, known[i].name) != 0)
			continue;
		const char **place = (const char **)(void *)((char *)head + known[i].offset);
		if (*place == NULL)
			*place = value;
		else if (known[i].is_single)
			head->is_bad = true;
	}
	return MHD_YES;
}

static bool has_body(const struct head *head)
{
	return head->transfer_encoding != NULL ||
		(head->content_length != NULL &&
			strspn(head->content_length, "0") != strlen(head->content_length));
}

/*
 * Whether a NUL hides the rest of the address from every reader of strings: libmicrohttpd keeps
 * the version in the same line, one octet behind the address.
 */
static bool hides_nul(const struct http_exchange *exchange, const char *version)
{
	uintptr_t from = (uintptr_t)exchange->address;
	uintptr_t to = (uintptr_t)version;

	return to > from && to - from < HTTP_CONNECTION_MEMORY &&
		to - from != exchange->address_len + 1;
}

/* Where one request ends and the next begins must be beyond doubt (RFC 9112, 6.3). */
static enum refusal framing_judge(struct http_exchange *exchange, const struct head *head)
{
	bool is_bad = head->is_bad || hides_nul(exchange, head->version);

	if (head->transfer_encoding != NULL)
		is_bad |= head->content_length != NULL ||
			strcasecmp(head->transfer_encoding, "chunked") != 0 ||
			strcmp(head->version, "HTTP/1.0") == 0;
	if (!is_bad)
		return REFUSAL_NONE;
	exchange->closes = true;
	return REFUSAL_REQUEST_MALFORMED;
}

/* The register is asked for each request; a long connection may outlive its certificate. */
static enum refusal peer_judge(struct http_exchange *exchange, const struct head *head)
{
	const struct http_server_settings *settings = &exchange->server->settings;
	const struct http_tls_peer *peer = &exchange->record->peer;
	struct http_request *request = &exchange->request;

	(void)head;
	if (!settings->tls)
		return REFUSAL_NONE;
	exchange->closes = true;
	if (!peer->is_verified || clock_real_now_at() / SECOND > peer->not_after_at / SECOND)
		return REFUSAL_CLIENT_UNKNOWN;

	request->fingerprint = peer->fingerprint;
	switch (settings->peer(&peer->fingerprint, &request->peer, settings->context)) {
	case HTTP_PEER_KNOWN:
		exchange->closes = false;
		return REFUSAL_NONE;
	case HTTP_PEER_REGISTER_MISSING:
		exchange->closes = false;
		return REFUSAL_SERVICE_WAITING;
	case HTTP_PEER_SUSPENDED:
		return REFUSAL_CLIENT_SUSPENDED;
	case HTTP_PEER_UNKNOWN:
		return REFUSAL_CLIENT_UNKNOWN;
	}
	return REFUSAL_CLIENT_UNKNOWN;
}

/* Too long a body is refused before it is read. */
static enum refusal size_judge(struct http_exchange *exchange, const struct head *head)
{
	if (head->content_length == NULL)
		return REFUSAL_NONE;
	errno = 0;
	unsigned long long len = strtoull(head->content_length, NULL, 10);
	if (errno == 0 && len <= HTTP_BODY_MAX)
		return REFUSAL_NONE;
	exchange->closes = true;
	return REFUSAL_BODY_TOO_LARGE;
}

/* What taking the address apart has found. */
static enum refusal address_judge(struct http_exchange *exchange, const struct head *head)
{
	(void)head;
	return exchange->refusal;
}

static enum refusal route_judge(struct http_exchange *exchange, const struct head *head)
{
	int r = http_route_find(&exchange->server->settings, &exchange->request, &exchange->path,
		&exchange->route, &exchange->allow);

	(void)head;
	if (r == HTTP_ROUTE_NOT_FOUND)
		return REFUSAL_NOT_FOUND;
	if (r == HTTP_ROUTE_METHOD)
		return REFUSAL_METHOD_NOT_ALLOWED;
	return r < 0 ? REFUSAL_INTERNAL : REFUSAL_NONE;
}

static enum refusal role_judge(struct http_exchange *exchange, const struct head *head)
{
	unsigned held = HTTP_PUBLIC;

	(void)head;
	if (exchange->server->settings.tls)
		held |= 1U << exchange->request.peer.role;
	return (exchange->route->access & held) != 0 ? REFUSAL_NONE : REFUSAL_ROLE;
}

/* A missing body is the errand's to refuse: it knows what is missing. */
static enum refusal media_judge(struct http_exchange *exchange, const struct head *head)
{
	const char *media = exchange->route->media;

	if (media == NULL || !has_body(head))
		return REFUSAL_NONE;
	if (http_media_is(exchange->request.content_type, media))
		return REFUSAL_NONE;
	return REFUSAL_MEDIA_TYPE;
}

static enum refusal (*const judges[])(struct http_exchange *exchange, const struct head *head) = {
	framing_judge,
	peer_judge,
	size_judge,
	address_judge,
	route_judge,
	role_judge,
	media_judge,
};

void http_head_judge(struct http_exchange *exchange, const char *version)
{
	struct http_request *request = &exchange->request;
	struct head head = { .version = version };
	enum refusal refusal = REFUSAL_NONE;

	(void)MHD_get_connection_values(exchange->connection, MHD_HEADER_KIND, header_take, &head);
	request->content_type = head.content_type != NULL ? head.content_type : "";
	request->accept = head.accept != NULL ? head.accept : "";
	if (head.accept_language != NULL)
		request->language = http_media_language(head.accept_language);
	exchange->if_none_match = head.if_none_match;

	for (size_t i = 0; i < LENGTH_OF(judges) && refusal == REFUSAL_NONE; i++)
		refusal = judges[i](exchange, &head);
	exchange->refusal = refusal;
}
