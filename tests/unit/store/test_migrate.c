/* SPDX-License-Identifier: Apache-2.0 */
/* Migrations: fresh, repeated, older, newer, another text; what a connection refuses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/fault.h"
#include "fixture.h"

static struct fixture fixture;

static int open_fixture(void **state)
{
	(void)state;
	fixture_create_database(&fixture, "store_migrate");
	return 0;
}

static void count(const struct store_migration *migration, void *context)
{
	int *applied = context;
	(*applied)++;
	assert_int_equal(migration->number, *applied);
}

static int migrate(int *ret_applied)
{
	*ret_applied = 0;
	return store_migrate(fixture_conninfo(&fixture, "hakko_owner"), deadline_after_ms(20000),
		count, ret_applied);
}

static int open_as(const char *conninfo, int ms)
{
	struct store *store = NULL;
	int r = store_open(conninfo, STORE_FRONT, deadline_after_ms(ms), &store);
	store_close(store);
	return r;
}

static int open_front(void)
{
	return open_as(fixture_conninfo(&fixture, "hakko_front"), 20000);
}

static void an_empty_database_is_older(void **state)
{
	(void)state;
	assert_int_equal(open_front(), STORE_SCHEMA_OLDER);
}

static void applies_what_is_missing_once(void **state)
{
	(void)state;
	size_t rows;
	int applied;

	(void)store_migrations(&rows);
	assert_int_equal(migrate(&applied), 0);
	assert_int_equal(applied, rows);
	assert_int_equal(open_front(), 0);
	assert_int_equal(migrate(&applied), 0);
	assert_int_equal(applied, 0);
	assert_string_equal(fixture_value(&fixture,
				    "SELECT nspowner::regrole FROM pg_namespace"
				    " WHERE nspname = 'hakko'"),
		"hakko_owner");
}

static void a_newer_schema_is_refused(void **state)
{
	(void)state;
	int applied;

	assert_string_equal(fixture_sql(&fixture, "hakko_owner",
				    "INSERT INTO hakko.migration SELECT max(number) + 1,"
				    " 'later', sha256('') FROM hakko.migration"),
		"");
	assert_int_equal(open_front(), STORE_SCHEMA_NEWER);
	assert_int_equal(migrate(&applied), STORE_SCHEMA_NEWER);
	assert_string_equal(fixture_sql(&fixture, "hakko_owner",
				    "DELETE FROM hakko.migration WHERE name = 'later'"),
		"");
	assert_int_equal(open_front(), 0);
}

static void an_older_schema_is_refused(void **state)
{
	(void)state;
	assert_string_equal(fixture_sql(&fixture, "hakko_owner",
				    "CREATE TABLE public.kept AS SELECT * FROM hakko.migration"
				    " WHERE number = (SELECT max(number) FROM hakko.migration);"
				    "DELETE FROM hakko.migration"
				    " WHERE number = (SELECT max(number) FROM hakko.migration)"),
		"");
	assert_int_equal(open_front(), STORE_SCHEMA_OLDER);
	assert_string_equal(fixture_sql(&fixture, "hakko_owner",
				    "INSERT INTO hakko.migration SELECT * FROM public.kept"),
		"");
	assert_int_equal(open_front(), 0);
}

static void another_text_is_a_contradiction(void **state)
{
	(void)state;
	int applied;

	assert_string_equal(fixture_sql(&fixture, "hakko_owner",
				    "UPDATE hakko.migration SET sha256 = set_byte(sha256, 0,"
				    " get_byte(sha256, 0) # 1) WHERE number = 1"),
		"");
	assert_int_equal(fault_kind(open_front()), FAULT_STATE);
	assert_int_equal(fault_kind(migrate(&applied)), FAULT_STATE);
	assert_string_equal(fixture_sql(&fixture, "hakko_owner",
				    "UPDATE hakko.migration SET sha256 = set_byte(sha256, 0,"
				    " get_byte(sha256, 0) # 1) WHERE number = 1"),
		"");
}

static void everything_has_a_comment(void **state)
{
	(void)state;
	assert_string_equal(
		fixture_value(&fixture,
			"SELECT coalesce(string_agg(c.relname || '.' || coalesce(a.attname, ''),"
			" ' '), '') FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
			" LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0"
			" AND NOT a.attisdropped WHERE n.nspname = 'hakko'"
			" AND c.relkind IN ('r', 'v') AND (obj_description(c.oid, 'pg_class') IS"
			" NULL OR col_description(c.oid, a.attnum) IS NULL)"),
		"");
	assert_string_equal(fixture_value(&fixture,
				    "SELECT coalesce(string_agg(t.typname, ' '), '')"
				    " FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace"
				    " WHERE n.nspname = 'hakko' AND t.typtype = 'd'"
				    " AND obj_description(t.oid, 'pg_type') IS NULL"),
		"");
	assert_string_equal(fixture_value(&fixture,
				    "SELECT coalesce(string_agg(p.proname, ' '), '')"
				    " FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
				    " WHERE n.nspname = 'hakko'"
				    " AND obj_description(p.oid, 'pg_proc') IS NULL"),
		"");
}

static void a_connection_string_holds_no_password(void **state)
{
	(void)state;
	char conninfo[600];

	(void)snprintf(conninfo, sizeof(conninfo), "%s password=x",
		fixture_conninfo(&fixture, "hakko_front"));
	assert_int_equal(fault_kind(open_as(conninfo, 1000)), FAULT_SETTINGS);
	assert_int_equal(fault_kind(open_as("host=", 1000)), FAULT_UNAVAILABLE);
	assert_int_equal(fault_kind(open_as("no such thing", 1000)), FAULT_SETTINGS);
	assert_int_equal(
		fault_kind(open_as("host=/nonexistent dbname=x user=y", 1000)), FAULT_UNAVAILABLE);
}

/* A host that takes a connection and never says a word. */
static int silent_host(char folder[32])
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	(void)snprintf(folder, 32, "/tmp/hakko-silent-XXXXXX");
	assert_non_null(mkdtemp(folder));
	(void)snprintf(address.sun_path, sizeof(address.sun_path), "%s/.s.PGSQL.5432", folder);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(fd, 4), 0);
	return fd;
}

static void a_silent_host_takes_only_its_share(void **state)
{
	(void)state;
	char folder[32];
	char conninfo[600];
	char path[64];

	int fd = silent_host(folder);
	(void)snprintf(conninfo, sizeof(conninfo), "host=%s dbname=x user=y", folder);
	assert_int_equal(fault_kind(open_as(conninfo, 200)), FAULT_TIMEOUT);
	/* "host=a dbname=…" of the fixture becomes the second of two hosts. */
	(void)snprintf(conninfo, sizeof(conninfo), "host=%s,%s", folder,
		fixture_conninfo(&fixture, "hakko_front") + strlen("host="));
	assert_int_equal(open_as(conninfo, 2000), 0);
	(void)snprintf(path, sizeof(path), "%s/.s.PGSQL.5432", folder);
	(void)close(fd);
	(void)unlink(path);
	(void)rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_database_is_older),
		cmocka_unit_test(applies_what_is_missing_once),
		cmocka_unit_test(a_newer_schema_is_refused),
		cmocka_unit_test(an_older_schema_is_refused),
		cmocka_unit_test(another_text_is_a_contradiction),
		cmocka_unit_test(everything_has_a_comment),
		cmocka_unit_test(a_connection_string_holds_no_password),
		cmocka_unit_test(a_silent_host_takes_only_its_share),
	};
	return cmocka_run_group_tests(tests, open_fixture, NULL);
}
