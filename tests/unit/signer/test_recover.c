/* SPDX-License-Identifier: Apache-2.0 */
#include "journal_fixture.h"

#define BODY_STORED_LEN (SIGNER_SALT_LEN + BODY_LEN)
#define SEGMENT "bodies-2015-12"

/* Genesis and five intents, each synced: five are known to be durable by the next, the last not. */
static void fill(struct fixture *fixture)
{
	for (uint8_t i = 1; i <= 5; i++) {
		(void)fixture_intent(fixture, i);
		fixture_sync(fixture);
	}
	fixture_close(fixture);
}

static void test_a_chain_cut_anywhere_in_its_last_record_loses_that_one(void **state)
{
	struct fixture *fixture = *state;
	fill(fixture);
	for (off_t len = 5 * SIGNER_RECORD_LEN; len < 6 * SIGNER_RECORD_LEN; len += 15) {
		fixture_cut(fixture, "chain", len);
		assert_int_equal(fixture_open(fixture), 0);
		assert_int_equal(fixture_head(fixture), 5);
		assert_int_equal(fixture_size(fixture, "chain"), 5 * SIGNER_RECORD_LEN);
		assert_int_equal(fixture_size(fixture, SEGMENT), 4 * BODY_STORED_LEN);
		(void)fixture_intent(fixture, 6);
		fixture_sync(fixture);
		fixture_close(fixture);
	}
}

static void test_a_last_body_cut_or_changed_loses_that_record(void **state)
{
	struct fixture *fixture = *state;
	fill(fixture);
	for (int way = 0; way < 3; way++) {
		if (way == 0)
			fixture_cut(fixture, SEGMENT, 5 * BODY_STORED_LEN - 1);
		else if (way == 1)
			fixture_cut(fixture, SEGMENT, 4 * BODY_STORED_LEN);
		else
			fixture_damage(fixture, SEGMENT, 5 * BODY_STORED_LEN - 1, 0);
		assert_int_equal(fixture_open(fixture), 0);
		assert_int_equal(fixture_head(fixture), 5);
		(void)fixture_intent(fixture, 6);
		fixture_sync(fixture);
		fixture_close(fixture);
	}
}

static void test_a_damaged_record_that_was_durable_needs_a_person(void **state)
{
	struct fixture *fixture = *state;
	fill(fixture);
	for (off_t place = 0; place < 5 * SIGNER_RECORD_LEN; place += 13) {
		fixture_damage(fixture, "chain", place, 0);
		assert_int_equal(fixture_open(fixture), -FAULT_STATE);
		fixture_damage(fixture, "chain", place, 0);
	}
	fixture_damage(fixture, SEGMENT, 3 * BODY_STORED_LEN, 0);
	assert_int_equal(fixture_open(fixture), -FAULT_STATE);
	fixture_damage(fixture, SEGMENT, 3 * BODY_STORED_LEN, 0);
	assert_int_equal(fixture_open(fixture), 0);
	assert_int_equal(fixture_head(fixture), 6);
}

/* A crash of the host may lose any of the pages that were not synced, not just the last. */
static void test_a_hole_in_what_was_never_synced_is_cut_off(void **state)
{
	struct fixture *fixture = *state;
	(void)fixture_intent(fixture, 1);
	fixture_sync(fixture);
	for (uint8_t i = 2; i <= 60; i++)
		(void)fixture_intent(fixture, i);
	assert_int_equal(signer_journal_write(fixture->journal), 0);
	fixture_close(fixture);
	fixture_damage(fixture, "chain", 19 * SIGNER_RECORD_LEN, SIGNER_RECORD_LEN);
	assert_int_equal(fixture_open(fixture), 0);
	assert_int_equal(fixture_head(fixture), 19);
	assert_int_equal(fixture_size(fixture, SEGMENT), 18 * BODY_STORED_LEN);
}

static void test_a_record_in_the_wrong_place_does_not_verify(void **state)
{
	struct fixture *fixture = *state;
	fill(fixture);
	uint8_t headers[2 * SIGNER_RECORD_LEN], swapped[sizeof(headers)];
	int fd = open(fixture_path(fixture, "chain"), O_RDWR | O_CLOEXEC);
	assert_int_equal(
		pread(fd, headers, sizeof(headers), 2 * SIGNER_RECORD_LEN), sizeof(headers));
	memcpy(swapped, headers + SIGNER_RECORD_LEN, SIGNER_RECORD_LEN);
	memcpy(swapped + SIGNER_RECORD_LEN, headers, SIGNER_RECORD_LEN);
	assert_int_equal(
		pwrite(fd, swapped, sizeof(swapped), 2 * SIGNER_RECORD_LEN), sizeof(swapped));
	assert_int_equal(close(fd), 0);
	assert_int_equal(fixture_open(fixture), -FAULT_STATE);
}

static void test_a_record_of_another_chain_does_not_follow(void **state)
{
	struct fixture *fixture = *state;
	fill(fixture);
	/* Well-formed and in its place, but after another predecessor. */
	struct signer_record forged = { .position = 7,
		.kind = JOURNAL_ACKNOWLEDGED,
		.stamped_at = fixture->now_at,
		.segment = 201512,
		.body_offset = 5 * BODY_STORED_LEN };
	uint8_t header[SIGNER_RECORD_LEN];
	assert_int_equal(signer_record_encode(&forged, header), 0);
	int fd = open(fixture_path(fixture, "chain"), O_WRONLY | O_APPEND | O_CLOEXEC);
	assert_int_equal(write(fd, header, sizeof(header)), sizeof(header));
	assert_int_equal(close(fd), 0);
	assert_int_equal(fixture_open(fixture), 0);
	assert_int_equal(fixture_head(fixture), 6);
}

static void test_a_month_without_records_is_removed(void **state)
{
	struct fixture *fixture = *state;
	fill(fixture);
	int fd = open(fixture_path(fixture, "bodies-2016-01"), O_WRONLY | O_CREAT, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "torn", 4), 4);
	assert_int_equal(close(fd), 0);
	fixture->now_at += 31 * DAY;
	assert_int_equal(fixture_open(fixture), 0);
	(void)fixture_intent(fixture, 6);
	fixture_sync(fixture);
	assert_int_equal(fixture_size(fixture, "bodies-2016-01"), BODY_STORED_LEN);
}

static void test_many_bodies_without_records_need_a_person(void **state)
{
	struct fixture *fixture = *state;
	fill(fixture);
	fixture_cut(fixture, SEGMENT, INT64_C(1) << 30);
	assert_int_equal(fixture_open(fixture), -FAULT_STATE);
	fixture_cut(fixture, SEGMENT, 5 * BODY_STORED_LEN);
	assert_int_equal(fixture_open(fixture), 0);
}

static void test_this_months_bodies_may_not_be_gone(void **state)
{
	struct fixture *fixture = *state;
	fill(fixture);
	assert_int_equal(unlink(fixture_path(fixture, SEGMENT)), 0);
	assert_int_equal(fixture_open(fixture), -FAULT_STATE);
	fixture->now_at += 31 * DAY;
	assert_int_equal(fixture_open(fixture), 0);
	assert_int_equal(fixture_head(fixture), 6);
}

static void test_a_folder_with_anything_in_it_gets_no_new_journal(void **state)
{
	struct fixture *fixture = *state;
	fill(fixture);
	assert_int_equal(unlink(fixture_path(fixture, "chain")), 0);
	assert_int_equal(fixture_open(fixture), -FAULT_STATE);
	assert_int_equal(unlink(fixture_path(fixture, SEGMENT)), 0);
	/* What a crash in the first second of a journal leaves. */
	int fd = open(fixture_path(fixture, "chain.new"), O_WRONLY | O_CREAT, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "torn", 4), 4);
	assert_int_equal(close(fd), 0);
	assert_int_equal(fixture_open(fixture), 0);
	assert_int_equal(fixture_head(fixture), 1);
}

static void test_a_chain_without_its_first_record_needs_a_person(void **state)
{
	struct fixture *fixture = *state;
	fill(fixture);
	fixture_cut(fixture, "chain", 100);
	assert_int_equal(fixture_open(fixture), -FAULT_STATE);
	fixture_cut(fixture, "chain", 0);
	assert_int_equal(fixture_open(fixture), -FAULT_STATE);
}

int main(void)
{
#define JOURNAL_TEST(test_) cmocka_unit_test_setup_teardown(test_, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
		JOURNAL_TEST(test_a_chain_cut_anywhere_in_its_last_record_loses_that_one),
		JOURNAL_TEST(test_a_last_body_cut_or_changed_loses_that_record),
		JOURNAL_TEST(test_a_damaged_record_that_was_durable_needs_a_person),
		JOURNAL_TEST(test_a_hole_in_what_was_never_synced_is_cut_off),
		JOURNAL_TEST(test_a_record_in_the_wrong_place_does_not_verify),
		JOURNAL_TEST(test_a_record_of_another_chain_does_not_follow),
		JOURNAL_TEST(test_a_month_without_records_is_removed),
		JOURNAL_TEST(test_many_bodies_without_records_need_a_person),
		JOURNAL_TEST(test_this_months_bodies_may_not_be_gone),
		JOURNAL_TEST(test_a_folder_with_anything_in_it_gets_no_new_journal),
		JOURNAL_TEST(test_a_chain_without_its_first_record_needs_a_person),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
