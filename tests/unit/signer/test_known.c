/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/fault.h"
#include "signer/check.h"
#include "signer/known.h"

#define START_AT INT64_C(1450770000000000)
#define SKEW (2 * SECOND)
#define UNANSWERABLE (SIGNER_RESERVATION_MAX_AGE + 2 * SKEW)
#define CAPACITY 2000

static int setup(void **state)
{
	static struct signer_known known;
	*state = &known;
	return signer_known_init(&known, CAPACITY, SKEW);
}

static int teardown(void **state)
{
	signer_known_done(*state);
	return 0;
}

/* A reservation with serial and key of its own, made and journalled `later` after the start. */
static struct signer_known_entry entry_of(int64_t number, int64_t later)
{
	struct signer_known_entry entry = {
		.reservation = number,
		.reserved_at = START_AT + later,
		.stamped_at = START_AT + later,
		.intent = number + 1,
	};
	memcpy(entry.serial, &number, sizeof(number));
	memcpy(entry.key_tag, &number, sizeof(number));
	return entry;
}

static struct signer_known_entry *add(struct signer_known *known, int64_t number, int64_t later)
{
	struct signer_known_entry entry = entry_of(number, later), *added = NULL;
	assert_int_equal(signer_known_add(known, &entry, START_AT + later, &added), 0);
	return added;
}

static void test_what_was_added_is_found(void **state)
{
	struct signer_known *known = *state;
	for (int64_t i = 1; i <= CAPACITY; i++)
		(void)add(known, i, 0);
	for (int64_t i = 1; i <= CAPACITY; i++)
		assert_int_equal(signer_known_find(known, i)->intent, i + 1);
	assert_null(signer_known_find(known, 0));
	assert_null(signer_known_find(known, CAPACITY + 1));
}

static void test_serials_and_keys_conflict(void **state)
{
	struct signer_known *known = *state;
	(void)add(known, 1, 0);
	struct signer_known_entry fresh = entry_of(2, 0);
	assert_false(signer_known_conflicts(known, &fresh, START_AT));
	fresh = entry_of(2, 0);
	memcpy(fresh.serial, entry_of(1, 0).serial, sizeof(fresh.serial));
	assert_true(signer_known_conflicts(known, &fresh, START_AT));
	fresh = entry_of(2, 0);
	memcpy(fresh.key_tag, entry_of(1, 0).key_tag, sizeof(fresh.key_tag));
	assert_true(signer_known_conflicts(known, &fresh, START_AT));
}

/* An abandoned reservation must not keep the citizen's key from the next one (design). */
static void test_a_key_is_free_again_when_nobody_can_sign_it_any_more(void **state)
{
	struct signer_known *known = *state;
	struct signer_known_entry *old = add(known, 1, 0), fresh = entry_of(2, 0);
	memcpy(fresh.key_tag, old->key_tag, sizeof(fresh.key_tag));
	assert_true(signer_known_conflicts(known, &fresh, START_AT + UNANSWERABLE));
	assert_false(signer_known_conflicts(known, &fresh, START_AT + UNANSWERABLE + 1));
	old->job = (struct signer_job *)known;
	assert_true(signer_known_conflicts(known, &fresh, START_AT + UNANSWERABLE + 1));
	old->job = NULL;
	old->outcome = 3;
	assert_true(signer_known_conflicts(known, &fresh, START_AT + UNANSWERABLE + 1));
	/* The serial never. */
	old->outcome = 0;
	memcpy(fresh.serial, old->serial, sizeof(fresh.serial));
	assert_true(signer_known_conflicts(known, &fresh, START_AT + UNANSWERABLE + 1));
}

static void test_the_old_are_forgotten(void **state)
{
	struct signer_known *known = *state;
	(void)add(known, 1, 0);
	(void)add(known, 2, MINUTE);
	(void)add(known, 3, SIGNER_KNOWN_KEEP);
	assert_non_null(signer_known_find(known, 1));
	(void)add(known, 4, SIGNER_KNOWN_KEEP + 1);
	assert_null(signer_known_find(known, 1));
	assert_non_null(signer_known_find(known, 2));
	struct signer_known_entry again = entry_of(1, 0);
	assert_false(signer_known_conflicts(known, &again, START_AT));
}

static void test_a_full_index_refuses_what_it_still_needs_to_know(void **state)
{
	struct signer_known *known = *state;
	for (int64_t i = 1; i <= CAPACITY; i++)
		(void)add(known, i, 0);
	struct signer_known_entry more = entry_of(CAPACITY + 1, 0), *added = NULL;
	assert_int_equal(
		signer_known_add(known, &more, START_AT + UNANSWERABLE, &added), SIGNER_KNOWN_FULL);
	assert_null(added);
	(void)add(known, CAPACITY + 1, UNANSWERABLE + 1);
	assert_null(signer_known_find(known, 1));
	assert_non_null(signer_known_find(known, 2));
}

static void test_one_being_signed_is_not_forgotten(void **state)
{
	struct signer_known *known = *state;
	struct signer_known_entry *signing = add(known, 1, 0);
	signing->job = (struct signer_job *)known;
	(void)add(known, 2, 2 * SIGNER_KNOWN_KEEP);
	assert_non_null(signer_known_find(known, 1));
	signing->job = NULL;
	(void)add(known, 3, 2 * SIGNER_KNOWN_KEEP);
	assert_null(signer_known_find(known, 1));
}

/* Round and round: freed entries are used again and nothing is left behind in the lists. */
static void test_a_long_life(void **state)
{
	struct signer_known *known = *state;
	for (int64_t i = 1; i <= 100 * CAPACITY; i++) {
		(void)add(known, i, i * SECOND);
		int64_t gone = i - SIGNER_KNOWN_KEEP / SECOND - 1;
		assert_non_null(signer_known_find(known, i));
		if (gone > 0)
			assert_null(signer_known_find(known, gone));
	}
	assert_true(known->used < 400);
}

int main(void)
{
#define KNOWN_TEST(test_) cmocka_unit_test_setup_teardown(test_, setup, teardown)
	const struct CMUnitTest tests[] = {
		KNOWN_TEST(test_what_was_added_is_found),
		KNOWN_TEST(test_serials_and_keys_conflict),
		KNOWN_TEST(test_a_key_is_free_again_when_nobody_can_sign_it_any_more),
		KNOWN_TEST(test_the_old_are_forgotten),
		KNOWN_TEST(test_a_full_index_refuses_what_it_still_needs_to_know),
		KNOWN_TEST(test_one_being_signed_is_not_forgotten),
		KNOWN_TEST(test_a_long_life),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
