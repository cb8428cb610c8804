/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "policy/decide.h"

static struct resident born(int year, int month, int day)
{
	return (struct resident){
		.birth = { .year = year, .month = month, .day = day },
		.adult_finding = -1,
	};
}

/* The first day on which the person is 15 or over, found by asking for each. */
static struct date fifteen_from(const struct resident *resident)
{
	struct date on = { resident->birth.year + 14, 1, 1 };

	while (!policy_is_fifteen(resident, on))
		on = date_add_days(on, 1);
	return on;
}

static void assert_fifteen_from(struct resident resident, int year, int month, int day)
{
	struct date from = fifteen_from(&resident);

	assert_int_equal(from.year, year);
	assert_int_equal(from.month, month);
	assert_int_equal(from.day, day);
}

static void test_fifteen_from_the_birthday(void **state)
{
	(void)state;
	assert_fifteen_from(born(2000, 9, 2), 2015, 9, 2);
	assert_fifteen_from(born(2000, 1, 1), 2015, 1, 1);
	assert_fifteen_from(born(1999, 12, 31), 2014, 12, 31);
}

static void test_fifteen_of_those_born_at_the_end_of_february(void **state)
{
	(void)state;
	assert_fifteen_from(born(2000, 2, 28), 2015, 2, 28);
	assert_fifteen_from(born(2000, 2, 29), 2015, 3, 1);
	assert_fifteen_from(born(2000, 3, 1), 2015, 3, 1);
	assert_fifteen_from(born(2001, 2, 28), 2016, 2, 28);
}

static void test_unknown_parts_are_as_late_as_can_be(void **state)
{
	(void)state;
	assert_fifteen_from(born(2000, 9, 0), 2015, 9, 30);
	assert_fifteen_from(born(2000, 2, 0), 2015, 3, 1);
	assert_fifteen_from(born(2001, 2, 0), 2016, 2, 28);
	assert_fifteen_from(born(2000, 12, 0), 2015, 12, 31);
	assert_fifteen_from(born(2000, 0, 0), 2015, 12, 31);
	assert_fifteen_from(born(2000, 0, 7), 2015, 12, 7);
}

/* Each birth date of 28 years: nobody is 15 the day before that day fifteen years later. */
static void test_fifteen_of_every_birth_date(void **state)
{
	struct date birth = { 1990, 1, 1 };

	(void)state;
	for (int i = 0; i < 28 * 365; i++, birth = date_add_days(birth, 1)) {
		struct resident resident = born(birth.year, birth.month, birth.day);
		struct date day = { birth.year + 15, birth.month, birth.day };

		if (!date_exists(day))
			day = (struct date){ birth.year + 15, 3, 1 };
		assert_true(policy_is_fifteen(&resident, day));
		assert_false(policy_is_fifteen(&resident, date_add_days(day, -1)));
	}
}

static void test_an_unknown_year_needs_a_finding(void **state)
{
	struct resident resident = born(0, 0, 0);
	struct date on = { 2015, 9, 1 };

	(void)state;
	assert_false(policy_is_fifteen(&resident, on));
	resident.adult_finding = 0;
	assert_false(policy_is_fifteen(&resident, on));
	resident.adult_finding = 1;
	assert_true(policy_is_fifteen(&resident, on));
	resident.birth.month = 9;
	assert_true(policy_is_fifteen(&resident, on));
}

static struct facts issuing(struct date on)
{
	struct facts facts = {
		.now_at = day_start_at(on) + 10 * HOUR,
		.programme = { .validity_years = 3 },
		.ca_not_after_at = INT64_MAX,
	};

	facts.resident.card.valid_to_on = (struct date){ 2099, 12, 31 };
	return facts;
}

static void test_validity_of_every_day_of_issue(void **state)
{
	struct date on = { 2004, 1, 29 };

	(void)state;
	for (int i = 0; i < 12 * 365; i++, on = date_add_days(on, 1)) {
		struct facts facts = issuing(on);
		struct date anniversary = { on.year + 3, on.month, on.day };

		if (!date_exists(anniversary))
			anniversary = (struct date){ on.year + 3, 3, 1 };
		assert_int_equal(policy_not_after_at(&facts), day_start_at(anniversary) - SECOND);
	}
}

static void test_the_end_is_a_whole_second_in_utc(void **state)
{
	struct facts facts = issuing((struct date){ 2015, 12, 22 });
	char text[INSTANT_TEXT_SIZE];

	(void)state;
	facts.now_at += 123456;
	assert_string_equal(
		instant_to_text(policy_not_after_at(&facts), text), "2018-12-21T14:59:59Z");
}

static void test_the_earliest_end_counts(void **state)
{
	struct facts facts = issuing((struct date){ 2015, 12, 22 });
	char text[INSTANT_TEXT_SIZE];

	(void)state;
	facts.resident.card.valid_to_on = (struct date){ 2017, 5, 31 };
	assert_string_equal(
		instant_to_text(policy_not_after_at(&facts), text), "2017-05-31T14:59:59Z");
	facts.ca_not_after_at = day_last_second_at((struct date){ 2017, 5, 31 }) - SECOND;
	assert_string_equal(
		instant_to_text(policy_not_after_at(&facts), text), "2017-05-31T14:59:58Z");
	facts.ca_not_after_at += 2 * SECOND;
	assert_string_equal(
		instant_to_text(policy_not_after_at(&facts), text), "2017-05-31T14:59:59Z");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fifteen_from_the_birthday),
		cmocka_unit_test(test_fifteen_of_those_born_at_the_end_of_february),
		cmocka_unit_test(test_unknown_parts_are_as_late_as_can_be),
		cmocka_unit_test(test_fifteen_of_every_birth_date),
		cmocka_unit_test(test_an_unknown_year_needs_a_finding),
		cmocka_unit_test(test_validity_of_every_day_of_issue),
		cmocka_unit_test(test_the_end_is_a_whole_second_in_utc),
		cmocka_unit_test(test_the_earliest_end_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
