/* SPDX-License-Identifier: Apache-2.0 */
#include "store/error.h"

#include <string.h>

#include "base/fault.h"

struct meaning {
	const char *sqlstate;   /* or its class, two characters */
	const char *constraint; /* NULL: any */
	int outcome;            /* > 0 an outcome, < 0 a kind of fault */
};

/* The first row that fits holds. HK…: raised by the triggers in sql/. */
static const struct meaning meanings[] = {
	{ "HK001", NULL, STORE_CLOSED },
	{ "HK002", NULL, STORE_RETRY },
	{ "HK003", NULL, -FAULT_STATE },
	{ "HK004", NULL, -FAULT_STATE },
	{ "HK005", NULL, STORE_KEY_TAKEN },
	{ "40001", NULL, STORE_RETRY },
	{ "40P01", NULL, STORE_RETRY },
	{ "23505", "reservation_serial_once", STORE_RETRY },
	{ "23505", "reservation_cn_once", STORE_RETRY },
	{ "23505", "application_pkey", STORE_RETRY },
	{ "23505", "journal_settled_pkey", STORE_STALE },
	{ "23505", "crl_pkey", STORE_STALE },
	{ "23505", "crl_follows_one", STORE_STALE },
	{ "23505", "revocation_pkey", STORE_REVOKED },
	{ "23505", "client_fingerprint_once", STORE_EXISTS },
	{ "23505", "ca_key_once", STORE_EXISTS },
	{ "23505", "municipality_pkey", STORE_EXISTS },
	{ "23505", "system_pkey", STORE_EXISTS },
	{ "23505", "fee_pkey", STORE_EXISTS },
	{ "23505", "delivery_pkey", STORE_EXISTS },
	{ "23503", "client_municipality_fkey", STORE_NOT_FOUND },
	{ "55P03", NULL, -FAULT_TIMEOUT },     /* lock_timeout */
	{ "57014", NULL, -FAULT_TIMEOUT },     /* statement_timeout */
	{ "25P03", NULL, -FAULT_UNAVAILABLE }, /* idle in a transaction for too long */
	{ "25006", NULL, -FAULT_UNAVAILABLE }, /* became a standby */
	{ "57P", NULL, -FAULT_UNAVAILABLE },   /* shut down or crashed */
	{ "08", NULL, -FAULT_UNAVAILABLE },
	{ "53300", NULL, -FAULT_UNAVAILABLE },
};

static const char *field(const PGresult *result, int code)
{
	const char *text = PQresultErrorField(result, code);
	return text != NULL ? text : "";
}

static const struct meaning *find(const PGresult *result)
{
	const char *sqlstate = field(result, PG_DIAG_SQLSTATE);
	const char *constraint = field(result, PG_DIAG_CONSTRAINT_NAME);

	for (size_t i = 0; i < LENGTH_OF(meanings); i++) {
		const struct meaning *row = &meanings[i];
		if (strncmp(sqlstate, row->sqlstate, strlen(row->sqlstate)) != 0)
			continue;
		if (row->constraint == NULL || strcmp(constraint, row->constraint) == 0)
			return row;
	}
	return NULL;
}

bool store_error_is_final(const PGresult *result)
{
	const struct meaning *row = find(result);
	return row != NULL && row->outcome == -FAULT_UNAVAILABLE;
}

int store_error_meaning(const PGresult *result, const char *statement)
{
	const char *sqlstate = field(result, PG_DIAG_SQLSTATE);
	const char *constraint = field(result, PG_DIAG_CONSTRAINT_NAME);
	const struct meaning *row = find(result);

	if (row != NULL && row->outcome > 0)
		return row->outcome;
	enum fault_kind kind = row != NULL ? (enum fault_kind) - row->outcome : FAULT_DATABASE;
	/* Our own triggers' messages hold no data; the server's may (L5). */
	bool ours = strncmp(sqlstate, "HK", 2) == 0;
	return fault_new(kind, "database: %s in %s%s%s%s%s", sqlstate[0] != '\0' ? sqlstate : "?",
		statement, constraint[0] != '\0' ? " by " : "", constraint, ours ? ": " : "",
		ours ? field(result, PG_DIAG_MESSAGE_PRIMARY) : "");
}
