/* SPDX-License-Identifier: Apache-2.0 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/fault.h"

static int inner(void)
{
	return fault_new(FAULT_IO, "disk %d is gone", 7);
}

static int outer(void)
{
	int r = inner();
	return r < 0 ? fault_trace(r) : 0;
}

static void test_a_fault_is_passed_up_with_its_trace(void **state)
{
	(void)state;
	int r = outer();
	assert_int_equal(r, -FAULT_IO);
	assert_int_equal(fault_kind(r), FAULT_IO);
	assert_string_equal(fault_text(), "disk 7 is gone");
	char text[200];
	int inner_line, outer_line;
	assert_int_equal(2,
		sscanf(fault_describe(text, sizeof(text)), "disk 7 is gone (inner:%d < outer:%d)",
			&inner_line, &outer_line));
	assert_int_equal(outer_line - inner_line, 6);
}

static void test_clear_forgets(void **state)
{
	(void)state;
	assert_true(outer() < 0);
	fault_clear();
	char text[200];
	assert_string_equal(fault_text(), "");
	assert_string_equal(fault_describe(text, sizeof(text)), "");
}

static void test_a_new_fault_replaces_the_latest_and_may_quote_it(void **state)
{
	(void)state;
	assert_true(outer() < 0);
	assert_int_equal(fault_new(FAULT_STATE, "start: %s", fault_text()), -FAULT_STATE);
	char text[200];
	(void)fault_describe(text, sizeof(text));
	assert_string_equal(fault_text(), "start: disk 7 is gone");
	assert_null(strstr(text, "inner"));
}

static void test_long_texts_and_traces_are_cut(void **state)
{
	(void)state;
	char lengthy[FAULT_TEXT_MAX * 2];
	memset(lengthy, 'x', sizeof(lengthy) - 1);
	lengthy[sizeof(lengthy) - 1] = '\0';
	int r = fault_new(FAULT_LIMIT, "%s", lengthy);
	assert_int_equal(strlen(fault_text()), FAULT_TEXT_MAX - 1);
	for (int i = 0; i < FAULT_TRACE_MAX * 2; i++)
		r = fault_trace(r);
	assert_int_equal(r, -FAULT_LIMIT);

	char all[4096];
	size_t frames = 0;
	for (const char *c = fault_describe(all, sizeof(all)); *c != '\0'; c++)
		frames += *c == ':' ? 1 : 0;
	assert_int_equal(frames, FAULT_TRACE_MAX);

	char small[8];
	memset(small, '#', sizeof(small));
	assert_string_equal(fault_describe(small, 5), "xxxx");
	assert_int_equal(small[5], '#');
}

static void *other_thread(void *ret)
{
	*(int *)ret = strcmp(fault_text(), "") == 0 && fault_new(FAULT_MEMORY, "theirs") < 0;
	return NULL;
}

static void test_each_thread_has_its_own(void **state)
{
	(void)state;
	assert_true(outer() < 0);
	pthread_t thread;
	int was_empty = 0;
	assert_int_equal(pthread_create(&thread, NULL, other_thread, &was_empty), 0);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_true(was_empty);
	assert_string_equal(fault_text(), "disk 7 is gone");
}

static void test_every_kind_has_a_name_of_its_own(void **state)
{
	(void)state;
	for (int a = FAULT_MEMORY; a <= FAULT_LIMIT; a++)
		for (int b = FAULT_MEMORY; b < a; b++)
			assert_string_not_equal(fault_kind_name((enum fault_kind)a),
				fault_kind_name((enum fault_kind)b));
	assert_string_equal(fault_kind_name(FAULT_DATABASE), "database");
	assert_int_equal(fault_kind(fault_new(FAULT_MEMORY, "%s", "")), FAULT_MEMORY);
	assert_int_equal(fault_kind(fault_new(FAULT_LIMIT, "%s", "")), FAULT_LIMIT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_fault_is_passed_up_with_its_trace),
		cmocka_unit_test(test_clear_forgets),
		cmocka_unit_test(test_a_new_fault_replaces_the_latest_and_may_quote_it),
		cmocka_unit_test(test_long_texts_and_traces_are_cut),
		cmocka_unit_test(test_each_thread_has_its_own),
		cmocka_unit_test(test_every_kind_has_a_name_of_its_own),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
