/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One connection to PostgreSQL: opened with its role's statements prepared, the schema's number
 * checked, every call ended by a deadline. Not shared between threads. The only room that sees
 * libpq. After FAULT_UNAVAILABLE or FAULT_TIMEOUT the connection is closed and must be reopened.
 */
#pragma once

#include <stdbool.h>

#include "base/clock.h"

struct store;

/* The database roles (sql/): each may do its own job only. */
enum store_role { STORE_OWNER = 1, STORE_FRONT, STORE_PUBLISH, STORE_AUDITOR };

/* Outcomes of this room; each function names those it has. */
enum {
	STORE_NOT_FOUND = 1,
	STORE_EXISTS = 2, /* a row with that identity is there already */
	STORE_RETRY =
		3, /* serialisation, deadlock or a drawn value that collided: run the whole transaction again */
	STORE_CLOSED =
		4, /* the database itself refuses: at or after the closing instant (P1, P2) */
	STORE_KEY_TAKEN = 5,    /* K4 */
	STORE_ABANDONED = 6,    /* the reservation was given up, its serial is burnt */
	STORE_SCHEMA_OLDER = 7, /* migrations are missing: run hakkoctl migrate */
	STORE_SCHEMA_NEWER = 8, /* the database was migrated by a newer hakko */
	STORE_REVOKED = 9,      /* a revocation stands already */
	STORE_STALE = 10,       /* another one did it first (compare-and-set failed) */
};

#define STORE_CONNINFO_MAX 1024

/*
 * Connects with a libpq connection string (no password in it: peer, certificate or passfile) and
 * `role`'s statements. STORE_SCHEMA_OLDER, STORE_SCHEMA_NEWER; FAULT_UNAVAILABLE, FAULT_TIMEOUT.
 */
int store_open(const char *conninfo, enum store_role role, struct deadline deadline,
	struct store **ret_store) MUST_CHECK;
void store_close(struct store *store);
/* The deadline of every later call until it is set again. */
void store_set_deadline(struct store *store, struct deadline deadline);
/* False after a fault that closed it. */
bool store_is_open(const struct store *store);
/* Ends a transaction that a _begin function opened and nothing will come of. Safe when none is open. */
void store_rollback(struct store *store);
/* Commits the transaction that a _begin function opened. STORE_RETRY. */
int store_commit(struct store *store) MUST_CHECK;

/* Waits for a NOTIFY on `channel` (a literal of this program) until the deadline; 0 notified, STORE_NOT_FOUND none. */
int store_listen(struct store *store, const char *channel) MUST_CHECK;
int store_wait_notice(struct store *store, struct deadline deadline) MUST_CHECK;
