/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "model/application.h"

#define STATE_LAST APPLICATION_DISCARDED

static void test_names_go_there_and_back(void **state)
{
	(void)state;
	for (enum application_state i = APPLICATION_RECEIVED; i <= STATE_LAST; i++) {
		enum application_state back = 0;

		assert_int_equal(application_state_from_text(application_state_name(i), &back), 0);
		assert_int_equal(back, i);
	}
	assert_string_equal(application_state_name(APPLICATION_INQUIRY_SENT), "inquiry_sent");
}

static void test_another_text_is_no_state(void **state)
{
	enum application_state back = APPLICATION_ISSUED;

	(void)state;
	assert_int_equal(application_state_from_text("Issued", &back), APPLICATION_STATE_BAD);
	assert_int_equal(application_state_from_text("issue", &back), APPLICATION_STATE_BAD);
	assert_int_equal(application_state_from_text("", &back), APPLICATION_STATE_BAD);
	assert_int_equal(back, APPLICATION_ISSUED);
}

/* P8: until it is issued or has ended. */
static void test_open_is_what_can_still_be_issued(void **state)
{
	static const bool open[STATE_LAST + 1] = {
		[APPLICATION_RECEIVED] = true,
		[APPLICATION_INQUIRY_DUE] = true,
		[APPLICATION_INQUIRY_SENT] = true,
		[APPLICATION_APPROVED] = true,
		[APPLICATION_ISSUING] = true,
	};

	(void)state;
	for (enum application_state i = APPLICATION_RECEIVED; i <= STATE_LAST; i++)
		assert_int_equal(application_state_is_open(i), open[i]);
}

static bool is_end(enum application_state state)
{
	return state == APPLICATION_DELIVERED || state == APPLICATION_REFUSED ||
		state == APPLICATION_WITHDRAWN || state == APPLICATION_LAPSED ||
		state == APPLICATION_DISCARDED;
}

static void test_ends_and_only_ends_have_no_way_out(void **state)
{
	size_t count;
	const struct application_step *steps = application_steps(&count);

	(void)state;
	for (enum application_state i = APPLICATION_RECEIVED; i <= STATE_LAST; i++) {
		bool leaves = false;

		for (size_t k = 0; k < count; k++)
			leaves = leaves || steps[k].from == i;
		assert_int_equal(leaves, !is_end(i));
	}
}

static void test_every_state_is_reached_from_received(void **state)
{
	bool reached[STATE_LAST + 1] = { [APPLICATION_RECEIVED] = true };
	size_t count;
	const struct application_step *steps = application_steps(&count);

	(void)state;
	for (size_t round = 0; round < count; round++) {
		for (size_t k = 0; k < count; k++)
			reached[steps[k].to] |= reached[steps[k].from];
	}
	for (enum application_state i = APPLICATION_RECEIVED; i <= STATE_LAST; i++)
		assert_true(reached[i]);
}

static void test_steps_are_different_and_named(void **state)
{
	size_t count;
	const struct application_step *steps = application_steps(&count);

	(void)state;
	for (size_t i = 0; i < count; i++) {
		assert_true(strlen(steps[i].event) > 0);
		assert_int_not_equal(steps[i].from, steps[i].to);
		for (size_t k = 0; k < i; k++)
			assert_false(steps[k].from == steps[i].from && steps[k].to == steps[i].to);
	}
}

static void test_a_step_exists_only_as_the_table_has_it(void **state)
{
	(void)state;
	assert_true(application_step_exists(APPLICATION_RECEIVED, APPLICATION_APPROVED));
	assert_true(application_step_exists(APPLICATION_INQUIRY_SENT, APPLICATION_INQUIRY_DUE));
	assert_true(application_step_exists(APPLICATION_ISSUING, APPLICATION_APPROVED));
	assert_false(application_step_exists(APPLICATION_APPROVED, APPLICATION_ISSUED));
	assert_false(application_step_exists(APPLICATION_ISSUED, APPLICATION_APPROVED));
	assert_false(application_step_exists(APPLICATION_ISSUING, APPLICATION_WITHDRAWN));
	assert_false(application_step_exists(APPLICATION_DELIVERED, APPLICATION_DISCARDED));
}

/* Nothing but a recorded reservation issues, nothing but an issue is delivered or discarded. */
static void test_the_way_to_a_certificate_is_one(void **state)
{
	size_t count;
	const struct application_step *steps = application_steps(&count);

	(void)state;
	for (size_t i = 0; i < count; i++) {
		if (steps[i].to == APPLICATION_ISSUING)
			assert_int_equal(steps[i].from, APPLICATION_APPROVED);
		if (steps[i].to == APPLICATION_ISSUED)
			assert_int_equal(steps[i].from, APPLICATION_ISSUING);
		if (steps[i].to == APPLICATION_DELIVERED || steps[i].to == APPLICATION_DISCARDED)
			assert_int_equal(steps[i].from, APPLICATION_ISSUED);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names_go_there_and_back),
		cmocka_unit_test(test_another_text_is_no_state),
		cmocka_unit_test(test_open_is_what_can_still_be_issued),
		cmocka_unit_test(test_ends_and_only_ends_have_no_way_out),
		cmocka_unit_test(test_every_state_is_reached_from_received),
		cmocka_unit_test(test_steps_are_different_and_named),
		cmocka_unit_test(test_a_step_exists_only_as_the_table_has_it),
		cmocka_unit_test(test_the_way_to_a_certificate_is_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
