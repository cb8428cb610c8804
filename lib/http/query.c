/* SPDX-License-Identifier: Apache-2.0 */
#include "http/query.h"

#include <string.h>

#include "base/fault.h"
#include "http/escape.h"

const char *http_query(const struct http_request *request, const char *name)
{
	for (size_t i = 0; i < request->query_count; i++) {
		if (strcmp(request->query[i][0], name) == 0)
			return request->query[i][1];
	}
	return NULL;
}

static int parameter_add(struct http_request *request, const char *text, size_t len)
{
	const char *equals = memchr(text, '=', len);
	size_t name_len = equals == NULL ? len : (size_t)(equals - text);
	size_t value_at = equals == NULL ? len : name_len + 1;
	const char *name;
	const char *value;
	int r = http_escape_decode(&request->arena, text, name_len, &name);
	if (r == 0)
		r = http_escape_decode(&request->arena, text + value_at, len - value_at, &value);
	if (r < 0)
		return fault_trace(r);

	if (r == HTTP_ESCAPE_BAD || name[0] == '\0' || strlen(value) > HTTP_QUERY_VALUE_MAX)
		return HTTP_QUERY_BAD;
	if (request->query_count == HTTP_QUERY_MAX || http_query(request, name) != NULL)
		return HTTP_QUERY_BAD;
	request->query[request->query_count][0] = name;
	request->query[request->query_count][1] = value;
	request->query_count++;
	return 0;
}

int http_query_parse(struct http_request *request, const char *text)
{
	while (*text != '\0') {
		size_t len = strcspn(text, "&");
		int r = parameter_add(request, text, len);
		if (r < 0)
			return fault_trace(r);
		if (r > 0)
			return HTTP_QUERY_BAD;
		text += len;
		/* Nothing behind the last '&' is a parameter without a name. */
		if (text[0] == '&' && text[1] == '\0')
			return HTTP_QUERY_BAD;
		text += *text == '&';
	}
	return 0;
}
