/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>

#include "base/calendar.h"
#include "policy/decide.h"

#define FULL_AGE 15 /* years from which a person applies alone (A10) */

/* The birth date, unknown parts as late as they can be. */
static struct date latest_birth(const struct birth_date *birth)
{
	struct date date = { birth->year, birth->month, birth->day };

	if (date.month == 0)
		date.month = 12;
	if (date.day == 0) {
		struct date first = { date.year, date.month, 1 };

		date.day = date_add_days(date_add_months(first, 1), -1).day;
	}
	return date;
}

/*
 * The age law: a year of age is complete when the day before the birthday ends. Whoever was born on
 * 29 February is a year older from 1 March where that day is missing.
 */
bool policy_is_fifteen(const struct resident *resident, struct date on)
{
	struct date birth, from;

	if (resident->birth.year == 0)
		return resident->adult_finding > 0;
	birth = latest_birth(&resident->birth);
	from = date_add_years(birth, FULL_AGE);
	if (from.day != birth.day)
		from = date_add_days(from, 1);
	return date_compare(on, from) >= 0;
}

/* The day before the anniversary; where there is none, 28 February. */
static struct date last_day(struct date issued_on, int years)
{
	struct date anniversary = date_add_years(issued_on, years);

	if (anniversary.day != issued_on.day)
		return anniversary;
	return date_add_days(anniversary, -1);
}

int64_t policy_not_after_at(const struct facts *facts)
{
	struct date card_to_on = facts->resident.card.valid_to_on;
	struct date last_on = last_day(
		jst_of_instant(facts->now_at).date, facts->programme.validity_years);
	int64_t not_after_at;

	assert(date_exists(card_to_on));
	if (date_compare(card_to_on, last_on) < 0)
		last_on = card_to_on;
	not_after_at = day_last_second_at(last_on);
	return not_after_at < facts->ca_not_after_at ? not_after_at : facts->ca_not_after_at;
}
