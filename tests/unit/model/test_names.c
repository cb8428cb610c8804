/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "model/leaf.h"
#include "model/municipality.h"
#include "model/names.h"
#include "model/resident.h"

static void test_finding_passes_over_what_is_unused(void **state)
{
	static const char *const names[] = { NULL, "one", NULL, "three" };
	size_t index = 7;

	(void)state;
	assert_int_equal(names_find(names, LENGTH_OF(names), "three", &index), 0);
	assert_int_equal(index, 3);
	assert_int_equal(names_find(names, LENGTH_OF(names), "two", &index), NAMES_BAD);
	assert_int_equal(names_find(names, LENGTH_OF(names), "", &index), NAMES_BAD);
	assert_int_equal(index, 3);
	assert_string_equal(names_at(names, LENGTH_OF(names), 1), "one");
}

static void test_client_roles(void **state)
{
	(void)state;
	for (enum client_role i = CLIENT_TERMINAL; i <= CLIENT_VERIFIER; i++) {
		enum client_role back = 0;

		assert_int_equal(client_role_from_text(client_role_name(i), &back), 0);
		assert_int_equal(back, i);
	}
	enum client_role role = CLIENT_AUDITOR;
	assert_int_equal(client_role_from_text("admin", &role), CLIENT_ROLE_BAD);
	assert_int_equal(role, CLIENT_AUDITOR);
	assert_string_equal(client_role_name(CLIENT_OPERATOR), "operator");
}

static void test_leaf_kinds(void **state)
{
	(void)state;
	for (enum leaf_kind i = LEAF_ISSUANCE; i <= LEAF_CA; i++) {
		enum leaf_kind back = 0;

		assert_int_equal(leaf_kind_from_text(leaf_kind_name(i), &back), 0);
		assert_int_equal(back, i);
	}
	enum leaf_kind kind = LEAF_CRL;
	assert_int_equal(leaf_kind_from_text("leaf", &kind), LEAF_KIND_BAD);
	assert_int_equal(kind, LEAF_CRL);
	assert_string_equal(leaf_kind_name(LEAF_ABANDONMENT), "abandonment");
}

static void test_card_states(void **state)
{
	(void)state;
	for (enum card_state i = CARD_NONE; i <= CARD_RETURNED; i++) {
		enum card_state back = CARD_NONE;

		assert_int_equal(card_state_from_text(card_state_name(i), &back), 0);
		assert_int_equal(back, i);
	}
	enum card_state card = CARD_LAPSED;
	assert_int_equal(card_state_from_text("VALID", &card), CARD_STATE_BAD);
	assert_int_equal(card, CARD_LAPSED);
	assert_string_equal(card_state_name(CARD_RETURNED), "returned");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_finding_passes_over_what_is_unused),
		cmocka_unit_test(test_client_roles),
		cmocka_unit_test(test_leaf_kinds),
		cmocka_unit_test(test_card_states),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
