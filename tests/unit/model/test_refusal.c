/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include <ctype.h>

#include "model/refusal.h"

static const char *const names[REFUSAL_COUNT] = {
#define REFUSAL(name_, code_, status_, rule_, ja_, en_) [REFUSAL_##name_] = #name_,
#include "model/refusal.def"
#undef REFUSAL
};

static void test_codes_are_the_names_in_lower_case(void **state)
{
	(void)state;
	for (enum refusal i = REFUSAL_NONE + 1; i < REFUSAL_COUNT; i++) {
		const char *code = refusal_text(i)->code;

		assert_int_equal(strlen(code), strlen(names[i]));
		assert_true(strlen(code) <= REFUSAL_CODE_MAX);
		for (size_t k = 0; code[k] != '\0'; k++)
			assert_int_equal(code[k], tolower((unsigned char)names[i][k]));
	}
}

/* Each code finds its own refusal back, so none is used twice. */
static void test_codes_go_there_and_back(void **state)
{
	(void)state;
	for (enum refusal i = REFUSAL_NONE + 1; i < REFUSAL_COUNT; i++) {
		enum refusal back = REFUSAL_NONE;

		assert_int_equal(refusal_from_text(refusal_text(i)->code, &back), 0);
		assert_int_equal(back, i);
	}
}

static void test_another_code_is_no_refusal(void **state)
{
	enum refusal refusal = REFUSAL_ROLE;

	(void)state;
	assert_int_equal(refusal_from_text("", &refusal), REFUSAL_BAD);
	assert_int_equal(refusal_from_text("ROLE", &refusal), REFUSAL_BAD);
	assert_int_equal(refusal_from_text("programme_closed ", &refusal), REFUSAL_BAD);
	assert_int_equal(refusal, REFUSAL_ROLE);
}

static void test_statuses_are_the_documented_ones(void **state)
{
	static const int statuses[] = { 400, 403, 404, 405, 406, 409, 413, 415, 422, 500, 503 };

	(void)state;
	for (enum refusal i = REFUSAL_NONE + 1; i < REFUSAL_COUNT; i++) {
		bool known = false;

		for (size_t k = 0; k < LENGTH_OF(statuses); k++)
			known = known || statuses[k] == refusal_text(i)->status;
		assert_true(known);
	}
}

static bool ends_with(const char *text, const char *end)
{
	size_t len = strlen(text), end_len = strlen(end);

	return len > end_len && strcmp(text + len - end_len, end) == 0;
}

static void test_sentences_are_whole_in_both_languages(void **state)
{
	(void)state;
	for (enum refusal i = REFUSAL_NONE + 1; i < REFUSAL_COUNT; i++) {
		const struct refusal_text *text = refusal_text(i);

		assert_true(ends_with(text->ja, "。"));
		assert_true(ends_with(text->en, "."));
		assert_null(strstr(text->en, "  "));
		for (const char *c = text->en; *c != '\0'; c++)
			assert_true(isprint((unsigned char)*c));
	}
}

static void test_texts_of_the_end(void **state)
{
	const struct refusal_text *text = refusal_text(REFUSAL_PROGRAMME_CLOSED);

	(void)state;
	assert_string_equal(text->code, "programme_closed");
	assert_int_equal(text->status, 409);
	assert_string_equal(text->rule, "P1");
}

static void test_a_verdict_holds_what_stands_against(void **state)
{
	struct verdict verdict = { 0 };

	(void)state;
	assert_true(verdict_allows(&verdict));
	assert_false(verdict_has(&verdict, REFUSAL_FEE_AMOUNT));
	verdict_refuse(&verdict, REFUSAL_FEE_AMOUNT, "/amount_yen");
	verdict_refuse(&verdict, REFUSAL_FEE_ALREADY_PAID, "");
	assert_false(verdict_allows(&verdict));
	assert_int_equal(verdict.count, 2);
	assert_true(verdict_has(&verdict, REFUSAL_FEE_AMOUNT));
	assert_true(verdict_has(&verdict, REFUSAL_FEE_ALREADY_PAID));
	assert_false(verdict_has(&verdict, REFUSAL_FEE_MISSING));
	assert_string_equal(verdict.violations[0].field, "/amount_yen");
	assert_string_equal(verdict.violations[1].field, "");
}

static void test_a_full_verdict_stays_as_it_is(void **state)
{
	struct verdict verdict = { 0 };

	(void)state;
	for (size_t i = 0; i < VERDICT_MAX; i++)
		verdict_refuse(&verdict, REFUSAL_MEMBER_UNKNOWN, "/a");
	verdict_refuse(&verdict, REFUSAL_ROLE, "/b");
	assert_int_equal(verdict.count, VERDICT_MAX);
	assert_false(verdict_has(&verdict, REFUSAL_ROLE));
	assert_string_equal(verdict.violations[VERDICT_MAX - 1].field, "/a");
}

static void test_a_long_field_is_cut(void **state)
{
	struct verdict verdict = { 0 };
	char field[VIOLATION_FIELD_MAX + 8];

	(void)state;
	memset(field, 'x', sizeof(field) - 1);
	field[sizeof(field) - 1] = '\0';
	verdict_refuse(&verdict, REFUSAL_MEMBER_UNKNOWN, field);
	assert_int_equal(strlen(verdict.violations[0].field), VIOLATION_FIELD_MAX - 1);
	field[VIOLATION_FIELD_MAX - 1] = '\0';
	verdict_refuse(&verdict, REFUSAL_MEMBER_UNKNOWN, field);
	assert_string_equal(verdict.violations[1].field, field);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_codes_are_the_names_in_lower_case),
		cmocka_unit_test(test_codes_go_there_and_back),
		cmocka_unit_test(test_another_code_is_no_refusal),
		cmocka_unit_test(test_statuses_are_the_documented_ones),
		cmocka_unit_test(test_sentences_are_whole_in_both_languages),
		cmocka_unit_test(test_texts_of_the_end),
		cmocka_unit_test(test_a_verdict_holds_what_stands_against),
		cmocka_unit_test(test_a_full_verdict_stays_as_it_is),
		cmocka_unit_test(test_a_long_field_is_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
