/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Prepared statements, sent in one go and answered within the store's deadline. Parameters and
 * results are binary. For this room only. A fault never tells what a statement's parameters or
 * the server's message held (L5): SQLSTATE, statement and constraint only.
 */
#pragma once

#include <libpq-fe.h>

#include "base/bytes.h"
#include "base/calendar.h"
#include "base/digest.h"
#include "store/handle.h"

/* Roles that prepare a statement. The owner prepares all of them. */
#define STORE_BY(role_) (1u << (role_))
#define STORE_BY_OWNER STORE_BY(STORE_OWNER)
#define STORE_BY_FRONT (STORE_BY(STORE_OWNER) | STORE_BY(STORE_FRONT))
#define STORE_BY_PUBLISH (STORE_BY(STORE_OWNER) | STORE_BY(STORE_PUBLISH))
#define STORE_BY_AUDITOR (STORE_BY(STORE_OWNER) | STORE_BY(STORE_AUDITOR))
#define STORE_BY_ALL (STORE_BY_FRONT | STORE_BY_PUBLISH | STORE_BY_AUDITOR)

/*
 * A row of a table by its key, for FROM. OFFSET 0 keeps it a plan of its own, which has no way
 * but that key's index, whatever the planner believes of the table's size.
 */
#define STORE_ROW(table_, alias_, condition_)                                                      \
	" LATERAL (SELECT * FROM hakko." table_ " x WHERE " condition_ " OFFSET 0) " alias_ " "
/* Joined, and joined where there is one. */
#define STORE_JOIN(table_, alias_, condition_)                                                     \
	" JOIN" STORE_ROW(table_, alias_, condition_) "ON true"
#define STORE_LEFT_JOIN(table_, alias_, condition_)                                                \
	" LEFT JOIN" STORE_ROW(table_, alias_, condition_) "ON true"
/* Whether there is such a row, in the same way. */
#define STORE_EXISTS_ROW(table_, condition_)                                                       \
	" EXISTS (SELECT FROM hakko." table_ " x WHERE " condition_ " OFFSET 0)"

struct store_statement {
	const char *name;
	unsigned roles;
	const char *sql; /* every parameter is cast, every name qualified */
};

/* The statements of one file. */
struct store_statements {
	const struct store_statement *rows;
	size_t count;
};
extern const struct store_statements store_application_statements, store_client_statements,
	store_connection_statements, store_crl_statements, store_facts_statements,
	store_issuance_group_statements, store_issuance_statements, store_journal_statements,
	store_leaf_statements, store_municipality_statements, store_opening_statements,
	store_reservation_statements, store_resident_statements, store_revocation_statements,
	store_system_statements;

#define STORE_PARAMETERS_MAX 28
#define STORE_PARAMETER_FIXED 16 /* octets of the longest fixed value: an interval */

/* One call of a prepared statement; borrows texts and octets. */
struct store_query {
	const char *name;
	int count;
	const char *values[STORE_PARAMETERS_MAX];
	int lengths[STORE_PARAMETERS_MAX];
	uint8_t fixed[STORE_PARAMETERS_MAX][STORE_PARAMETER_FIXED];
};

void store_query_init(struct store_query *query, const char *name);
/* Each adds the next parameter. */
void store_query_int4(struct store_query *query, int32_t value);
void store_query_int8(struct store_query *query, int64_t value);
void store_query_bool(struct store_query *query, bool value);
void store_query_instant(struct store_query *query, int64_t instant_at); /* INT64_MAX: infinity */
void store_query_interval(struct store_query *query, int64_t us);
void store_query_date(struct store_query *query, struct date date);
void store_query_text(struct store_query *query, const char *text); /* NULL, "": SQL's NULL */
void store_query_octets(struct store_query *query, const void *octets, size_t len);
void store_query_digest(struct store_query *query, const struct digest *digest);
void store_query_null(struct store_query *query);

#define STORE_ANSWERS_MAX 4

/* The results of the queries sent together; store_answer_done() it. */
struct store_answer {
	PGresult *results[STORE_ANSWERS_MAX];
};
void store_answer_done(struct store_answer *answer);
#define STORE_ANSWER_CLEANUP __attribute__((cleanup(store_answer_done)))

/*
 * Sends `count` queries in one round trip and waits for all answers. Outcomes of connection.h as
 * the table in error.c maps the server's errors; then nothing is given, and an open transaction
 * is rolled back.
 */
int store_query_run(struct store *store, const struct store_query *queries, size_t count,
	struct store_answer *ret_answer) MUST_CHECK;
/* The same of one query whose rows nobody wants. */
int store_query_do(struct store *store, const struct store_query *query) MUST_CHECK;
/* Text of one simple command without parameters, outside the pipeline's batches. */
int store_query_command(struct store *store, const char *sql) MUST_CHECK;
/* Prepares `statements` of the store's role, all in one round trip. */
int store_query_prepare(struct store *store, const struct store_statements *const *statements,
	size_t count) MUST_CHECK;

/* Rows a statement gave or changed. */
int store_answer_rows(const struct store_answer *answer, size_t index) MUST_CHECK;

/* Rolls back what a _begin function opened and answers `outcome`. */
int store_query_give_up(struct store *store, int outcome) MUST_CHECK;
