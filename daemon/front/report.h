/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One log line and the counters of each request. Names no person and no path: the errand's name,
 * the client's number, the outcome (L5).
 */
#pragma once

#include "http/server.h"

/* For struct http_server_settings: `context` is the struct front. */
void front_report(const struct http_request *request, const struct http_route *route, int fault,
	void *context);
