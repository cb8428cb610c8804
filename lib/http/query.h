/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The query of a request's address. Touches memory only.
 */
#pragma once

#include "http/request.h"

#define HTTP_QUERY_BAD 1 /* repeated, too many, too long, badly escaped, a control, no name */

/* Reads "a=1&b=2" into request->query; decoded texts live in its arena. */
int http_query_parse(struct http_request *request, const char *text) MUST_CHECK;
