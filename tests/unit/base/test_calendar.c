/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "base/calendar.h"

static struct date date(int year, int month, int day)
{
	return (struct date){ year, month, day };
}

static void assert_date(struct date got, int year, int month, int day)
{
	assert_int_equal(got.year, year);
	assert_int_equal(got.month, month);
	assert_int_equal(got.day, day);
}

/* The day after, by the rule a child learns and not by day numbers. */
static struct date tomorrow(struct date day)
{
	static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = day.year % 400 == 0 || (day.year % 4 == 0 && day.year % 100 != 0);
	int length = day.month == 2 && leap ? 29 : lengths[day.month - 1];
	if (day.day < length)
		return date(day.year, day.month, day.day + 1);
	return day.month < 12 ? date(day.year, day.month + 1, 1) : date(day.year + 1, 1, 1);
}

/* Every day of the years 1 to 9999, once. */
static void test_every_day_follows_the_day_before(void **state)
{
	(void)state;
	const int64_t first_at = INT64_C(-62135596800) * SECOND; /* of 0001-01-01T00:00:00Z */
	int64_t day_at = first_at;
	int number = 0;
	for (struct date day = date(1, 1, 1); day.year <= 9999; day = tomorrow(day)) {
		struct civil_time utc = utc_of_instant(day_at);
		if (!date_exists(day) || date_compare(utc.date, day) != 0 || utc.hour != 0 ||
			date_compare(date_add_days(date(1, 1, 1), number), day) != 0 ||
			day_start_at(day) != day_at - JST_OFFSET)
			fail_msg("%04d-%02d-%02d", day.year, day.month, day.day);
		day_at += DAY;
		number++;
	}
	assert_int_equal(number, 3652059); /* date.max.toordinal() in Python */
	assert_int_equal(day_at, INT64_C(253402300800) * SECOND);
}

/* Instants anywhere against the C library's own arithmetic. */
static void test_instants_as_the_c_library_has_them(void **state)
{
	(void)state;
	unsigned int seed = 20151222;
	print_message("seed %u\n", seed);
	for (int i = 0; i < 200000; i++) {
		int64_t random = (int64_t)rand_r(&seed) << 31 | rand_r(&seed);
		int64_t at = (random % INT64_C(315537897600) - INT64_C(62135596800)) * SECOND +
			rand_r(&seed) % SECOND;
		time_t second = at / SECOND - (at % SECOND < 0 ? 1 : 0);
		struct tm tm;
		assert_non_null(gmtime_r(&second, &tm));
		struct civil_time utc = utc_of_instant(at);
		assert_date(utc.date, tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
		assert_int_equal(utc.hour, tm.tm_hour);
		assert_int_equal(utc.minute, tm.tm_min);
		assert_int_equal(utc.second, tm.tm_sec);

		int64_t back_at = 0;
		char text[INSTANT_TEXT_SIZE];
		assert_int_equal(instant_from_text(instant_to_text(at, text), &back_at), 0);
		assert_int_equal(back_at, at);
	}
}

static void test_dates_that_exist(void **state)
{
	(void)state;
	assert_true(date_exists(date(2000, 2, 29)));
	assert_true(date_exists(date(2016, 2, 29)));
	assert_true(date_exists(date(9999, 12, 31)));
	assert_false(date_exists(date(1900, 2, 29)));
	assert_false(date_exists(date(2015, 2, 29)));
	assert_false(date_exists(date(2015, 4, 31)));
	assert_false(date_exists(date(2015, 13, 1)));
	assert_false(date_exists(date(2015, 0, 1)));
	assert_false(date_exists(date(2015, 1, 0)));
	assert_false(date_exists(date(0, 1, 1)));
	assert_false(date_exists(date(10000, 1, 1)));
	assert_false(date_exists(date(-4, 2, 29)));
}

static void test_order_of_dates(void **state)
{
	(void)state;
	const struct date days[] = { date(2014, 12, 31), date(2015, 1, 31), date(2015, 2, 1),
		date(2015, 2, 2), date(2016, 1, 1) };
	for (size_t i = 0; i < LENGTH_OF(days); i++)
		for (size_t j = 0; j < LENGTH_OF(days); j++) {
			int order = date_compare(days[i], days[j]);
			assert_int_equal((order > 0) - (order < 0), (i > j) - (i < j));
		}
}

static void test_days_months_and_years_later(void **state)
{
	(void)state;
	assert_date(date_add_days(date(2016, 2, 28), 1), 2016, 2, 29);
	assert_date(date_add_days(date(2016, 3, 1), -1), 2016, 2, 29);
	assert_date(date_add_days(date(2015, 12, 22), 3653), 2025, 12, 22);
	assert_date(date_add_days(date(1970, 1, 1), -719162), 1, 1, 1);

	assert_date(date_add_months(date(2015, 1, 31), 1), 2015, 2, 28);
	assert_date(date_add_months(date(2016, 1, 31), 1), 2016, 2, 29);
	assert_date(date_add_months(date(2015, 12, 15), 1), 2016, 1, 15);
	assert_date(date_add_months(date(2015, 1, 15), -1), 2014, 12, 15);
	assert_date(date_add_months(date(2015, 3, 31), -13), 2014, 2, 28);
	assert_date(date_add_months(date(2015, 12, 31), 0), 2015, 12, 31);
	assert_date(date_add_months(date(2015, 8, 31), 25), 2017, 9, 30);

	assert_date(date_add_years(date(2016, 2, 29), 3), 2019, 2, 28);
	assert_date(date_add_years(date(2016, 2, 29), 4), 2020, 2, 29);
	assert_date(date_add_years(date(2016, 2, 29), -1), 2015, 2, 28);
	assert_date(date_add_years(date(2015, 12, 22), 10), 2025, 12, 22);
	assert_false(date_exists(date_add_years(date(9999, 1, 1), 1)));
	assert_false(date_exists(date_add_days(date(1, 1, 1), -1)));
}

static void test_the_day_in_japan(void **state)
{
	(void)state;
	struct date closing = date(2015, 12, 22);
	char text[INSTANT_TEXT_SIZE];
	assert_string_equal(instant_to_text(day_start_at(closing), text), "2015-12-21T15:00:00Z");
	assert_string_equal(
		instant_to_text(day_last_second_at(closing), text), "2015-12-22T14:59:59Z");
	struct civil_time last = jst_of_instant(day_start_at(closing) - 1);
	assert_date(last.date, 2015, 12, 21);
	assert_int_equal(last.hour * 10000 + last.minute * 100 + last.second, 235959);
	struct civil_time first = jst_of_instant(day_start_at(closing));
	assert_date(first.date, 2015, 12, 22);
	assert_int_equal(first.hour + first.minute + first.second, 0);
	struct civil_time five = { closing, 17, 0, 0 };
	assert_int_equal(instant_of_jst(five), INT64_C(1450771200) * SECOND);
}

static void test_texts_of_instants(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int64_t at;
	} good[] = {
		{ "1970-01-01T00:00:00Z", 0 },
		{ "1969-12-31T23:59:59.999999Z", -1 },
		{ "2015-12-22T17:00:00+09:00", INT64_C(1450771200000000) },
		{ "2015-12-22t08:00:00z", INT64_C(1450771200000000) },
		{ "2015-12-22T07:59:59.5Z", INT64_C(1450771199500000) },
		{ "2015-12-22T07:59:59.000001-00:00", INT64_C(1450771199000001) },
		{ "2015-12-21T20:29:00-11:31", INT64_C(1450771200000000) },
		{ "0001-01-01T00:00:00Z", INT64_C(-62135596800000000) },
		{ "9999-12-31T23:59:59.999999Z", INT64_C(253402300799999999) },
	};
	for (size_t i = 0; i < LENGTH_OF(good); i++) {
		int64_t at = 42;
		assert_int_equal(instant_from_text(good[i].text, &at), 0);
		assert_int_equal(at, good[i].at);
	}
	char text[INSTANT_TEXT_SIZE];
	assert_string_equal(instant_to_text(-1, text), "1969-12-31T23:59:59.999999Z");
	assert_string_equal(instant_to_text(0, text), "1970-01-01T00:00:00Z");
}

static void test_texts_that_are_no_instants(void **state)
{
	(void)state;
	static const char *const bad[] = { "", "2015", "2015-12-22", "2015-12-22T17:00Z",
		"2015-12-22 17:00:00Z", "2015-12-22T17:00:00", "2015-12-22T17:00:00+0900",
		"2015-12-22T17:00:00+09", "2015-12-22T17:00:00+24:00", "2015-12-22T17:00:00+09:60",
		"2015-12-22T17:00:00.Z", "2015-12-22T17:00:00.1234567Z", "2015-12-22T17:00:00,5Z",
		"2015-12-22T24:00:00Z", "2015-12-22T23:60:00Z", "2016-12-31T23:59:60Z",
		"2015-02-29T00:00:00Z", "2015-13-01T00:00:00Z", "2015-00-01T00:00:00Z",
		"2015-01-00T00:00:00Z", "0000-12-31T00:00:00Z", "0001-01-01T00:00:00+00:01",
		"9999-12-31T23:59:59-00:01", "10000-01-01T00:00:00Z", "-2015-12-22T17:00:00Z",
		"+2015-12-22T17:00:00Z", " 2015-12-22T17:00:00Z", "2015-12-22T17:00:00Z ",
		"2015-12-22T17:00:00ZZ", "2015-1-22T17:00:00Z", "2015-12-22T 7:00:00Z",
		"2015-12-22T17:00:00-+09:00", "2015-12-22T17:00:00++09:00" };
	for (size_t i = 0; i < LENGTH_OF(bad); i++) {
		int64_t at = 42;
		if (instant_from_text(bad[i], &at) != CALENDAR_BAD)
			fail_msg("taken: %s", bad[i]);
		assert_int_equal(at, 42);
	}
}

static void test_texts_of_dates(void **state)
{
	(void)state;
	struct date day = date(1, 2, 3);
	static const char *const bad[] = { "", "2015-12", "2015-12-22Z", "2015-12-32", "2015-2-2",
		"2015/12/22", "15-12-22", "0000-01-01", "2015-02-29", " 2015-12-22" };
	for (size_t i = 0; i < LENGTH_OF(bad); i++)
		assert_int_equal(date_from_text(bad[i], &day), CALENDAR_BAD);
	assert_date(day, 1, 2, 3);
	assert_int_equal(date_from_text("2015-12-22", &day), 0);
	assert_date(day, 2015, 12, 22);
	char text[DATE_TEXT_SIZE];
	assert_string_equal(date_to_text(date(987, 6, 5), text), "0987-06-05");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_day_follows_the_day_before),
		cmocka_unit_test(test_instants_as_the_c_library_has_them),
		cmocka_unit_test(test_dates_that_exist),
		cmocka_unit_test(test_order_of_dates),
		cmocka_unit_test(test_days_months_and_years_later),
		cmocka_unit_test(test_the_day_in_japan),
		cmocka_unit_test(test_texts_of_instants),
		cmocka_unit_test(test_texts_that_are_no_instants),
		cmocka_unit_test(test_texts_of_dates),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
