/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A request's address and headers: what is decoded is never longer than what was sent, holds no
 * control, and parameters and queries keep to their limits.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "http/media.h"
#include "http/query.h"
#include "http/route.h"

static const struct http_route routes[] = {
	{ "GET", "/v1/things/{id}/of/{other}", HTTP_PUBLIC, NULL, NULL, "both" },
	{ "POST", "/v1/things/{id}", HTTP_PUBLIC, NULL, NULL, "one" },
};
static const struct http_server_settings settings = {
	.routes = routes,
	.route_count = LENGTH_OF(routes),
};

static void promise(bool kept)
{
	if (!kept)
		abort();
}

static void text_check(const char *text, size_t len_max)
{
	promise(strlen(text) <= len_max);
	for (const char *c = text; *c != '\0'; c++)
		promise((*c < 0 || *c >= ' ') && *c != 0x7f);
}

static void path_run(struct http_request *request, const char *text, size_t len)
{
	const struct http_route *route = NULL;
	const char *allow = NULL;
	struct http_path path;

	if (http_route_split(request, text, len, &path) != 0)
		return;
	text_check(request->path, len);
	promise(path.count <= HTTP_SEGMENTS_MAX);
	int r = http_route_find(&settings, request, &path, &route, &allow);
	promise(r >= 0 && (r == 0) == (route != NULL));
	for (size_t i = 0; r == 0 && i < HTTP_PARAMETERS_MAX; i++)
		text_check(request->parameters[i], HTTP_PARAMETER_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct http_request request = { .arena = ARENA(HTTP_ARENA_MAX), .method = "GET" };
	char *text = malloc(len + 1);

	promise(text != NULL);
	memcpy(text, data, len);
	text[len] = '\0';
	size_t path_len = strcspn(text, "?");
	path_run(&request, text, path_len);
	int r = http_query_parse(&request, text + path_len + (text[path_len] == '?'));
	promise(r == 0 || r == HTTP_QUERY_BAD);
	promise(request.query_count <= HTTP_QUERY_MAX);
	for (size_t i = 0; i < request.query_count; i++) {
		text_check(request.query[i][0], len);
		text_check(request.query[i][1], HTTP_QUERY_VALUE_MAX);
		promise(http_query(&request, request.query[i][0]) == request.query[i][1]);
	}
	(void)http_media_is(text, "application/json");
	(void)http_media_language(text);
	arena_done(&request.arena);
	free(text);
	return 0;
}
