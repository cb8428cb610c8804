/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A database of its own for each test executable, in the cluster that tests/system/postgres.py
 * started: a rehearsal in June 2015, one municipality with a terminal, an operator, a CA key and
 * as many residents as a test asks for. Reads HAKKO_TEST_CONNINFO_DIR.
 */
#pragma once

#include <libpq-fe.h>

#include "store/application.h"
#include "store/client.h"
#include "store/issuance.h"
#include "store/resident.h"
#include "store/revocation.h"
#include "store/system.h"

#define FIXTURE_CODE "12232"
#define FIXTURE_CLERK "clerk-1"

struct fixture {
	char database[64];
	struct store *owner, *front, *other_front, *publish, *auditor;
	struct client terminal, operator;
	struct digest ca_key;
};

/* Makes database and stores; aborts the test when that fails. */
void fixture_open(struct fixture *fixture, const char *name);
void fixture_close(struct fixture *fixture);
/* The same without migrations and stores. */
void fixture_create_database(struct fixture *fixture, const char *name);

/* libpq connection string of a role ("postgres": the superuser). */
const char *fixture_conninfo(const struct fixture *fixture, const char *role);
struct store *fixture_store(const struct fixture *fixture, enum store_role role);

/* Runs SQL as a role in a connection of its own: "" or the SQLSTATE of its error. */
const char *fixture_sql(const struct fixture *fixture, const char *role, const char *sql);
/* First value of the result, as text; fails the test on an error. */
const char *fixture_value(const struct fixture *fixture, const char *sql);
/* A connection that a test steers itself. */
PGconn *fixture_connect(const struct fixture *fixture, const char *role);
void fixture_exec(PGconn *connection, const char *sql);

/* Moves the rehearsal's clock: sets it to `to_at`, or by `us`. */
void fixture_clock_to(struct fixture *fixture, int64_t to_at);
void fixture_clock_forward(struct fixture *fixture, int64_t us);

/* Residents card-1 to card-`count`, of the municipality. */
void fixture_residents(struct fixture *fixture, int count);
/* An approved application of resident card-`number`; gives its id. */
void fixture_approved(struct fixture *fixture, int number, char ret_id[APPLICATION_ID_LEN + 1]);
/* A key nobody has, from a number. */
void fixture_spki(int number, uint8_t ret_spki[32], struct digest *ret_key);
/* Fills what a front would for that application, key `number`; serial and CN are drawn. */
void fixture_reservation(const struct fixture *fixture, const struct store_issuance *issuance,
	int key_number, struct reservation *ret_reservation);
/* Begins and finishes: an open reservation. */
void fixture_reserve(struct fixture *fixture, const char *application, int key_number,
	struct reservation *ret_reservation);
void fixture_record(const struct reservation *reservation, struct store_record *ret_record);
/* From nothing to issued, card-`number` with key `number`. */
void fixture_issue(struct fixture *fixture, int number, struct reservation *ret_reservation);

struct leaf fixture_leaf(
	enum leaf_kind kind, int64_t happened_at, const char *application, const uint8_t *serial);
/* Octets that no ledger would check. */
struct leaf_octets fixture_octets(void);
/* hakko.now() */
int64_t fixture_now_at(struct fixture *fixture);
