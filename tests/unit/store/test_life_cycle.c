/* SPDX-License-Identifier: Apache-2.0 */
/* The database's life cycle and names are the model's: every pair of states is tried. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "fixture.h"

static struct fixture fixture;
static PGconn *superuser, *owner;
static char id[APPLICATION_ID_LEN + 1];

static int open_fixture(void **state)
{
	(void)state;
	fixture_open(&fixture, "store_life_cycle");
	fixture_residents(&fixture, 1);
	fixture_approved(&fixture, 1, id);
	owner = fixture_connect(&fixture, "hakko_owner");
	superuser = fixture_connect(&fixture, "postgres");
	/* No triggers for this one: it puts an application into any state. */
	fixture_exec(superuser, "SET session_replication_role = replica");
	fixture_exec(superuser, "INSERT INTO hakko.abandonment VALUES (1, now())");
	return 0;
}

static int close_fixture(void **state)
{
	(void)state;
	PQfinish(owner);
	PQfinish(superuser);
	fixture_close(&fixture);
	return 0;
}

/* Whether the database takes the step. */
static bool step(enum application_state from, enum application_state to)
{
	char sql[512];

	(void)snprintf(sql, sizeof(sql),
		"UPDATE hakko.application SET state = '%s', reservation_id = 1 WHERE id = '%s'",
		application_state_name(from), id);
	fixture_exec(superuser, sql);
	(void)snprintf(sql, sizeof(sql),
		"UPDATE hakko.application SET state = '%s'%s WHERE id = '%s'",
		application_state_name(to), to == APPLICATION_ISSUING ? ", reservation_id = 2" : "",
		id);
	PGresult *result = PQexec(owner, sql);
	bool taken = PQresultStatus(result) == PGRES_COMMAND_OK;
	if (!taken)
		assert_string_equal(PQresultErrorField(result, PG_DIAG_SQLSTATE), "HK003");
	PQclear(result);
	return taken;
}

static void judge_alike(enum application_state from, enum application_state to)
{
	if (step(from, to) != application_step_exists(from, to))
		fail_msg("%s to %s", application_state_name(from), application_state_name(to));
}

static void every_pair_of_states_is_judged_alike(void **state)
{
	(void)state;
	for (int from = APPLICATION_RECEIVED; from <= APPLICATION_DISCARDED; from++) {
		for (int to = APPLICATION_RECEIVED; to <= APPLICATION_DISCARDED; to++)
			judge_alike((enum application_state)from, (enum application_state)to);
	}
}

static void an_open_reservation_is_not_just_dropped(void **state)
{
	(void)state;
	char sql[256];

	fixture_exec(superuser, "DELETE FROM hakko.abandonment");
	assert_false(step(APPLICATION_ISSUING, APPLICATION_APPROVED));
	(void)snprintf(sql, sizeof(sql),
		"UPDATE hakko.application SET state = 'issued', reservation_id = 1 WHERE id = '%s'",
		id);
	fixture_exec(superuser, sql);
	/* The latest reservation changes with the step to issuing only. */
	assert_string_equal(fixture_sql(&fixture, "hakko_front",
				    "UPDATE hakko.application SET state = 'delivered',"
				    " reservation_id = 7"),
		"HK003");
}

/* A constraint's text holds exactly these names, each in quotes. */
static void expect_names(const char *constraint, const char *const *names, int count)
{
	char sql[256];
	char quoted[64];
	const char *definition;
	int quotes = 0;

	(void)snprintf(sql, sizeof(sql),
		"SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = '%s'",
		constraint);
	definition = fixture_value(&fixture, sql);
	for (const char *c = definition; *c != '\0'; c++)
		quotes += *c == '\'';
	for (int i = 0; i < count; i++) {
		(void)snprintf(quoted, sizeof(quoted), "'%s'", names[i]);
		if (strstr(definition, quoted) == NULL)
			fail_msg("%s has no %s", constraint, quoted);
	}
	assert_int_equal(quotes, 2 * count);
}

static void the_names_are_the_models(void **state)
{
	(void)state;
	const char *names[16];
	int count = 0;

	for (int i = APPLICATION_RECEIVED; i <= APPLICATION_DISCARDED; i++)
		names[count++] = application_state_name((enum application_state)i);
	expect_names("application_state_known", names, count);
	count = 0;
	for (int i = LEAF_ISSUANCE; i <= LEAF_CA; i++)
		names[count++] = leaf_kind_name((enum leaf_kind)i);
	expect_names("leaf_kind_known", names, count);
	count = 0;
	for (int i = REVOCATION_UNWANTED; i <= REVOCATION_CARD_LAPSED; i++)
		names[count++] = revocation_cause_text((enum revocation_cause)i)->name;
	expect_names("revocation_cause_known", names, count);
	count = 0;
	for (int i = CLIENT_TERMINAL; i <= CLIENT_VERIFIER; i++)
		names[count++] = client_role_name((enum client_role)i);
	expect_names("client_role_check", names, count);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_pair_of_states_is_judged_alike),
		cmocka_unit_test(an_open_reservation_is_not_just_dropped),
		cmocka_unit_test(the_names_are_the_models),
	};
	return cmocka_run_group_tests(tests, open_fixture, close_fixture);
}
