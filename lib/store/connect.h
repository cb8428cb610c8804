/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A libpq connection within a deadline. A connection string may name several hosts: each gets its
 * share of the time, so that one that does not answer does not eat all of it. For this room only.
 */
#pragma once

#include <libpq-fe.h>

#include "store/connection.h"

/* Server settings a connection begins with, as libpq's keyword "options" has them. */
struct store_connect_as {
	const char *application_name;
	const char *options;
};

/*
 * Connects to the first host that takes it, non-blocking mode set. Host names are resolved by
 * the system's resolver, which knows no deadline: production names addresses or sockets.
 * FAULT_SETTINGS (not a connection string, a password in it, a database that is not PostgreSQL
 * 15 in UTF-8), FAULT_UNAVAILABLE, FAULT_TIMEOUT.
 */
int store_connect(const char *conninfo, const struct store_connect_as *as, struct deadline deadline,
	PGconn **ret_connection) MUST_CHECK;
