/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "model/application.h"

/* Rules R1 to R8 with their reasons, RFC 5280 5.3.1. */
static const struct revocation_cause_text expected[] = {
	{ REVOCATION_UNWANTED, "unwanted", "R1", 5 },
	{ REVOCATION_COMPROMISE, "compromise", "R2", 1 },
	{ REVOCATION_MOVEMENT, "movement", "R3", 3 },
	{ REVOCATION_INCORRECT, "incorrect", "R4", 3 },
	{ REVOCATION_CA_COMPROMISE, "ca_compromise", "R5", 2 },
	{ REVOCATION_RENEWED, "renewed", "R6", 4 },
	{ REVOCATION_DISCARDED, "discarded", "R7", 0 },
	{ REVOCATION_CARD_LAPSED, "card_lapsed", "R8", 5 },
};

static void test_each_cause_has_its_rule_and_reason(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH_OF(expected); i++) {
		const struct revocation_cause_text *text = revocation_cause_text(expected[i].cause);
		enum revocation_cause back = 0;

		assert_non_null(text);
		assert_int_equal(text->cause, expected[i].cause);
		assert_string_equal(text->name, expected[i].name);
		assert_string_equal(text->rule, expected[i].rule);
		assert_int_equal(text->crl_reason, expected[i].crl_reason);
		assert_int_equal(revocation_cause_from_text(expected[i].name, &back), 0);
		assert_int_equal(back, expected[i].cause);
	}
}

static void test_nothing_else_is_a_cause(void **state)
{
	enum revocation_cause cause = REVOCATION_RENEWED;

	(void)state;
	assert_null(revocation_cause_text((enum revocation_cause)0));
	assert_null(revocation_cause_text((enum revocation_cause)(REVOCATION_CARD_LAPSED + 1)));
	assert_int_equal(revocation_cause_from_text("hold", &cause), REVOCATION_CAUSE_BAD);
	assert_int_equal(revocation_cause_from_text("", &cause), REVOCATION_CAUSE_BAD);
	assert_int_equal(cause, REVOCATION_RENEWED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_cause_has_its_rule_and_reason),
		cmocka_unit_test(test_nothing_else_is_a_cause),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
