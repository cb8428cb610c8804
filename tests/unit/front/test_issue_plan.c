/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <string.h>

#include "front/issue_plan.h"

#define NOW (INT64_C(1450000000) * SECOND)
#define CODE "12232"

static struct store_issuance issuance;
static struct digest key = { { 1 } }, other_key = { { 2 } };

/* An approved application of a resident with a valid card, ready for its CSR. */
static int setup(void **state)
{
	(void)state;
	memset(&issuance, 0, sizeof(issuance));
	struct facts *facts = &issuance.facts;
	facts->now_at = NOW;
	facts->programme = (struct programme){ 1, 0, NOW + HOUR, 3, 500 };
	facts->municipality.closing_at = PROGRAMME_OPEN_END;
	memcpy(facts->municipality.code, CODE, sizeof(CODE));
	facts->client.role = CLIENT_TERMINAL;
	facts->ca_not_after_at = NOW + 4000 * DAY;
	facts->application_known = true;
	facts->application.kind = APPLICATION_ISSUANCE;
	facts->application.state = APPLICATION_APPROVED;
	facts->application.opened_at = NOW;
	memcpy(facts->application.municipality, CODE, sizeof(CODE));
	facts->resident_known = true;
	facts->resident.present = true;
	memcpy(facts->resident.municipality, CODE, sizeof(CODE));
	facts->resident.birth = (struct birth_date){ ERA_SHOWA, 1980, 2, 17 };
	facts->resident.card = (struct juki_card){ CARD_VALID, "1", { 2020, 1, 1 } };
	return 0;
}

static void make_reserved(int64_t age_us)
{
	issuance.facts.application.state = APPLICATION_ISSUING;
	issuance.reserved = true;
	issuance.reserved_key = key;
	issuance.reservation.id = 7;
	issuance.reservation.reserved_at = NOW - age_us;
}

static struct front_issue_question question(void)
{
	return (struct front_issue_question){
		.issuance = &issuance,
		.key = &key,
		.maker = KEY_BY_APPLICANT,
		.front_now_at = NOW,
		.front_closing_at = NOW + HOUR,
	};
}

static void expect(struct front_issue_question asked, enum front_issue_step step)
{
	struct verdict verdict;
	assert_int_equal(front_issue_plan(&asked, &verdict), step);
	assert_true(verdict_allows(&verdict));
}

static void expect_refusal(struct front_issue_question asked, enum refusal refusal)
{
	struct verdict verdict;
	assert_int_equal(front_issue_plan(&asked, &verdict), FRONT_ISSUE_REFUSE);
	assert_int_equal(verdict.count, 1);
	assert_int_equal(verdict.violations[0].refusal, refusal);
}

static void test_a_new_one_is_reserved(void **state)
{
	(void)state;
	expect(question(), FRONT_ISSUE_RESERVE);
}

static void test_issued_to_this_key(void **state)
{
	(void)state;
	struct front_issue_question asked = question();
	issuance.facts.application.state = APPLICATION_ISSUED;
	issuance.issued = true;
	issuance.issued_key = key;
	expect(asked, FRONT_ISSUE_ANSWER);
	/* Also after the end, and while nothing can be issued (P1a). */
	issuance.facts.now_at = asked.front_now_at = NOW + DAY;
	asked.lacking = REFUSAL_SIGNER_UNAVAILABLE;
	expect(asked, FRONT_ISSUE_ANSWER);
}

static void test_issued_to_another_key(void **state)
{
	(void)state;
	issuance.facts.application.state = APPLICATION_ISSUED;
	issuance.issued = true;
	issuance.issued_key = other_key;
	expect_refusal(question(), REFUSAL_ALREADY_ISSUED_OTHER_KEY);
}

static void test_reserved_for_another_key(void **state)
{
	(void)state;
	make_reserved(SECOND);
	issuance.reserved_key = other_key;
	expect_refusal(question(), REFUSAL_ALREADY_ISSUED_OTHER_KEY);
	make_reserved(HOUR);
	issuance.reserved_key = other_key;
	expect_refusal(question(), REFUSAL_ALREADY_ISSUED_OTHER_KEY);
}

/* Whatever its age the signer is asked first: its journal may hold the answer. */
static void test_reserved_goes_to_the_signer(void **state)
{
	(void)state;
	make_reserved(SECOND);
	expect(question(), FRONT_ISSUE_SIGN);
	make_reserved(DAY);
	expect(question(), FRONT_ISSUE_SIGN);
}

static void test_reserved_before_the_end_goes_to_the_signer_after_it(void **state)
{
	(void)state;
	struct front_issue_question asked = question();
	issuance.facts.now_at = asked.front_now_at = NOW + HOUR;
	make_reserved(SECOND);
	expect(asked, FRONT_ISSUE_SIGN);
}

static void test_stale_waits_for_its_limit(void **state)
{
	(void)state;
	struct front_issue_question asked = question();
	asked.stale_reservation = 7;
	make_reserved(STORE_RESERVATION_LIMIT);
	expect_refusal(asked, REFUSAL_RESERVATION_PENDING);
	make_reserved(STORE_RESERVATION_LIMIT + 1);
	expect(asked, FRONT_ISSUE_RENEW);
}

static void test_another_reservation_is_not_the_stale_one(void **state)
{
	(void)state;
	struct front_issue_question asked = question();
	asked.stale_reservation = 6;
	make_reserved(HOUR);
	expect(asked, FRONT_ISSUE_SIGN);
}

static void test_stale_after_the_end(void **state)
{
	(void)state;
	struct front_issue_question asked = question();
	asked.stale_reservation = 7;
	make_reserved(0);
	issuance.facts.now_at = asked.front_now_at = NOW + HOUR;
	expect_refusal(asked, REFUSAL_PROGRAMME_CLOSED);
}

static void test_either_clock_refuses(void **state)
{
	(void)state;
	struct front_issue_question asked = question();
	asked.front_now_at = NOW + HOUR - 1;
	expect(asked, FRONT_ISSUE_RESERVE);
	asked.front_now_at = NOW + HOUR;
	expect_refusal(asked, REFUSAL_PROGRAMME_CLOSED);
	asked = question();
	issuance.facts.now_at = NOW + HOUR;
	expect_refusal(asked, REFUSAL_PROGRAMME_CLOSED);
}

/* Whatever became of the programme's row: the front knows the end by itself. */
static void test_the_fronts_own_end_refuses(void **state)
{
	(void)state;
	struct front_issue_question asked = question();
	issuance.facts.programme.closing_at = PROGRAMME_OPEN_END;
	issuance.facts.now_at = NOW + HOUR;
	asked.front_now_at = NOW + HOUR - 1;
	expect(asked, FRONT_ISSUE_RESERVE);
	asked.front_now_at = NOW + HOUR;
	expect_refusal(asked, REFUSAL_PROGRAMME_CLOSED);
	asked.stale_reservation = 7;
	make_reserved(0);
	expect_refusal(asked, REFUSAL_PROGRAMME_CLOSED);
}

static void test_lacking_stops_only_what_could_go_on(void **state)
{
	(void)state;
	struct front_issue_question asked = question();
	asked.lacking = REFUSAL_DATABASE_RESTORED;
	expect_refusal(asked, REFUSAL_DATABASE_RESTORED);
	asked.maker = KEY_BY_STAFF;
	expect_refusal(asked, REFUSAL_KEY_MAKER);
	asked = question();
	asked.lacking = REFUSAL_SIGNER_UNAVAILABLE;
	make_reserved(SECOND);
	expect_refusal(asked, REFUSAL_SIGNER_UNAVAILABLE);
}

static void test_who_may_not_ask_learns_nothing(void **state)
{
	(void)state;
	struct front_issue_question asked = question();
	asked.caller_refusal = REFUSAL_CLIENT_SUSPENDED;
	issuance.issued = true;
	issuance.issued_key = key;
	expect_refusal(asked, REFUSAL_CLIENT_SUSPENDED);
	asked = question();
	issuance.facts.application_known = false;
	expect_refusal(asked, REFUSAL_NOT_FOUND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_a_new_one_is_reserved, setup),
		cmocka_unit_test_setup(test_issued_to_this_key, setup),
		cmocka_unit_test_setup(test_issued_to_another_key, setup),
		cmocka_unit_test_setup(test_reserved_for_another_key, setup),
		cmocka_unit_test_setup(test_reserved_goes_to_the_signer, setup),
		cmocka_unit_test_setup(
			test_reserved_before_the_end_goes_to_the_signer_after_it, setup),
		cmocka_unit_test_setup(test_stale_waits_for_its_limit, setup),
		cmocka_unit_test_setup(test_another_reservation_is_not_the_stale_one, setup),
		cmocka_unit_test_setup(test_stale_after_the_end, setup),
		cmocka_unit_test_setup(test_either_clock_refuses, setup),
		cmocka_unit_test_setup(test_the_fronts_own_end_refuses, setup),
		cmocka_unit_test_setup(test_lacking_stops_only_what_could_go_on, setup),
		cmocka_unit_test_setup(test_who_may_not_ask_learns_nothing, setup),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
