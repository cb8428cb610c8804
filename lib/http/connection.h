/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The start and the end of a connection: its record, its deadline, its TLS guard.
 */
#pragma once

#include "http/running.h"

/* MHD_OPTION_NOTIFY_CONNECTION. */
void http_connection_notify(void *server, struct MHD_Connection *connection, void **record,
	enum MHD_ConnectionNotificationCode what);
