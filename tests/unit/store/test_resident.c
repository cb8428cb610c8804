/* SPDX-License-Identifier: Apache-2.0 */
/* Import of residents: all or nothing, every reason with its line, versions and commitments. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/fault.h"
#include "fixture.h"

#define HEADER                                                                                     \
	"municipality,card_number,card_state,card_valid_to,name,name_flags,address,"               \
	"address_flags,era,birth_year,birth_month,birth_day,adult_finding,sex,ward\n"
#define GOOD "12232,c-1,valid,2020-03-31,白井,00,復一,01,3,1980,2,17,,2,0\n"
#define REJECTS 8

static struct fixture fixture;
static struct store_reject rejects[REJECTS];
static size_t rejected;
static int64_t loaded;

static int open_fixture(void **state)
{
	(void)state;
	fixture_open(&fixture, "store_resident");
	return 0;
}

static int close_fixture(void **state)
{
	(void)state;
	fixture_close(&fixture);
	return 0;
}

/* Seven octets at a time, to split characters and lines. */
static int give(void *context, char *out, size_t size, size_t *ret_len)
{
	const char **text = context;
	size_t len = strnlen(*text, 7);
	assert_true(len <= size);
	memcpy(out, *text, len);
	*text += len;
	*ret_len = len;
	return 0;
}

static int give_up(void *context, char *out, size_t size, size_t *ret_len)
{
	(void)context, (void)out, (void)size, (void)ret_len;
	return fault_new(FAULT_IO, "no more paper");
}

static int import(const char *text)
{
	rejected = 0;
	loaded = -1;
	memset(rejects, 0, sizeof(rejects));
	return store_resident_import(
		fixture.owner, give, &text, rejects, REJECTS, &rejected, &loaded);
}

static const char *count_residents(void)
{
	return fixture_value(&fixture, "SELECT count(*) FROM hakko.resident");
}

static void loads_and_commits_to_what_it_loaded(void **state)
{
	(void)state;
	assert_int_equal(import(HEADER GOOD "12232,c-2,none,,李,0,千,0,0,0,0,0,1,3,1\n"), 0);
	assert_int_equal(loaded, 2);
	assert_string_equal(fixture_value(&fixture,
				    "SELECT hakko.resident_record_text(rr)"
				    " FROM hakko.resident r JOIN hakko.resident_record rr"
				    " ON rr.id = r.current_record_id WHERE card_number = 'c-1'"),
		"name=白井\nname_flags=00\naddress=復一\naddress_flags=01\nbirth=319800217\n"
		"adult_finding=\nsex=2\nward=0\n");
	assert_string_equal(
		fixture_value(&fixture,
			"SELECT count(*) FROM hakko.resident_record rr WHERE commitment ="
			" sha256(salt || convert_to(hakko.resident_record_text(rr), 'UTF8'))"),
		"2");
	assert_string_equal(fixture_value(&fixture,
				    "SELECT count(DISTINCT salt)"
				    " FROM hakko.resident_record"),
		"2");
	assert_string_equal(
		fixture_value(&fixture, "SELECT count(*) FROM hakko.resident_import"), "0");
}

static void a_change_is_a_new_version(void **state)
{
	(void)state;
	const char *versions = "SELECT count(*) FROM hakko.resident_record rr JOIN hakko.resident r"
			       " ON r.id = rr.resident_id WHERE r.card_number = 'c-1'";

	assert_int_equal(import(HEADER GOOD), 0);
	assert_string_equal(fixture_value(&fixture, versions), "1");
	assert_int_equal(import(HEADER "12232,c-1,lapsed,2020-03-31,白井,00,復一,01,3,1980,2,17,"
				       ",2,0\n"),
		0);
	assert_string_equal(fixture_value(&fixture, versions), "1");
	assert_string_equal(fixture_value(&fixture,
				    "SELECT card_state FROM hakko.resident"
				    " WHERE card_number = 'c-1'"),
		"lapsed");
	assert_int_equal(import(HEADER "12232,c-1,valid,2020-03-31,白井,00,復二,00,3,1980,2,17,"
				       ",2,0\n"),
		0);
	assert_string_equal(fixture_value(&fixture, versions), "2");
	assert_string_equal(fixture_value(&fixture,
				    "SELECT rr.address FROM hakko.resident r"
				    " JOIN hakko.resident_record rr"
				    " ON rr.id = r.current_record_id WHERE card_number = 'c-1'"),
		"復二");
}

static const struct {
	const char *line, *reason;
} wrong[] = {
	{ "99999,x-1,valid,2020-03-31,白,0,復,0,3,1980,2,17,,2,0\n", "municipality:" },
	{ "12232,x 1,valid,2020-03-31,白,0,復,0,3,1980,2,17,,2,0\n", "card_number:" },
	{ "12232,,valid,2020-03-31,白,0,復,0,3,1980,2,17,,2,0\n", "card_number:" },
	{ "12232,x-1,lost,2020-03-31,白,0,復,0,3,1980,2,17,,2,0\n", "card_state:" },
	{ "12232,x-1,valid,,白,0,復,0,3,1980,2,17,,2,0\n", "card_valid_to:" },
	{ "12232,x-1,valid,2021-02-29,白,0,復,0,3,1980,2,17,,2,0\n", "card_valid_to:" },
	{ "12232,x-1,valid,2020-03-31,,,復,0,3,1980,2,17,,2,0\n", "name:" },
	{ "12232,x-1,valid,2020-03-31,\"白\n\",00,復,0,3,1980,2,17,,2,0\n", "name:" },
	{ "12232,x-1,valid,2020-03-31,白,00,復,0,3,1980,2,17,,2,0\n", "name_flags:" },
	{ "12232,x-1,valid,2020-03-31,白,2,復,0,3,1980,2,17,,2,0\n", "name_flags:" },
	{ "12232,x-1,valid,2020-03-31,白,0,,,3,1980,2,17,,2,0\n", "address:" },
	{ "12232,x-1,valid,2020-03-31,白,0,復,,3,1980,2,17,,2,0\n", "address_flags:" },
	{ "12232,x-1,valid,2020-03-31,白,0,復,0,6,1980,2,17,,2,0\n", "era:" },
	{ "12232,x-1,valid,2020-03-31,白,0,復,0,3,1080,2,17,,2,0\n", "birth_year:" },
	{ "12232,x-1,valid,2020-03-31,白,0,復,0,3,2016,2,17,,2,0\n", "birth_year:" },
	{ "12232,x-1,valid,2020-03-31,白,0,復,0,3,x,2,17,,2,0\n", "birth_year:" },
	{ "12232,x-1,valid,2020-03-31,白,0,復,0,3,1980,13,17,,2,0\n", "birth_month:" },
	{ "12232,x-1,valid,2020-03-31,白,0,復,0,3,1980,2,32,,2,0\n", "birth_day:" },
	{ "12232,x-1,valid,2020-03-31,白,0,復,0,3,1981,2,29,,2,0\n", "birth_day:" },
	{ "12232,x-1,valid,2020-03-31,白,0,復,0,3,1980,2,17,y,2,0\n", "adult_finding:" },
	{ "12232,x-1,valid,2020-03-31,白,0,復,0,3,1980,2,17,,4,0\n", "sex:" },
	{ "12232,x-1,valid,2020-03-31,白,0,復,0,3,1980,2,17,,2,\n", "ward:" },
};

static void every_wrong_line_is_named(void **state)
{
	(void)state;
	char text[1024];

	for (size_t i = 0; i < LENGTH_OF(wrong); i++) {
		char before[32];
		(void)snprintf(before, sizeof(before), "%s", count_residents());
		(void)snprintf(text, sizeof(text),
			HEADER "12232,y-1,none,,白,0,復,0,3,1980,2,17,,2,0\n%s", wrong[i].line);
		assert_int_equal(import(text), STORE_STALE);
		if (rejected != 1 || rejects[0].line != 2 ||
			strncmp(rejects[0].reason, wrong[i].reason, strlen(wrong[i].reason)) != 0)
			fail_msg("%s: %zu, line %ld: %s", wrong[i].line, rejected,
				(long)rejects[0].line, rejects[0].reason);
		assert_string_equal(count_residents(), before);
	}
}

static void who_comes_twice_is_refused_twice(void **state)
{
	(void)state;
	assert_int_equal(import(HEADER GOOD GOOD), STORE_STALE);
	assert_int_equal(rejected, 2);
	assert_int_equal(rejects[0].line, 1);
	assert_int_equal(rejects[1].line, 2);
}

static void no_more_rejects_than_there_is_room_for(void **state)
{
	(void)state;
	const char *text = HEADER GOOD GOOD GOOD;

	assert_int_equal(
		store_resident_import(fixture.owner, give, &text, rejects, 1, &rejected, &loaded),
		STORE_STALE);
	assert_int_equal(rejected, 1);
	text = HEADER GOOD GOOD;
	assert_int_equal(
		store_resident_import(fixture.owner, give, &text, NULL, 0, &rejected, &loaded),
		STORE_STALE);
	assert_int_equal(rejected, 0);
}

static void what_is_no_such_file_is_refused_without_quoting_it(void **state)
{
	(void)state;
	assert_int_equal(import("name,secret\nx,y\n"), STORE_STALE);
	assert_int_equal(rejected, 1);
	assert_int_equal(rejects[0].line, 0);
	assert_null(strstr(rejects[0].reason, "secret"));
	assert_int_equal(import(HEADER GOOD "12232,x-1\n"), STORE_STALE);
	assert_int_equal(rejects[0].line, 2);
	assert_int_equal(
		import(HEADER "12232,x-1,none,,\xff\xfe,0,復,0,3,1980,2,17,,2,0\n"), STORE_STALE);
	assert_int_equal(rejects[0].line, 1);
	assert_string_equal(rejects[0].reason, "not UTF-8");
	/* The connection is as good as before. */
	assert_int_equal(import(HEADER), 0);
	assert_int_equal(loaded, 0);
}

static void a_reader_that_gives_up_loads_nothing(void **state)
{
	(void)state;
	int r = store_resident_import(
		fixture.owner, give_up, NULL, rejects, REJECTS, &rejected, &loaded);
	assert_int_equal(fault_kind(r), FAULT_IO);
	assert_string_equal(fault_text(), "no more paper");
	assert_true(store_is_open(fixture.owner));
	assert_int_equal(import(HEADER GOOD), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(loads_and_commits_to_what_it_loaded),
		cmocka_unit_test(a_change_is_a_new_version),
		cmocka_unit_test(every_wrong_line_is_named),
		cmocka_unit_test(who_comes_twice_is_refused_twice),
		cmocka_unit_test(no_more_rejects_than_there_is_room_for),
		cmocka_unit_test(what_is_no_such_file_is_refused_without_quoting_it),
		cmocka_unit_test(a_reader_that_gives_up_loads_nothing),
	};
	return cmocka_run_group_tests(tests, open_fixture, close_fixture);
}
