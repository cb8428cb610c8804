/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Civil dates and instants. An instant is a count of microseconds since 1970-01-01T00:00:00Z,
 * int64_t, its name ends in `_at`; civil dates and hours are Japan Standard Time (UTC+9, no
 * summer time), their names end in `_on`. Pure: no clock, no locale, no time zone database.
 * Sums of dates may leave the years 1 to 9999: date_exists() tells. Making texts of such dates
 * and instants is a mistake of the caller's (assert).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"

#define SECOND INT64_C(1000000) /* microseconds */
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)
#define JST_OFFSET (9 * HOUR)

#define CALENDAR_BAD 1       /* outcome: not such a text, or no such date */
#define INSTANT_TEXT_SIZE 28 /* "2015-12-22T07:59:59.123456Z" with terminator */
#define DATE_TEXT_SIZE 11    /* "2015-12-22" with terminator */

struct date {
	int year;  /* 1 to 9999, Gregorian */
	int month; /* 1 to 12 */
	int day;   /* 1 to 31 */
};

struct civil_time {
	struct date date;
	int hour, minute, second;
};

bool date_exists(struct date date);
/* < 0, 0, > 0 as a lies before, on, after b. */
int date_compare(struct date a, struct date b) MUST_CHECK;
struct date date_add_days(struct date date, int days);
/* Same day of the month `months` later (or earlier); where it does not exist, the month's last. */
struct date date_add_months(struct date date, int months);
/* Same month and day `years` later; 29 February becomes 28 February where it does not exist. */
struct date date_add_years(struct date date, int years);

/* The JST wall clock of an instant, and the instant of a JST wall clock. */
struct civil_time jst_of_instant(int64_t instant_at);
int64_t instant_of_jst(struct civil_time civil);
/* 00:00:00 and 23:59:59 JST of a day. */
int64_t day_start_at(struct date date);
int64_t day_last_second_at(struct date date);
struct civil_time utc_of_instant(int64_t instant_at);

/* RFC 3339 in UTC; the fraction (6 digits) is left out where it is zero. */
const char *instant_to_text(int64_t instant_at, char out[INSTANT_TEXT_SIZE]);
/*
 * RFC 3339 with any offset or Z, fraction up to 6 digits, years 1 to 9999 there and in UTC, no
 * leap second; CALENDAR_BAD.
 */
int instant_from_text(const char *text, int64_t *ret_at) MUST_CHECK;
const char *date_to_text(struct date date, char out[DATE_TEXT_SIZE]);
int date_from_text(const char *text, struct date *ret_date) MUST_CHECK; /* CALENDAR_BAD */
