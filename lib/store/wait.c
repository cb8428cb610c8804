/* SPDX-License-Identifier: Apache-2.0 */
#include "store/wait.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

#include "base/fault.h"
#include "store/error.h"

int store_wait_broken(struct store *store, int fault)
{
	/*
	 * PQcancel() would block on its own connection: the server's client_connection_check_interval
	 * ends what still runs there once the socket is closed.
	 */
	PQfinish(store->connection);
	store->connection = NULL;
	store->begun = false;
	return fault;
}

int store_wait_until(struct store *store, struct deadline deadline, bool write)
{
	struct pollfd file = { .fd = PQsocket(store->connection),
		.events = (short)(POLLIN | (write ? POLLOUT : 0)) };
	int n;

	do {
		n = poll(&file, 1, deadline_left_ms(deadline));
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return store_wait_broken(
			store, fault_new(FAULT_IO, "poll: %s", strerrordesc_np(errno)));
	if (n == 0)
		return STORE_NOT_FOUND;
	if ((file.revents & ~POLLOUT) != 0 && PQconsumeInput(store->connection) == 0)
		return store_wait_broken(
			store, fault_new(FAULT_UNAVAILABLE, "the database went away"));
	return 0;
}

int store_wait_input(struct store *store, bool write)
{
	int r = store_wait_until(store, store->deadline, write);
	if (r == STORE_NOT_FOUND)
		return store_wait_broken(
			store, fault_new(FAULT_TIMEOUT, "the database did not answer in time"));
	return r < 0 ? fault_trace(r) : 0;
}

int store_wait_flush(struct store *store)
{
	int r;

	while ((r = PQflush(store->connection)) > 0) {
		r = store_wait_input(store, true);
		if (r < 0)
			return fault_trace(r);
	}
	if (r < 0)
		return store_wait_broken(
			store, fault_new(FAULT_UNAVAILABLE, "the database went away"));
	return 0;
}

int store_wait_result(struct store *store, PGresult **ret_result)
{
	while (PQisBusy(store->connection) != 0) {
		int r = store_wait_input(store, false);
		if (r < 0)
			return fault_trace(r);
	}
	*ret_result = PQgetResult(store->connection);
	return 0;
}

int store_wait_plain(struct store *store, const char *sql, PGresult **ret_result)
{
	PGresult *last = NULL;
	PGresult *next;
	int meant = 0;

	if (PQsendQuery(store->connection, sql) == 0)
		return store_wait_broken(
			store, fault_new(FAULT_UNAVAILABLE, "the database went away"));
	int r = store_wait_flush(store);
	if (r == 0)
		r = store_wait_result(store, &next);
	while (r == 0 && next != NULL) {
		PQclear(last);
		last = next;
		if (PQresultStatus(last) == PGRES_FATAL_ERROR && meant == 0)
			meant = store_error_meaning(last, "plain");
		r = store_wait_result(store, &next);
	}
	if (r == 0 && meant == 0 && last == NULL)
		r = fault_new(FAULT_PROTOCOL, "database: no result");
	if (r == 0 && meant == 0)
		*ret_result = last;
	else
		PQclear(last);
	return r < 0 ? fault_trace(r) : meant;
}
