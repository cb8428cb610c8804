/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "signer/check.h"

static int64_t at(const char *text)
{
	int64_t instant_at;
	assert_int_equal(instant_from_text(text, &instant_at), 0);
	return instant_at;
}

static struct signer_limits limits(void)
{
	struct signer_limits made = {
		.closing_at = at("2015-12-22T08:00:00Z"),
		.clock_skew = 2 * SECOND,
		.ca_not_before_at = at("2011-12-31T15:00:00Z"),
		.ca_not_after_at = at("2021-12-31T14:59:59Z"),
		.validity_years = 3,
	};
	memset(made.ca_key.octets, 1, DIGEST_LEN);
	memset(made.profile.octets, 2, DIGEST_LEN);
	return made;
}

/* 2015-12-22 16:59:59.5 JST. */
static struct wire_issue sample(void)
{
	struct wire_issue issue = {
		.reservation = { .id = 1,
			.municipality = "12232",
			.romaji = "Shiroi-shi",
			.serial = { 0x7f },
			.reserved_at = at("2015-12-22T07:59:59.5Z"),
			.not_after_at = at("2018-12-21T14:59:59Z"),
			.cn = "2015122216595912232123A",
			.spki_len = 1 },
		.resident = { .name = "白井　花子",
			.name_flags = "00010",
			.address = "千葉県白井市復",
			.address_flags = "0000001",
			.birth = { ERA_SHOWA, 1980, 2, 17 },
			.sex = SEX_FEMALE },
	};
	memset(issue.reservation.ca_key_id.octets, 1, DIGEST_LEN);
	memset(issue.reservation.profile.octets, 2, DIGEST_LEN);
	return issue;
}

static void test_the_clock(void **state)
{
	(void)state;
	static const struct {
		const char *now, *reserved;
		enum refusal expected;
	} cases[] = {
		/* P1a: the interval is half-open. */
		{ "2015-12-22T07:59:59.999999Z", "2015-12-22T07:59:59Z", REFUSAL_NONE },
		{ "2015-12-22T08:00:00Z", "2015-12-22T07:59:59Z", REFUSAL_PROGRAMME_CLOSED },
		{ "2015-12-22T08:00:01Z", "2015-12-22T07:00:00Z", REFUSAL_PROGRAMME_CLOSED },
		/* 60 seconds, and no more. */
		{ "2015-12-22T07:01:00Z", "2015-12-22T07:00:00Z", REFUSAL_NONE },
		{ "2015-12-22T07:01:00.000001Z", "2015-12-22T07:00:00Z",
			REFUSAL_RESERVATION_STALE },
		{ "2015-12-22T07:01:00Z", "0001-01-01T00:00:00Z", REFUSAL_RESERVATION_STALE },
		/* Other clocks may be ahead by the skew. */
		{ "2015-12-22T07:00:00Z", "2015-12-22T07:00:02Z", REFUSAL_NONE },
		{ "2015-12-22T07:00:00Z", "2015-12-22T07:00:02.000001Z",
			REFUSAL_RESERVATION_AHEAD },
		{ "2015-12-22T07:00:00Z", "9999-12-31T23:59:59Z", REFUSAL_RESERVATION_AHEAD },
	};
	const struct signer_limits judged_by = limits();
	for (size_t i = 0; i < LENGTH_OF(cases); i++) {
		const struct reservation reservation = { .reserved_at = at(cases[i].reserved) };
		assert_int_equal(signer_check_clock(&judged_by, &reservation, at(cases[i].now)),
			cases[i].expected);
	}
	const struct reservation extreme[] = { { .reserved_at = INT64_MAX },
		{ .reserved_at = INT64_MIN } };
	int64_t now_at = at("2015-12-22T07:00:00Z");
	assert_int_equal(
		signer_check_clock(&judged_by, &extreme[0], now_at), REFUSAL_RESERVATION_AHEAD);
	assert_int_equal(
		signer_check_clock(&judged_by, &extreme[1], now_at), REFUSAL_RESERVATION_STALE);
}

/* Days of rules P5, the last one good. */
static void test_the_validity(void **state)
{
	(void)state;
	static const struct {
		const char *reserved, *cn, *last;
	} cases[] = {
		{ "2015-12-22T07:59:59Z", "2015122216595912232123A", "2018-12-21T14:59:59Z" },
		{ "2013-03-01T03:00:00Z", "2013030112000012232123A", "2016-02-29T14:59:59Z" },
		{ "2013-02-28T03:00:00Z", "2013022812000012232123A", "2016-02-27T14:59:59Z" },
		{ "2012-02-29T03:00:00Z", "2012022912000012232123A", "2015-02-28T14:59:59Z" },
		/* JST days: 15:00Z is the next one. */
		{ "2013-02-28T15:00:00Z", "2013030100000012232123A", "2016-02-29T14:59:59Z" },
	};
	const struct signer_limits judged_by = limits();
	for (size_t i = 0; i < LENGTH_OF(cases); i++) {
		struct wire_issue issue = sample();
		struct reservation *reservation = &issue.reservation;
		reservation->reserved_at = at(cases[i].reserved);
		reservation->not_after_at = at(cases[i].last);
		(void)snprintf(reservation->cn, sizeof(reservation->cn), "%s", cases[i].cn);
		assert_int_equal(signer_check_fields(&judged_by, reservation, &issue.resident),
			REFUSAL_NONE);
		reservation->not_after_at += SECOND;
		assert_int_equal(signer_check_fields(&judged_by, reservation, &issue.resident),
			REFUSAL_VALIDITY_OUTSIDE);
		reservation->not_after_at -= 30 * DAY; /* a card's earlier end */
		assert_int_equal(signer_check_fields(&judged_by, reservation, &issue.resident),
			REFUSAL_NONE);
	}
}

static void test_the_validity_ends_with_the_ca(void **state)
{
	(void)state;
	struct wire_issue issue = sample();
	struct reservation *reservation = &issue.reservation;
	struct signer_limits judged_by = limits();
	judged_by.ca_not_after_at = reservation->not_after_at - SECOND;
	assert_int_equal(signer_check_fields(&judged_by, reservation, &issue.resident),
		REFUSAL_VALIDITY_OUTSIDE);
	judged_by = limits();
	judged_by.ca_not_before_at = reservation->reserved_at;
	assert_int_equal(signer_check_fields(&judged_by, reservation, &issue.resident),
		REFUSAL_VALIDITY_OUTSIDE);
	judged_by.ca_not_before_at -= SECOND / 2;
	assert_int_equal(
		signer_check_fields(&judged_by, reservation, &issue.resident), REFUSAL_NONE);
	static const int64_t impossible[] = { INT64_MIN, -1, INT64_MAX };
	for (size_t i = 0; i < LENGTH_OF(impossible); i++) {
		reservation->reserved_at = impossible[i];
		assert_int_equal(signer_check_fields(&judged_by, reservation, &issue.resident),
			REFUSAL_VALIDITY_OUTSIDE);
	}
}

static void set_name(struct wire_issue *issue, const char *name)
{
	(void)snprintf(issue->resident.name, sizeof(issue->resident.name), "%s", name);
}

/* Each changes one thing of a good reservation. */
static void no_change(struct wire_issue *issue)
{
	(void)issue;
}
static void other_ca(struct wire_issue *issue)
{
	issue->reservation.ca_key_id.octets[31] ^= 1;
}
static void other_profile(struct wire_issue *issue)
{
	issue->reservation.profile.octets[31] ^= 1;
}
static void validity_backward(struct wire_issue *issue)
{
	issue->reservation.not_after_at = at("2015-12-22T07:59:59Z");
}
static void validity_fraction(struct wire_issue *issue)
{
	issue->reservation.not_after_at -= 1;
}
static void serial_negative(struct wire_issue *issue)
{
	issue->reservation.serial[0] = 0x80;
}
static void serial_zero(struct wire_issue *issue)
{
	issue->reservation.serial[0] = 0;
}
static void serial_small(struct wire_issue *issue)
{
	issue->reservation.serial[0] = 0;
	issue->reservation.serial[15] = 1;
}
static void id_zero(struct wire_issue *issue)
{
	issue->reservation.id = 0;
}
static void key_none(struct wire_issue *issue)
{
	issue->reservation.spki_len = 0;
}
static void cn_second(struct wire_issue *issue)
{
	issue->reservation.cn[13] = '8';
}
static void cn_municipality(struct wire_issue *issue)
{
	issue->reservation.cn[18] = '3';
}
static void cn_digit(struct wire_issue *issue)
{
	issue->reservation.cn[20] = 'B';
}
static void cn_letter(struct wire_issue *issue)
{
	issue->reservation.cn[22] = 'a';
}
static void cn_short(struct wire_issue *issue)
{
	issue->reservation.cn[22] = '\0';
}
static void municipality_short(struct wire_issue *issue)
{
	issue->reservation.municipality[4] = '\0';
}
static void municipality_letter(struct wire_issue *issue)
{
	issue->reservation.municipality[4] = 'x';
	issue->reservation.cn[18] = 'x';
}
static void romaji_none(struct wire_issue *issue)
{
	issue->reservation.romaji[0] = '\0';
}
static void romaji_control(struct wire_issue *issue)
{
	issue->reservation.romaji[0] = '\n';
}
static void name_none(struct wire_issue *issue)
{
	issue->resident.name[0] = '\0';
	issue->resident.name_flags[0] = '\0';
}
static void name_cut(struct wire_issue *issue)
{
	issue->resident.name[strlen(issue->resident.name) - 1] = '\0';
}
static void name_control(struct wire_issue *issue)
{
	set_name(issue, "a\x01 bc");
}
static void name_overlong(struct wire_issue *issue)
{
	set_name(issue, "abcd\xc0\x80");
}
static void name_surrogate(struct wire_issue *issue)
{
	set_name(issue, "abcd\xed\xa0\x80");
}
static void name_c1(struct wire_issue *issue)
{
	set_name(issue, "abcd\xc2\x80");
}
static void name_beyond(struct wire_issue *issue)
{
	set_name(issue, "abcd\xf4\x90\x80\x80");
}
static void name_plane2(struct wire_issue *issue)
{
	set_name(issue, "abcd\xf0\xa0\xae\xb7");
}
static void name_too_long(struct wire_issue *issue)
{
	memset(issue->resident.name, 'a', RESIDENT_CHARACTERS_MAX + 1);
	issue->resident.name[RESIDENT_CHARACTERS_MAX + 1] = '\0';
	memset(issue->resident.name_flags, '0', RESIDENT_CHARACTERS_MAX);
}
static void flags_short(struct wire_issue *issue)
{
	issue->resident.name_flags[4] = '\0';
}
static void flags_other(struct wire_issue *issue)
{
	issue->resident.address_flags[6] = '2';
}
static void birth_unknown(struct wire_issue *issue)
{
	issue->resident.birth = (struct birth_date){ ERA_UNKNOWN, 0, 0, 0 };
}
static void birth_no_day(struct wire_issue *issue)
{
	issue->resident.birth.day = 0;
}
static void birth_impossible(struct wire_issue *issue)
{
	issue->resident.birth.day = 30;
}

static void test_the_fields(void **state)
{
	(void)state;
	static const struct {
		void (*change)(struct wire_issue *issue);
		enum refusal expected;
	} cases[] = {
		{ no_change, REFUSAL_NONE },
		{ other_ca, REFUSAL_CA_KEY_OTHER },
		{ other_profile, REFUSAL_PROFILE_OTHER },
		{ validity_backward, REFUSAL_VALIDITY_OUTSIDE },
		{ validity_fraction, REFUSAL_VALIDITY_OUTSIDE },
		{ serial_negative, REFUSAL_FIELDS_INVALID },
		{ serial_zero, REFUSAL_FIELDS_INVALID },
		{ serial_small, REFUSAL_NONE },
		{ id_zero, REFUSAL_FIELDS_INVALID },
		{ key_none, REFUSAL_FIELDS_INVALID },
		{ cn_second, REFUSAL_FIELDS_INVALID },
		{ cn_municipality, REFUSAL_FIELDS_INVALID },
		{ cn_digit, REFUSAL_FIELDS_INVALID },
		{ cn_letter, REFUSAL_FIELDS_INVALID },
		{ cn_short, REFUSAL_FIELDS_INVALID },
		{ municipality_short, REFUSAL_FIELDS_INVALID },
		{ municipality_letter, REFUSAL_FIELDS_INVALID },
		{ romaji_none, REFUSAL_FIELDS_INVALID },
		{ romaji_control, REFUSAL_FIELDS_INVALID },
		{ name_none, REFUSAL_FIELDS_INVALID },
		{ name_cut, REFUSAL_FIELDS_INVALID },
		{ name_control, REFUSAL_FIELDS_INVALID },
		{ name_overlong, REFUSAL_FIELDS_INVALID },
		{ name_surrogate, REFUSAL_FIELDS_INVALID },
		{ name_c1, REFUSAL_FIELDS_INVALID },
		{ name_beyond, REFUSAL_FIELDS_INVALID },
		{ name_plane2, REFUSAL_NONE },
		{ name_too_long, REFUSAL_FIELDS_INVALID },
		{ flags_short, REFUSAL_FIELDS_INVALID },
		{ flags_other, REFUSAL_FIELDS_INVALID },
		{ birth_unknown, REFUSAL_NONE },
		{ birth_no_day, REFUSAL_NONE },
		{ birth_impossible, REFUSAL_FIELDS_INVALID },
	};
	const struct signer_limits judged_by = limits();
	for (size_t i = 0; i < LENGTH_OF(cases); i++) {
		struct wire_issue issue = sample();
		cases[i].change(&issue);
		enum refusal refusal = signer_check_fields(
			&judged_by, &issue.reservation, &issue.resident);
		if (refusal != cases[i].expected)
			print_error("case %zu\n", i);
		assert_int_equal(refusal, cases[i].expected);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_clock),
		cmocka_unit_test(test_the_validity),
		cmocka_unit_test(test_the_validity_ends_with_the_ca),
		cmocka_unit_test(test_the_fields),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
