/* SPDX-License-Identifier: Apache-2.0 */
#include "http/route.h"

#include <assert.h>
#include <string.h>

#include "base/fault.h"
#include "http/escape.h"

/* Leaves the scheme and authority of an absolute form (RFC 9112, 3.2.2) out. */
static void authority_skip(const char **path, size_t *len)
{
	static const char *const schemes[] = { "http://", "https://" };

	for (size_t i = 0; i < LENGTH_OF(schemes); i++) {
		size_t scheme_len = strlen(schemes[i]);
		if (*len < scheme_len || strncasecmp(*path, schemes[i], scheme_len) != 0)
			continue;
		const char *slash = memchr(*path + scheme_len, '/', *len - scheme_len);
		if (slash == NULL)
			return;
		*len -= (size_t)(slash - *path);
		*path = slash;
	}
}

int http_route_split(
	struct http_request *request, const char *path, size_t len, struct http_path *ret_path)
{
	struct http_path split = { .is_found = true };

	authority_skip(&path, &len);
	if (len == 0 || path[0] != '/')
		return HTTP_ROUTE_BAD;
	int r = http_escape_decode(&request->arena, path, len, &request->path);
	if (r < 0)
		return fault_trace(r);
	if (r == HTTP_ESCAPE_BAD)
		return HTTP_ROUTE_BAD;

	for (size_t at = 0; at < len;) {
		size_t from = at + 1;
		const char *slash = memchr(path + from, '/', len - from);
		at = slash == NULL ? len : (size_t)(slash - path);
		if (split.count == HTTP_SEGMENTS_MAX) {
			split.is_found = false;
			break;
		}
		r = http_escape_decode(
			&request->arena, path + from, at - from, &split.segments[split.count++]);
		if (r < 0)
			return fault_trace(r);
		if (r == HTTP_ESCAPE_BAD)
			return HTTP_ROUTE_BAD;
	}
	*ret_path = split;
	return 0;
}

/* Whether a segment fits the `len` octets of a route's: a name, or braces. */
static bool segment_fits(const char *segment, const char *pattern, size_t len, bool *ret_parameter)
{
	size_t segment_len = strlen(segment);

	*ret_parameter = len > 0 && pattern[0] == '{';
	if (*ret_parameter)
		return segment_len > 0 && segment_len <= HTTP_PARAMETER_MAX;
	return segment_len == len && memcmp(segment, pattern, len) == 0;
}

/* Whether a path fits a route's; then its parameters are given. */
static bool path_fits(const struct http_path *path, const char *pattern,
	const char *parameters[HTTP_PARAMETERS_MAX])
{
	size_t parameter_count = 0;
	bool is_parameter;

	for (size_t i = 0; i < path->count; i++) {
		if (*pattern != '/')
			return false;
		pattern++;
		size_t len = strcspn(pattern, "/");
		if (!segment_fits(path->segments[i], pattern, len, &is_parameter))
			return false;
		if (is_parameter) {
			assert(parameter_count < HTTP_PARAMETERS_MAX);
			parameters[parameter_count++] = path->segments[i];
		}
		pattern += len;
	}
	return *pattern == '\0';
}

/* A route for GET serves HEAD as well (RFC 9110, 9.3.2). */
static bool method_fits(const struct http_route *route, const char *method)
{
	if (strcmp(route->method, method) == 0)
		return true;
	return strcmp(route->method, "GET") == 0 && strcmp(method, "HEAD") == 0;
}

static int allow_add(struct arena *arena, const char *method, const char **allow)
{
	const char *head = strcmp(method, "GET") == 0 ? ", HEAD" : "";
	const char *before = *allow == NULL ? "" : *allow;
	int r = arena_printf(
		arena, allow, "%s%s%s%s", before, *allow == NULL ? "" : ", ", method, head);
	return r < 0 ? fault_trace(r) : 0;
}

int http_route_find(const struct http_server_settings *settings, struct http_request *request,
	const struct http_path *path, const struct http_route **ret_route, const char **ret_allow)
{
	const char *parameters[HTTP_PARAMETERS_MAX] = { NULL };
	const char *allow = NULL;

	if (!path->is_found)
		return HTTP_ROUTE_NOT_FOUND;
	for (size_t i = 0; i < settings->route_count; i++) {
		const struct http_route *route = &settings->routes[i];
		if (!path_fits(path, route->path, parameters))
			continue;
		if (method_fits(route, request->method)) {
			memcpy(request->parameters, parameters, sizeof(parameters));
			*ret_route = route;
			return 0;
		}
		int r = allow_add(&request->arena, route->method, &allow);
		if (r < 0)
			return fault_trace(r);
	}
	if (allow == NULL)
		return HTTP_ROUTE_NOT_FOUND;
	*ret_allow = allow;
	return HTTP_ROUTE_METHOD;
}
