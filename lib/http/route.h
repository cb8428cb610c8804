/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which errand a path and a method mean. Segments are compared decoded; there are no dot segments
 * and no empty ones. Touches memory only.
 */
#pragma once

#include "http/server.h"

#define HTTP_SEGMENTS_MAX 16 /* '/' in a path; more is never found */

/* A path taken apart; its texts are the request's arena's. */
struct http_path {
	const char *segments[HTTP_SEGMENTS_MAX];
	size_t count;
	bool is_found; /* false: no route can have such a path */
};

#define HTTP_ROUTE_BAD 1 /* not a path: badly escaped, a control, no leading '/' */
/* Takes the `len` octets of a path as sent apart; sets request->path. */
int http_route_split(struct http_request *request, const char *path, size_t len,
	struct http_path *ret_path) MUST_CHECK;

#define HTTP_ROUTE_NOT_FOUND 2
#define HTTP_ROUTE_METHOD 3 /* the path is known, with other methods: `ret_allow` names them */
/* Gives the route and sets request->parameters. */
int http_route_find(const struct http_server_settings *settings, struct http_request *request,
	const struct http_path *path, const struct http_route **ret_route, const char **ret_allow)
	MUST_CHECK;
