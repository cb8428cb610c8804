/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <string.h>

#include "front/waiting.h"

#define CLOSING_AT (INT64_C(1450771200) * SECOND) /* 2015-12-22T08:00:00Z */

static struct front_waiting waiting;
static const struct front_settings settings = { .signer_socket = "/nowhere",
	.closing_at = CLOSING_AT };
static const struct pki_ca ca = { .kind = SERVICE_REHEARSAL };

static int setup(void **state)
{
	(void)state;
	return front_waiting_init(&waiting, &settings, &ca);
}

static int teardown(void **state)
{
	(void)state;
	front_waiting_done(&waiting);
	return 0;
}

static void have_everything(void)
{
	for (int i = 0; i < FRONT_LACK_COUNT; i++)
		front_waiting_set(&waiting, (enum front_lack)i, false);
}

static void test_at_first_the_database_is_waited_for(void **state)
{
	(void)state;
	assert_false(front_waiting_is_serving(&waiting));
	assert_string_equal(front_waiting_text(&waiting), "waiting for the database");
	assert_int_equal(front_waiting_issuance(&waiting), REFUSAL_SERVICE_WAITING);
}

static void test_with_everything_it_serves(void **state)
{
	(void)state;
	have_everything();
	assert_true(front_waiting_is_serving(&waiting));
	assert_null(front_waiting_text(&waiting));
	assert_int_equal(front_waiting_issuance(&waiting), REFUSAL_NONE);
}

/* P3: without the signer everything but issuance goes on. */
static void test_without_the_signer(void **state)
{
	(void)state;
	have_everything();
	front_waiting_set(&waiting, FRONT_LACK_SIGNER, true);
	assert_true(front_waiting_is_serving(&waiting));
	assert_int_equal(front_waiting_issuance(&waiting), REFUSAL_SIGNER_UNAVAILABLE);
	assert_string_equal(front_waiting_text(&waiting), "waiting for the signer");
}

static void test_restored_stops_issuance(void **state)
{
	(void)state;
	have_everything();
	front_waiting_set(&waiting, FRONT_LACK_RESTORED, true);
	assert_true(front_waiting_is_serving(&waiting));
	assert_int_equal(front_waiting_issuance(&waiting), REFUSAL_DATABASE_RESTORED);
	front_waiting_set(&waiting, FRONT_LACK_RESTORED, false);
	assert_int_equal(front_waiting_issuance(&waiting), REFUSAL_NONE);
}

static void test_another_kind_of_database_stops_all(void **state)
{
	(void)state;
	have_everything();
	front_waiting_set(&waiting, FRONT_LACK_KIND, true);
	assert_false(front_waiting_is_serving(&waiting));
}

/* What database and signer name as the end; 0: has not answered yet. */
static void answer_closing(int64_t database_at, int64_t signer_at)
{
	waiting.system.programme.closing_at = database_at;
	waiting.status.closing_at = signer_at;
	atomic_store(&waiting.database_at, database_at == 0 ? 0 : 1);
	atomic_store(&waiting.signer_at, signer_at == 0 ? 0 : 1);
	front_waiting_compare_closing(&waiting);
}

/* P1: three ends that are not the same stop issuance, and nothing else. */
static void test_ends_that_differ(void **state)
{
	(void)state;
	have_everything();
	answer_closing(CLOSING_AT, CLOSING_AT);
	assert_int_equal(front_waiting_issuance(&waiting), REFUSAL_NONE);
	static const int64_t differing[][2] = {
		{ CLOSING_AT + 1, CLOSING_AT },
		{ CLOSING_AT, CLOSING_AT - 1 },
		{ PROGRAMME_OPEN_END, CLOSING_AT },
		{ CLOSING_AT, FRONT_OPEN_END_AT },
		{ CLOSING_AT + 1, 0 },
		{ 0, CLOSING_AT + 1 },
	};
	for (size_t i = 0; i < LENGTH_OF(differing); i++) {
		answer_closing(differing[i][0], differing[i][1]);
		assert_true(front_waiting_lacks(&waiting, FRONT_LACK_CLOSING));
		assert_int_equal(front_waiting_issuance(&waiting), REFUSAL_SERVICE_WAITING);
		assert_true(front_waiting_is_serving(&waiting));
		answer_closing(CLOSING_AT, 0);
		assert_int_equal(front_waiting_issuance(&waiting), REFUSAL_NONE);
	}
}

static void test_a_programme_without_an_end(void **state)
{
	(void)state;
	const struct front_settings open_end = { .closing_at = FRONT_OPEN_END_AT };
	have_everything();
	waiting.settings = &open_end;
	answer_closing(PROGRAMME_OPEN_END, FRONT_OPEN_END_AT);
	assert_int_equal(front_waiting_issuance(&waiting), REFUSAL_NONE);
	answer_closing(CLOSING_AT, FRONT_OPEN_END_AT);
	assert_true(front_waiting_lacks(&waiting, FRONT_LACK_CLOSING));
	waiting.settings = &settings;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			test_at_first_the_database_is_waited_for, setup, teardown),
		cmocka_unit_test_setup_teardown(test_with_everything_it_serves, setup, teardown),
		cmocka_unit_test_setup_teardown(test_without_the_signer, setup, teardown),
		cmocka_unit_test_setup_teardown(test_ends_that_differ, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_programme_without_an_end, setup, teardown),
		cmocka_unit_test_setup_teardown(test_restored_stops_issuance, setup, teardown),
		cmocka_unit_test_setup_teardown(
			test_another_kind_of_database_stops_all, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
