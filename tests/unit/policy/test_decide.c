/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "policy/decide.h"

/* The rules themselves are shown by tests/cases; here is what no case can say. */

static struct facts ordinary_facts(void)
{
	struct facts facts = {
		.now_at = day_start_at((struct date){ 2015, 9, 1 }) + 10 * HOUR,
		.programme = { .closing_at = PROGRAMME_OPEN_END,
			.validity_years = 3,
			.fee_yen = 500 },
		.municipality = { .code = "12232", .closing_at = PROGRAMME_OPEN_END },
		.resident_known = true,
		.application_known = true,
		.ca_not_after_at = INT64_MAX,
	};

	facts.resident = (struct resident){
		.municipality = "12232",
		.birth = { .year = 1980, .month = 2, .day = 17 },
		.adult_finding = -1,
		.card = { CARD_VALID, "J-1", { 2024, 3, 31 } },
		.present = true,
	};
	facts.application = (struct application){
		.kind = APPLICATION_ISSUANCE,
		.state = APPLICATION_APPROVED,
		.municipality = "12232",
	};
	return facts;
}

static struct visit ordinary_visit(void)
{
	return (struct visit){
		.visit_case = VISIT_APPLICANT_WITH_ID,
		.kind = APPLICATION_ISSUANCE,
		.card_shown = APPLICANT_CARD_JUKI,
		.card_number = "J-1",
		.identity = IDENTITY_PASSPORT,
		.identity_valid_to_on = { 2017, 3, 17 },
		.identity_has_end = true,
	};
}

/* Whatever stood in it before is gone. */
static void test_a_verdict_begins_anew(void **state)
{
	struct facts facts = ordinary_facts();
	struct visit visit = ordinary_visit();
	struct verdict verdict;

	(void)state;
	memset(&verdict, 0x5a, sizeof(verdict));
	policy_open_check(&facts, &visit, &verdict);
	assert_true(verdict_allows(&verdict));
	memset(&verdict, 0x5a, sizeof(verdict));
	policy_sign_check(&facts, KEY_BY_APPLICANT, &verdict);
	assert_true(verdict_allows(&verdict));
	memset(&verdict, 0x5a, sizeof(verdict));
	policy_fee_check(&facts, 500, &verdict);
	assert_true(verdict_allows(&verdict));
	memset(&verdict, 0x5a, sizeof(verdict));
	facts.application_known = false;
	policy_delivery_check(&facts, &verdict);
	assert_int_equal(verdict.count, 1);
	assert_true(verdict_has(&verdict, REFUSAL_NOT_FOUND));
}

/* Facts that nobody filled in refuse every act. */
static void test_empty_facts_allow_nothing(void **state)
{
	struct facts facts = { .now_at = 0 };
	struct visit visit = ordinary_visit();
	struct verdict verdict;

	(void)state;
	policy_open_check(&facts, &visit, &verdict);
	assert_false(verdict_allows(&verdict));
	policy_fee_check(&facts, 0, &verdict);
	assert_false(verdict_allows(&verdict));
	policy_sign_check(&facts, KEY_BY_APPLICANT, &verdict);
	assert_false(verdict_allows(&verdict));
	policy_delivery_check(&facts, &verdict);
	assert_false(verdict_allows(&verdict));
}

/* A value outside its enum is never the allowed one. */
static void test_values_that_cannot_be_are_refused(void **state)
{
	struct facts facts = ordinary_facts();
	struct verdict verdict;

	(void)state;
	facts.application.state = (enum application_state)0;
	policy_sign_check(&facts, KEY_BY_APPLICANT, &verdict);
	assert_true(verdict_has(&verdict, REFUSAL_STATE_CONFLICT));
	policy_delivery_check(&facts, &verdict);
	assert_true(verdict_has(&verdict, REFUSAL_STATE_CONFLICT));

	facts = ordinary_facts();
	facts.application.kind = (enum application_kind)0;
	policy_sign_check(&facts, KEY_BY_APPLICANT, &verdict);
	assert_true(verdict_has(&verdict, REFUSAL_RENEWAL_NOT_OFFERED));

	facts = ordinary_facts();
	facts.resident.card.state = (enum card_state)9;
	policy_sign_check(&facts, KEY_BY_APPLICANT, &verdict);
	assert_true(verdict_has(&verdict, REFUSAL_CARD_LAPSED));

	facts = ordinary_facts();
	policy_sign_check(&facts, (enum key_maker)0, &verdict);
	assert_true(verdict_has(&verdict, REFUSAL_KEY_MAKER));
}

/* However much stands against an opening, the verdict holds all of it. */
static void test_the_longest_verdict_has_room(void **state)
{
	struct facts facts = ordinary_facts();
	struct visit visit = ordinary_visit();
	struct verdict verdict;

	(void)state;
	facts.programme.opening_at = PROGRAMME_OPEN_END;
	facts.programme.closing_at = 0;
	facts.municipality.closing_at = 0;
	facts.resident.present = false;
	facts.resident.ward = true;
	facts.resident.birth.year = 0;
	facts.resident.card.state = CARD_LAPSED;
	facts.has_other_open = true;
	facts.has_live = true;
	facts.live_not_after_at = INT64_MAX;
	visit.identity = IDENTITY_NONE;
	policy_open_check(&facts, &visit, &verdict);
	assert_int_equal(verdict.count, 10);
	assert_true(verdict.count < VERDICT_MAX);

	facts.application.state = APPLICATION_LAPSED;
	facts.application.kind = APPLICATION_ISSUANCE;
	facts.ca_not_after_at = 0;
	facts.key_taken = true;
	policy_sign_check(&facts, KEY_BY_STAFF, &verdict);
	assert_int_equal(verdict.count, 13);
	assert_true(verdict.count < VERDICT_MAX);
}

static void test_the_rules_are_listed_with_their_acts(void **state)
{
	static const char *const acts[] = { "open", "fee", "sign", "delivery" };
	size_t count, next = 0;
	const struct policy_rule *rules = policy_rules(&count);

	(void)state;
	for (size_t i = 0; i < count; i++) {
		if (i == 0 || strcmp(rules[i].act, rules[i - 1].act) != 0) {
			assert_true(next < LENGTH_OF(acts));
			assert_string_equal(rules[i].act, acts[next++]);
		}
		for (size_t k = 0; k < i; k++)
			assert_false(strcmp(rules[k].act, rules[i].act) == 0 &&
				strcmp(rules[k].id, rules[i].id) == 0);
	}
	assert_int_equal(next, LENGTH_OF(acts));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_verdict_begins_anew),
		cmocka_unit_test(test_empty_facts_allow_nothing),
		cmocka_unit_test(test_values_that_cannot_be_are_refused),
		cmocka_unit_test(test_the_longest_verdict_has_room),
		cmocka_unit_test(test_the_rules_are_listed_with_their_acts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
