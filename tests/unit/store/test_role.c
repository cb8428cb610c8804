/* SPDX-License-Identifier: Apache-2.0 */
/* What each role of the database may not do, by SQL as that role. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "fixture.h"

#define DENIED "42501"
#define RECORDED "HK004" /* L2: not even the owner */

static struct fixture fixture;
static struct reservation issued;

static int open_fixture(void **state)
{
	(void)state;
	fixture_open(&fixture, "store_role");
	fixture_residents(&fixture, 2);
	fixture_issue(&fixture, 1, &issued);
	return 0;
}

static int close_fixture(void **state)
{
	(void)state;
	fixture_close(&fixture);
	return 0;
}

static const struct {
	const char *role, *sql, *sqlstate;
} attempts[] = {
	/* The front records; it changes and deletes nothing that is recorded. */
	{ "hakko_front", "UPDATE hakko.leaf SET detail = 'x'", DENIED },
	{ "hakko_front", "DELETE FROM hakko.leaf", DENIED },
	{ "hakko_front", "UPDATE hakko.reservation SET not_after_at = now()", DENIED },
	{ "hakko_front", "DELETE FROM hakko.reservation", DENIED },
	{ "hakko_front", "UPDATE hakko.certificate SET der = 'x'", DENIED },
	{ "hakko_front", "DELETE FROM hakko.certificate", DENIED },
	{ "hakko_front", "UPDATE hakko.revocation SET cause = 'unwanted'", DENIED },
	{ "hakko_front", "DELETE FROM hakko.revocation", DENIED },
	{ "hakko_front", "DELETE FROM hakko.abandonment", DENIED },
	{ "hakko_front", "DELETE FROM hakko.certified_key", DENIED },
	{ "hakko_front", "DELETE FROM hakko.application", DENIED },
	{ "hakko_front", "UPDATE hakko.application SET opened_at = now()", DENIED },
	{ "hakko_front", "UPDATE hakko.fee SET amount_yen = 0", DENIED },
	{ "hakko_front", "DELETE FROM hakko.delivery", DENIED },
	{ "hakko_front", "DELETE FROM hakko.resident_record", DENIED },
	{ "hakko_front", "UPDATE hakko.resident_record SET name = 'x'", DENIED },
	{ "hakko_front", "TRUNCATE hakko.leaf", DENIED },
	{ "hakko_front", "INSERT INTO hakko.leaf (id) OVERRIDING SYSTEM VALUE VALUES (9)", DENIED },
	{ "hakko_front", "INSERT INTO hakko.leaf (xid) VALUES ('1')", DENIED },
	{ "hakko_front", "SELECT nextval('hakko.leaf_id_seq')", DENIED },
	{ "hakko_front", "DELETE FROM hakko.reading", DENIED },
	{ "hakko_front", "SELECT * FROM hakko.reading", DENIED },
	/* It knows residents and locks them; who they are comes from the owner's import alone. */
	{ "hakko_front", "SELECT FROM hakko.resident FOR NO KEY UPDATE", "" },
	{ "hakko_front", "INSERT INTO hakko.resident DEFAULT VALUES", DENIED },
	{ "hakko_front", "DELETE FROM hakko.resident", DENIED },
	{ "hakko_front", "TRUNCATE hakko.resident", DENIED },
	{ "hakko_front", "UPDATE hakko.resident SET card_number = 'x'", DENIED },
	{ "hakko_front", "UPDATE hakko.resident SET municipality = '12211'", DENIED },
	{ "hakko_front", "UPDATE hakko.resident SET card_state = 'valid'", DENIED },
	{ "hakko_front", "UPDATE hakko.resident SET card_valid_to_on = '2030-01-01'", DENIED },
	{ "hakko_front", "UPDATE hakko.resident SET present = true", DENIED },
	{ "hakko_front", "UPDATE hakko.resident SET current_record_id = 1", DENIED },
	{ "hakko_front", "UPDATE hakko.resident SET lock_token = 1", RECORDED },
	{ "hakko_front", "UPDATE hakko.resident SET lock_token = 0", RECORDED },
	{ "hakko_front", "INSERT INTO hakko.resident_record DEFAULT VALUES", DENIED },
	{ "hakko_front", "TRUNCATE hakko.resident_record", DENIED },
	{ "hakko_front", "SELECT nextval('hakko.resident_record_id_seq')", DENIED },
	{ "hakko_front", "SELECT setval('hakko.resident_record_id_seq', 1)", DENIED },
	{ "hakko_front", "SELECT nextval('hakko.resident_id_seq')", DENIED },
	{ "hakko_front", "SELECT * FROM hakko.resident_import", DENIED },
	{ "hakko_front", "INSERT INTO hakko.resident_import DEFAULT VALUES", DENIED },
	{ "hakko_front", "DELETE FROM hakko.resident_import", DENIED },
	{ "hakko_front", "SELECT * FROM hakko.resident_import_typed", DENIED },
	{ "hakko_front", "SELECT * FROM hakko.resident_import_reject", DENIED },
	{ "hakko_front", "SELECT hakko.resident_import_load()", DENIED },
	/* It sets no clock, no programme, no key, no fingerprint, no migration. */
	{ "hakko_front", "UPDATE hakko.system SET clock_offset = '1 s'", DENIED },
	{ "hakko_front", "UPDATE hakko.programme SET closing_at = 'infinity'", DENIED },
	{ "hakko_front", "UPDATE hakko.municipality SET closing_at = 'infinity'", DENIED },
	{ "hakko_front", "INSERT INTO hakko.ca_key (key) VALUES ('x')", DENIED },
	{ "hakko_front", "UPDATE hakko.client SET fingerprint = sha256('')", DENIED },
	{ "hakko_front", "UPDATE hakko.client SET role = 'operator'", DENIED },
	{ "hakko_front", "DELETE FROM hakko.client", DENIED },
	{ "hakko_front", "UPDATE hakko.counter SET value = 0", DENIED },
	{ "hakko_front", "INSERT INTO hakko.crl DEFAULT VALUES", DENIED },
	{ "hakko_front", "INSERT INTO hakko.migration VALUES (99, 'x', sha256(''))", DENIED },
	{ "hakko_front", "ALTER TABLE hakko.leaf DISABLE TRIGGER ALL", DENIED },
	{ "hakko_front", "CREATE TABLE hakko.x ()", DENIED },
	{ "hakko_front", "CREATE TABLE public.x ()", DENIED },
	{ "hakko_front", "CREATE TEMP TABLE x ()", DENIED },
	{ "hakko_front", "SET ROLE hakko_owner", DENIED },
	/* The publisher knows serials, not people. */
	{ "hakko_publish", "SELECT * FROM hakko.resident", DENIED },
	{ "hakko_publish", "SELECT * FROM hakko.resident_record", DENIED },
	{ "hakko_publish", "SELECT * FROM hakko.application", DENIED },
	{ "hakko_publish", "SELECT * FROM hakko.certificate", DENIED },
	{ "hakko_publish", "INSERT INTO hakko.revocation DEFAULT VALUES", DENIED },
	{ "hakko_publish", "INSERT INTO hakko.reservation DEFAULT VALUES", DENIED },
	{ "hakko_publish", "UPDATE hakko.crl SET entries = 0", DENIED },
	{ "hakko_publish", "DELETE FROM hakko.leaf", DENIED },
	{ "hakko_publish", "INSERT INTO hakko.leaf (id) OVERRIDING SYSTEM VALUE VALUES (9)",
		DENIED },
	{ "hakko_publish", "INSERT INTO hakko.leaf (xid) VALUES ('1')", DENIED },
	{ "hakko_publish", "SELECT FROM hakko.resident FOR NO KEY UPDATE", DENIED },
	/* The auditor reads, and its readings stay. */
	{ "hakko_auditor", "INSERT INTO hakko.leaf DEFAULT VALUES", DENIED },
	{ "hakko_auditor", "UPDATE hakko.application SET state = 'issued'", DENIED },
	{ "hakko_auditor", "DELETE FROM hakko.reading", DENIED },
	{ "hakko_auditor",
		"INSERT INTO hakko.reading (role, from_at, to_at, after_id)"
		" VALUES ('postgres', now(), now(), 0)",
		DENIED },
	{ "hakko_auditor", "SELECT * FROM hakko.resident_import", DENIED },
	{ "hakko_auditor", "SELECT * FROM hakko.leaf", "" },
	{ "hakko_auditor", "SELECT * FROM hakko.resident_record", "" },
	{ "hakko_auditor", "SELECT * FROM hakko.certificate", "" },
	/* Nobody's items become another's. */
	{ "hakko_owner",
		"UPDATE hakko.resident SET current_record_id = (SELECT max(current_record_id)"
		" FROM hakko.resident)",
		"23503" },
	{ "hakko_owner", "UPDATE hakko.resident SET lock_token = 1", RECORDED },
	/* L2 binds the owner too. */
	{ "hakko_owner", "UPDATE hakko.leaf SET detail = 'x'", RECORDED },
	{ "hakko_owner", "DELETE FROM hakko.leaf", RECORDED },
	{ "hakko_owner", "TRUNCATE hakko.leaf", RECORDED },
	{ "hakko_owner", "DELETE FROM hakko.reservation", RECORDED },
	{ "hakko_owner", "UPDATE hakko.certificate SET der = 'x'", RECORDED },
	{ "hakko_owner", "DELETE FROM hakko.certified_key", RECORDED },
	{ "hakko_owner", "DELETE FROM hakko.revocation", RECORDED },
	{ "hakko_owner", "DELETE FROM hakko.crl", RECORDED },
	{ "hakko_owner", "UPDATE hakko.reading SET client_id = 0", RECORDED },
	{ "hakko_owner", "DELETE FROM hakko.client", RECORDED },
	{ "hakko_owner", "DELETE FROM hakko.ca_key", RECORDED },
	{ "hakko_owner", "DELETE FROM hakko.system", RECORDED },
	{ "hakko_owner", "UPDATE hakko.system SET kind = 'production'", RECORDED },
};

static void nobody_does_more_than_its_own_job(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH_OF(attempts); i++) {
		const char *sqlstate = fixture_sql(&fixture, attempts[i].role, attempts[i].sql);
		if (strcmp(sqlstate, attempts[i].sqlstate) != 0)
			fail_msg("%s: %s: \"%s\", not \"%s\"", attempts[i].role, attempts[i].sql,
				sqlstate, attempts[i].sqlstate);
	}
}

/* Whoever is none of the four roles sees nothing. */
static void a_stranger_does_not_come_in(void **state)
{
	(void)state;
	assert_string_equal(fixture_value(&fixture,
				    "SELECT has_schema_privilege('public', 'hakko', 'USAGE')::text"
				    " || has_database_privilege('public', current_database(),"
				    " 'CONNECT')::text"),
		"falsefalse");
	assert_string_equal(fixture_value(&fixture,
				    "SELECT count(*) FROM pg_class c, aclexplode(c.relacl) x"
				    " WHERE c.relnamespace = 'hakko'::regnamespace"
				    " AND x.grantee = 0"),
		"0");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nobody_does_more_than_its_own_job),
		cmocka_unit_test(a_stranger_does_not_come_in),
	};
	return cmocka_run_group_tests(tests, open_fixture, close_fixture);
}
