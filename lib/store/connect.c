/* SPDX-License-Identifier: Apache-2.0 */
#include "store/connect.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"

#define HOSTS_MAX 16
#define KEYWORDS_MAX 64   /* libpq 15 knows 40 */
#define LIST_ITEM_MAX 256 /* octets of one host, address or port */
#define SERVER_VERSION 150000

CLEANUP_DEFINE(finish, PGconn, PQfinish)
CLEANUP_DEFINE(options_free, PQconninfoOption, PQconninfoFree)

/* The keywords that may hold a list, one item a host. */
static const char *const list_keywords[] = { "host", "hostaddr", "port" };

#define LISTS LENGTH_OF(list_keywords)

/* One attempt's keywords and values, with the items that stand for its host. */
struct attempt {
	const char *keywords[KEYWORDS_MAX];
	const char *values[KEYWORDS_MAX];
	size_t count;
	char items[LISTS][LIST_ITEM_MAX];
};

/* Items in a list: commas and one. */
static size_t items_in(const char *list)
{
	size_t count = 1;
	for (const char *c = list; *c != '\0'; c++)
		count += *c == ',';
	return count;
}

/* The `index`th item of a list, or the only one there is. False when it is too long. */
static bool item_of(const char *list, size_t index, char out[LIST_ITEM_MAX])
{
	if (items_in(list) == 1)
		index = 0;
	for (; index > 0; index--)
		list = strchr(list, ',') + 1;
	size_t len = strcspn(list, ",");
	if (len >= LIST_ITEM_MAX)
		return false;
	memcpy(out, list, len);
	out[len] = '\0';
	return true;
}

static int list_index(const char *keyword)
{
	for (size_t i = 0; i < LISTS; i++) {
		if (strcmp(keyword, list_keywords[i]) == 0)
			return (int)i;
	}
	return -1;
}

static void attempt_add(struct attempt *attempt, const char *keyword, const char *value)
{
	if (attempt->count + 1 >= KEYWORDS_MAX)
		return; /* more keywords than any libpq knows */
	attempt->keywords[attempt->count] = keyword;
	attempt->values[attempt->count] = value;
	attempt->count++;
	attempt->keywords[attempt->count] = NULL;
}

/* The keywords for host number `index`. */
static int attempt_init(struct attempt *attempt, const PQconninfoOption *options,
	const struct store_connect_as *as, size_t index)
{
	attempt->count = 0;
	for (const PQconninfoOption *option = options; option->keyword != NULL; option++) {
		if (option->val == NULL)
			continue;
		int list = list_index(option->keyword);
		const char *value = list < 0 ? option->val : attempt->items[list];
		if (list >= 0 && !item_of(option->val, index, attempt->items[list]))
			return fault_new(FAULT_SETTINGS,
				"database: a host of the connection "
				"string is too long");
		attempt_add(attempt, option->keyword, value);
	}
	attempt_add(attempt, "application_name", as->application_name);
	attempt_add(attempt, "options", as->options);
	attempt_add(attempt, "client_encoding", "UTF8");
	return 0;
}

static int failed(PGconn *connection)
{
	const char *why = PQerrorMessage(connection);
	return fault_new(FAULT_UNAVAILABLE, "database: %.*s", (int)strcspn(why, "\n"), why);
}

/* Waits for what libpq waits for. */
static int await(PGconn *connection, PostgresPollingStatusType status, struct deadline deadline)
{
	struct pollfd file = { .fd = PQsocket(connection),
		.events = status == PGRES_POLLING_READING ? POLLIN : POLLOUT };
	int n;

	do {
		n = poll(&file, 1, deadline_left_ms(deadline));
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return fault_new(FAULT_IO, "poll: %s", strerrordesc_np(errno));
	if (n == 0)
		return fault_new(FAULT_TIMEOUT, "the database did not take the connection in time");
	return 0;
}

static int attempt_run(
	const struct attempt *attempt, struct deadline deadline, PGconn **ret_connection)
{
	CLEANUP(finish)
	PGconn *connection = PQconnectStartParams(attempt->keywords, attempt->values, 0);
	if (connection == NULL)
		return fault_new(FAULT_MEMORY, "out of memory");

	PostgresPollingStatusType status = PGRES_POLLING_WRITING;
	if (PQstatus(connection) == CONNECTION_BAD)
		return failed(connection);
	while (status != PGRES_POLLING_OK) {
		int r = await(connection, status, deadline);
		if (r < 0)
			return fault_trace(r);
		status = PQconnectPoll(connection);
		if (status == PGRES_POLLING_FAILED)
			return failed(connection);
	}
	*ret_connection = STEAL(connection);
	return 0;
}

/* A notice may quote a row; nobody here reads notices. */
static void ignore_notice(void *context, const char *message)
{
	(void)context, (void)message;
}

static int check_server(PGconn *connection)
{
	const char *encoding = PQparameterStatus(connection, "server_encoding");

	if (PQserverVersion(connection) < SERVER_VERSION)
		return fault_new(FAULT_SETTINGS, "database: PostgreSQL 15 or newer is needed");
	if (encoding == NULL || strcmp(encoding, "UTF8") != 0)
		return fault_new(FAULT_SETTINGS, "database: its encoding is not UTF8");
	(void)PQsetNoticeProcessor(connection, ignore_notice, NULL);
	if (PQsetnonblocking(connection, 1) != 0)
		return failed(connection);
	return 0;
}

/* How many hosts the options name; refuses a password among them. */
static int count_hosts(const PQconninfoOption *options, size_t *ret_hosts)
{
	size_t hosts = 1;

	for (const PQconninfoOption *option = options; option->keyword != NULL; option++) {
		if (option->val == NULL)
			continue;
		if (strcmp(option->keyword, "password") == 0)
			return fault_new(FAULT_SETTINGS,
				"database: no password belongs in the connection string");
		if (list_index(option->keyword) >= 0 && items_in(option->val) > hosts)
			hosts = items_in(option->val);
	}
	if (hosts > HOSTS_MAX)
		return fault_new(FAULT_SETTINGS, "database: more than %d hosts", HOSTS_MAX);
	*ret_hosts = hosts;
	return 0;
}

int store_connect(const char *conninfo, const struct store_connect_as *as, struct deadline deadline,
	PGconn **ret_connection)
{
	CLEANUP(finish) PGconn *connection = NULL;
	struct attempt attempt;
	size_t hosts;

	if (strlen(conninfo) > STORE_CONNINFO_MAX)
		return fault_new(FAULT_SETTINGS, "database: the connection string is too long");
	CLEANUP(options_free) PQconninfoOption *options = PQconninfoParse(conninfo, NULL);
	if (options == NULL)
		return fault_new(FAULT_SETTINGS, "database: not a connection string");
	int r = count_hosts(options, &hosts);
	if (r < 0)
		return fault_trace(r);

	r = fault_new(FAULT_UNAVAILABLE, "database: no host");
	for (size_t i = 0; i < hosts && connection == NULL; i++) {
		int64_t share_ms = deadline_left_ms(deadline) / (int64_t)(hosts - i);
		r = attempt_init(&attempt, options, as, i);
		if (r < 0)
			return fault_trace(r);
		r = attempt_run(&attempt, deadline_after_ms(share_ms), &connection);
	}
	if (r == 0)
		r = check_server(connection);
	if (r < 0)
		return fault_trace(r);
	*ret_connection = STEAL(connection);
	return 0;
}
