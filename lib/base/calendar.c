/* SPDX-License-Identifier: Apache-2.0 */
#include "base/calendar.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#define DAYS_IN_400_YEARS 146097
#define DAYS_IN_100_YEARS 36524
#define DAYS_IN_4_YEARS 1461
#define DAYS_IN_YEAR 365
#define MONTHS 12
#define YEAR_MAX 9999
#define EPOCH_DAY 719162 /* days from 0001-01-01 to 1970-01-01 */

/* Days of a common year before each month, and before the next year. */
static const int days_before[MONTHS + 1] = { 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334,
	365 };

/* Quotient rounded towards minus infinity, so that instants before 1970 fall on their day. */
static int64_t floor_div(int64_t number, int64_t divisor)
{
	int64_t quotient = number / divisor;
	return number % divisor < 0 ? quotient - 1 : quotient;
}

static bool is_leap(int64_t year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* Days of the year before `month` (1 to 13). */
static int days_before_month(int64_t year, int month)
{
	return days_before[month - 1] + (month > 2 && is_leap(year) ? 1 : 0);
}

static int days_in_month(int64_t year, int month)
{
	return days_before_month(year, month + 1) - days_before_month(year, month);
}

/* Days from 0001-01-01 to a date. */
static int64_t day_number(struct date date)
{
	int64_t past = (int64_t)date.year - 1;
	return past * DAYS_IN_YEAR + floor_div(past, 4) - floor_div(past, 100) +
		floor_div(past, 400) + days_before_month(date.year, date.month) + date.day - 1;
}

/* The date so many days after 0001-01-01. */
static struct date date_of_number(int64_t number)
{
	int64_t cycles = floor_div(number, DAYS_IN_400_YEARS);
	int64_t left = number - cycles * DAYS_IN_400_YEARS;

	/* The last day of a leap period would begin a fifth century or a fifth year. */
	int64_t centuries = left / DAYS_IN_100_YEARS;
	centuries = centuries > 3 ? 3 : centuries;
	left -= centuries * DAYS_IN_100_YEARS;
	int64_t fours = left / DAYS_IN_4_YEARS;
	left -= fours * DAYS_IN_4_YEARS;
	int64_t ones = left / DAYS_IN_YEAR;
	ones = ones > 3 ? 3 : ones;
	left -= ones * DAYS_IN_YEAR;

	int64_t year = cycles * 400 + centuries * 100 + fours * 4 + ones + 1;
	int month = 1;
	while (left >= days_before_month(year, month + 1))
		month++;
	return (struct date){ (int)year, month, (int)left - days_before_month(year, month) + 1 };
}

bool date_exists(struct date date)
{
	return date.year >= 1 && date.year <= YEAR_MAX && date.month >= 1 && date.month <= MONTHS &&
		date.day >= 1 && date.day <= days_in_month(date.year, date.month);
}

int date_compare(struct date a, struct date b)
{
	if (a.year != b.year)
		return a.year < b.year ? -1 : 1;
	if (a.month != b.month)
		return a.month < b.month ? -1 : 1;
	return (a.day > b.day) - (a.day < b.day);
}

struct date date_add_days(struct date date, int days)
{
	return date_of_number(day_number(date) + days);
}

struct date date_add_months(struct date date, int months)
{
	int64_t month = (int64_t)date.year * MONTHS + (date.month - 1) + months;
	struct date later = { .year = (int)floor_div(month, MONTHS) };
	later.month = (int)(month - (int64_t)later.year * MONTHS) + 1;
	int last = days_in_month(later.year, later.month);
	later.day = date.day < last ? date.day : last;
	return later;
}

struct date date_add_years(struct date date, int years)
{
	struct date later = { date.year + years, date.month, date.day };
	int last = days_in_month(later.year, later.month);
	later.day = later.day < last ? later.day : last;
	return later;
}

struct civil_time utc_of_instant(int64_t instant_at)
{
	int64_t day = floor_div(instant_at, DAY);
	int second = (int)((instant_at - day * DAY) / SECOND);
	return (struct civil_time){
		.date = date_of_number(day + EPOCH_DAY),
		.hour = second / 3600,
		.minute = second / 60 % 60,
		.second = second % 60,
	};
}

static int64_t instant_of_utc(struct civil_time civil)
{
	return (day_number(civil.date) - EPOCH_DAY) * DAY + civil.hour * HOUR +
		civil.minute * MINUTE + civil.second * SECOND;
}

struct civil_time jst_of_instant(int64_t instant_at)
{
	return utc_of_instant(instant_at + JST_OFFSET);
}

int64_t instant_of_jst(struct civil_time civil)
{
	return instant_of_utc(civil) - JST_OFFSET;
}

int64_t day_start_at(struct date date)
{
	return instant_of_jst((struct civil_time){ .date = date });
}

int64_t day_last_second_at(struct date date)
{
	return day_start_at(date) + DAY - SECOND;
}

const char *instant_to_text(int64_t instant_at, char out[INSTANT_TEXT_SIZE])
{
	struct civil_time civil = utc_of_instant(instant_at);
	assert(date_exists(civil.date));
	int fraction = (int)(instant_at - floor_div(instant_at, SECOND) * SECOND);

	int len = snprintf(out, INSTANT_TEXT_SIZE, "%04d-%02d-%02dT%02d:%02d:%02d", civil.date.year,
		civil.date.month, civil.date.day, civil.hour, civil.minute, civil.second);
	assert(len > 0 && len < INSTANT_TEXT_SIZE);
	size_t room = INSTANT_TEXT_SIZE - (size_t)len;
	if (fraction == 0)
		(void)snprintf(out + len, room, "Z");
	else
		(void)snprintf(out + len, room, ".%06dZ", fraction);
	return out;
}

/* Takes one octet if it is `wanted`. */
static bool take(const char **text, char wanted)
{
	if (**text != wanted)
		return false;
	(*text)++;
	return true;
}

/* Takes exactly `count` digits that say a number from `min` to `max`. */
static bool take_number(const char **text, int count, int min, int max, int *ret_number)
{
	int number = 0;
	for (int i = 0; i < count; i++) {
		if ((*text)[i] < '0' || (*text)[i] > '9')
			return false;
		number = number * 10 + ((*text)[i] - '0');
	}
	if (number < min || number > max)
		return false;
	*text += count;
	*ret_number = number;
	return true;
}

static bool take_date(const char **text, struct date *ret_date)
{
	struct date date;
	if (!take_number(text, 4, 1, YEAR_MAX, &date.year) || !take(text, '-') ||
		!take_number(text, 2, 1, MONTHS, &date.month) || !take(text, '-') ||
		!take_number(text, 2, 1, 31, &date.day) || !date_exists(date))
		return false;
	*ret_date = date;
	return true;
}

/* A leap second has no instant of its own and is refused. */
static bool take_time(const char **text, struct civil_time *civil)
{
	return take_number(text, 2, 0, 23, &civil->hour) && take(text, ':') &&
		take_number(text, 2, 0, 59, &civil->minute) && take(text, ':') &&
		take_number(text, 2, 0, 59, &civil->second);
}

/* Takes ".d" to ".dddddd", or nothing. */
static bool take_fraction(const char **text, int64_t *ret_us)
{
	*ret_us = 0;
	if (!take(text, '.'))
		return true;
	int64_t weight = SECOND;
	while (**text >= '0' && **text <= '9') {
		weight /= 10;
		if (weight == 0)
			return false;
		*ret_us += (**text - '0') * weight;
		(*text)++;
	}
	return weight < SECOND;
}

/* Takes "Z" or "+hh:mm" or "-hh:mm". */
static bool take_offset(const char **text, int64_t *ret_us)
{
	*ret_us = 0;
	if (take(text, 'Z') || take(text, 'z'))
		return true;
	int64_t sign = **text == '-' ? -1 : 1;
	int hour, minute;
	if ((!take(text, '+') && !take(text, '-')) || !take_number(text, 2, 0, 23, &hour) ||
		!take(text, ':') || !take_number(text, 2, 0, 59, &minute))
		return false;
	*ret_us = sign * (hour * HOUR + minute * MINUTE);
	return true;
}

int instant_from_text(const char *text, int64_t *ret_at)
{
	struct civil_time civil;
	int64_t fraction_us, offset_us;
	if (!take_date(&text, &civil.date) || (!take(&text, 'T') && !take(&text, 't')) ||
		!take_time(&text, &civil) || !take_fraction(&text, &fraction_us) ||
		!take_offset(&text, &offset_us) || *text != '\0')
		return CALENDAR_BAD;

	int64_t instant_at = instant_of_utc(civil) + fraction_us - offset_us;
	if (!date_exists(utc_of_instant(instant_at).date))
		return CALENDAR_BAD;
	*ret_at = instant_at;
	return 0;
}

const char *date_to_text(struct date date, char out[DATE_TEXT_SIZE])
{
	assert(date_exists(date));
	int len = snprintf(out, DATE_TEXT_SIZE, "%04d-%02d-%02d", date.year, date.month, date.day);
	assert(len == DATE_TEXT_SIZE - 1);
	return out;
}

int date_from_text(const char *text, struct date *ret_date)
{
	struct date date;
	if (!take_date(&text, &date) || *text != '\0')
		return CALENDAR_BAD;
	*ret_date = date;
	return 0;
}
