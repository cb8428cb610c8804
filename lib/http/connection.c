/* SPDX-License-Identifier: Apache-2.0 */
#include "http/connection.h"

#include <stdlib.h>
#include <sys/socket.h>

static void start(struct http_server *server, struct MHD_Connection *connection, void **place)
{
	int fd = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
	struct http_connection *record = calloc(1, sizeof(*record));

	*place = record;
	if (record == NULL) {
		/* Unguarded it must not go on: neither handshake nor request can. */
		(void)shutdown(fd, SHUT_RDWR);
		return;
	}
	record->peer.settings = &server->settings;
	if (server->settings.tls)
		http_tls_guard(
			MHD_get_connection_info(connection, MHD_CONNECTION_INFO_GNUTLS_SESSION)
				->tls_session,
			&record->peer);
	http_watch_enter(&server->watch, &record->watched, fd);
}

void http_connection_notify(void *context, struct MHD_Connection *connection, void **place,
	enum MHD_ConnectionNotificationCode what)
{
	struct http_server *server = context;
	struct http_connection *record = *place;

	if (what == MHD_CONNECTION_NOTIFY_STARTED) {
		start(server, connection, place);
		return;
	}
	if (record == NULL)
		return;
	http_watch_leave(&server->watch, &record->watched);
	if (record->lingers)
		http_linger_take(&server->linger, record->watched.fd);
	free(record);
	*place = NULL;
}
