/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <string.h>

#include "front/waiting.h"

static struct front_waiting waiting;
static const struct front_settings settings = { .signer_socket = "/nowhere" };
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			test_at_first_the_database_is_waited_for, setup, teardown),
		cmocka_unit_test_setup_teardown(test_with_everything_it_serves, setup, teardown),
		cmocka_unit_test_setup_teardown(test_without_the_signer, setup, teardown),
		cmocka_unit_test_setup_teardown(test_restored_stops_issuance, setup, teardown),
		cmocka_unit_test_setup_teardown(
			test_another_kind_of_database_stops_all, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
