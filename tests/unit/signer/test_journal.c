/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <signal.h>
#include <sys/resource.h>

#include "journal_fixture.h"

/* How often fdatasync() was called, and which call fails. */
static int syncs, failing_sync;

int __wrap_fdatasync(int fd);
int __real_fdatasync(int fd);
int __wrap_fdatasync(int fd)
{
	if (++syncs == failing_sync) {
		errno = EIO;
		return -1;
	}
	return __real_fdatasync(fd);
}

static int setup(void **state)
{
	failing_sync = 0;
	return fixture_setup(state);
}

static void test_a_new_journal_has_one_record(void **state)
{
	struct fixture *fixture = *state;
	struct signer_record first;
	uint8_t id[SIGNER_ID_LEN];
	assert_int_equal(signer_journal_read(fixture->journal, 1, &first), 0);
	assert_int_equal(first.kind, JOURNAL_GENESIS);
	assert_int_equal(first.stamped_at, START_AT);
	assert_true(digest_equal(&first.body, &fixture->ca_key));
	memcpy(id, signer_journal_id(fixture->journal), sizeof(id));
	assert_memory_equal(id, first.id, sizeof(id));
	assert_int_equal(fixture_size(fixture, "chain"), SIGNER_RECORD_LEN);

	fixture_close(fixture);
	assert_int_equal(fixture_open(fixture), 0);
	assert_memory_equal(signer_journal_id(fixture->journal), id, sizeof(id));
	assert_int_equal(fixture_head(fixture), 1);
}

static void test_records_are_chained_and_read_back(void **state)
{
	struct fixture *fixture = *state;
	struct journal_place one = fixture_intent(fixture, 1);
	struct journal_place two = fixture_intent(fixture, 2);
	assert_int_equal(one.position, 2);
	assert_int_equal(two.position, 3);
	struct signer_record record;
	assert_int_equal(signer_journal_read(fixture->journal, 3, &record), JOURNAL_ABSENT);
	fixture_sync(fixture);

	BUFFER_CLEANUP struct buffer body = BUFFER(SIGNER_BODY_MAX);
	assert_int_equal(signer_journal_read(fixture->journal, 3, &record), 0);
	assert_true(digest_equal(&record.previous, &one.hash));
	assert_true(digest_equal(&record.hash, &two.hash));
	assert_int_equal(record.reservation, 2);
	assert_int_equal(record.durable, 1);
	assert_int_equal(record.segment, 201512);
	assert_int_equal(signer_journal_read_body(fixture->journal, &record, &body), 0);
	assert_int_equal(body.len, BODY_LEN);
	assert_int_equal(body.data[BODY_LEN - 1], 2);
	assert_int_equal(signer_journal_read(fixture->journal, 4, &record), JOURNAL_ABSENT);
	assert_int_equal(signer_journal_read(fixture->journal, 0, &record), JOURNAL_ABSENT);
}

static void test_equal_bodies_have_different_digests(void **state)
{
	struct fixture *fixture = *state;
	struct signer_record one, two;
	(void)fixture_intent(fixture, 1);
	(void)fixture_intent(fixture, 1);
	fixture_sync(fixture);
	assert_int_equal(signer_journal_read(fixture->journal, 2, &one), 0);
	assert_int_equal(signer_journal_read(fixture->journal, 3, &two), 0);
	assert_false(digest_equal(&one.body, &two.body));
}

static void test_one_sync_serves_all_that_waits(void **state)
{
	struct fixture *fixture = *state;
	syncs = 0;
	for (uint8_t i = 1; i <= 100; i++)
		(void)fixture_intent(fixture, i);
	assert_false(signer_journal_is_durable(fixture->journal));
	fixture_sync(fixture);
	assert_true(signer_journal_is_durable(fixture->journal));
	assert_int_equal(syncs, 2); /* bodies, chain */
	fixture_sync(fixture);
	assert_int_equal(syncs, 2);
	assert_int_equal(fixture_head(fixture), 101);
}

static void test_what_is_not_durable_is_bounded(void **state)
{
	struct fixture *fixture = *state;
	for (int i = 0; i < SIGNER_UNSYNCED_MAX + 1; i++)
		(void)fixture_intent(fixture, 1);
	assert_int_equal(fixture_head(fixture), SIGNER_UNSYNCED_MAX + 1);
	fixture_sync(fixture);
	assert_int_equal(fixture_head(fixture), SIGNER_UNSYNCED_MAX + 2);
	fixture_close(fixture);
	assert_int_equal(fixture_open(fixture), 0);
	assert_int_equal(fixture_head(fixture), SIGNER_UNSYNCED_MAX + 2);
}

static void append_plain(struct fixture *fixture, const struct signer_entry *entry)
{
	struct journal_place place;
	assert_int_equal(signer_journal_append(fixture->journal, entry, &place), 0);
}

static void test_the_running_values_go_from_record_to_record(void **state)
{
	struct fixture *fixture = *state;
	struct journal_place intent = fixture_intent(fixture, 1);
	append_plain(fixture,
		&(struct signer_entry){ .kind = JOURNAL_ACKNOWLEDGED,
			.stamped_at = fixture->now_at,
			.refers = intent.position,
			.digest = intent.hash });
	append_plain(fixture,
		&(struct signer_entry){ .kind = JOURNAL_CRL,
			.stamped_at = fixture->now_at,
			.crl_number = 17,
			.crl_this_update_at = START_AT,
			.body = BYTES("a CRL") });
	(void)fixture_intent(fixture, 2);
	fixture_sync(fixture);
	fixture_close(fixture);
	assert_int_equal(fixture_open(fixture), 0);
	const struct signer_record *last = signer_journal_last(fixture->journal);
	assert_int_equal(last->position, 5);
	assert_int_equal(last->acknowledged, 2);
	assert_int_equal(last->crl_number, 17);
	assert_int_equal(last->crl_this_update_at, START_AT);
}

static void test_each_month_has_its_segment(void **state)
{
	struct fixture *fixture = *state;
	(void)fixture_intent(fixture, 1);
	fixture->now_at = START_AT + 31 * DAY;
	(void)fixture_intent(fixture, 2);
	fixture_sync(fixture);
	assert_int_equal(fixture_size(fixture, "bodies-2015-12"), SIGNER_SALT_LEN + BODY_LEN);
	assert_int_equal(fixture_size(fixture, "bodies-2016-01"), SIGNER_SALT_LEN + BODY_LEN);

	/* L1: the old one goes, the chain still verifies and goes on. */
	fixture_close(fixture);
	assert_int_equal(unlink(fixture_path(fixture, "bodies-2015-12")), 0);
	assert_int_equal(fixture_open(fixture), 0);
	(void)fixture_intent(fixture, 3);
	fixture_sync(fixture);
	BUFFER_CLEANUP struct buffer body = BUFFER(SIGNER_BODY_MAX);
	struct signer_record record;
	assert_int_equal(signer_journal_read(fixture->journal, 2, &record), 0);
	assert_int_equal(
		signer_journal_read_body(fixture->journal, &record, &body), JOURNAL_ABSENT);
	assert_int_equal(signer_journal_read(fixture->journal, 3, &record), 0);
	assert_int_equal(signer_journal_read_body(fixture->journal, &record, &body), 0);
	assert_int_equal(body.data[0], 2);
}

/* Collects positions until a maximum. */
struct visited {
	int64_t sum, count, max;
};

static int visit(const struct signer_record *record, void *context)
{
	struct visited *visited = context;
	visited->sum += record->position;
	return ++visited->count == visited->max ? JOURNAL_SCAN_STOP : 0;
}

static void test_a_scan_visits_in_order_until_it_is_told(void **state)
{
	struct fixture *fixture = *state;
	for (int i = 0; i < 1000; i++)
		(void)fixture_intent(fixture, 1);
	fixture_sync(fixture);
	struct visited all = { 0 }, some = { .max = 3 };
	assert_int_equal(signer_journal_scan(fixture->journal, 1, visit, &all), 0);
	assert_int_equal(all.count, 1001);
	assert_int_equal(all.sum, 1001 * 1002 / 2);
	assert_int_equal(
		signer_journal_scan(fixture->journal, 600, visit, &some), JOURNAL_SCAN_STOP);
	assert_int_equal(some.sum, 600 + 601 + 602);
}

static void test_a_failed_sync_is_the_end_and_not_tried_again(void **state)
{
	struct fixture *fixture = *state;
	for (int failing = 1; failing <= 2; failing++) {
		(void)fixture_intent(fixture, 1);
		syncs = 0;
		failing_sync = failing;
		assert_int_equal(signer_journal_sync(fixture->journal), -FAULT_IO);
		assert_int_equal(syncs, failing);
		assert_int_equal(signer_journal_sync(fixture->journal), -FAULT_STATE);
		assert_int_equal(signer_journal_write(fixture->journal), -FAULT_STATE);
		struct journal_place place;
		const struct signer_entry entry = { .kind = JOURNAL_ACKNOWLEDGED,
			.stamped_at = fixture->now_at };
		assert_int_equal(
			signer_journal_append(fixture->journal, &entry, &place), -FAULT_STATE);
		assert_int_equal(syncs, failing);
		assert_false(signer_journal_is_durable(fixture->journal));
		fixture_close(fixture);
		assert_int_equal(fixture_open(fixture), 0);
	}
}

static void test_a_full_disk_is_the_end_and_cut_off_at_the_next_start(void **state)
{
	struct fixture *fixture = *state;
	(void)fixture_intent(fixture, 1);
	fixture_sync(fixture);
	struct rlimit before, limit;
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	limit = (struct rlimit){ 1500, before.rlim_max };
	void (*old)(int) = signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	(void)fixture_intent(fixture, 2);
	int r = signer_journal_sync(fixture->journal);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	(void)signal(SIGXFSZ, old);
	assert_int_equal(r, -FAULT_IO);

	fixture_close(fixture);
	assert_int_equal(fixture_size(fixture, "bodies-2015-12"), 1500);
	assert_int_equal(fixture_open(fixture), 0);
	assert_int_equal(fixture_head(fixture), 2);
	assert_int_equal(fixture_size(fixture, "bodies-2015-12"), SIGNER_SALT_LEN + BODY_LEN);
	(void)fixture_intent(fixture, 3);
	fixture_sync(fixture);
	assert_int_equal(fixture_head(fixture), 3);
}

static void test_one_signer_a_journal(void **state)
{
	struct fixture *fixture = *state;
	struct signer_journal *second;
	assert_int_equal(signer_journal_open(fixture->folder, &fixture->ca_key, START_AT, &second),
		-FAULT_SETTINGS);
	fixture_close(fixture);
	fixture->ca_key.octets[0] ^= 1;
	assert_int_equal(fixture_open(fixture), -FAULT_SETTINGS);
	fixture->ca_key.octets[0] ^= 1;
	assert_int_equal(fixture_open(fixture), 0);
}

int main(void)
{
#define JOURNAL_TEST(test_) cmocka_unit_test_setup_teardown(test_, setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
		JOURNAL_TEST(test_a_new_journal_has_one_record),
		JOURNAL_TEST(test_records_are_chained_and_read_back),
		JOURNAL_TEST(test_equal_bodies_have_different_digests),
		JOURNAL_TEST(test_one_sync_serves_all_that_waits),
		JOURNAL_TEST(test_what_is_not_durable_is_bounded),
		JOURNAL_TEST(test_the_running_values_go_from_record_to_record),
		JOURNAL_TEST(test_each_month_has_its_segment),
		JOURNAL_TEST(test_a_scan_visits_in_order_until_it_is_told),
		JOURNAL_TEST(test_a_failed_sync_is_the_end_and_not_tried_again),
		JOURNAL_TEST(test_a_full_disk_is_the_end_and_cut_off_at_the_next_start),
		JOURNAL_TEST(test_one_signer_a_journal),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
