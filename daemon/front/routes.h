/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The API as a table: method, path, who may call, body, errand. Borrowed for ever.
 */
#pragma once

#include "http/server.h"

const struct http_route *front_routes(size_t *ret_count_of_rows);
/* Of the loopback listener. */
const struct http_route *front_routes_health(size_t *ret_count_of_rows);
/* Index of a route for the metrics; the last index + 1 for NULL, a request that found none. */
size_t front_routes_index(const struct http_route *route);
/* The errand's name at such an index: "csr"; "none". */
const char *front_routes_name(size_t index);
