/* SPDX-License-Identifier: Apache-2.0 */
/* Workers whose records are grouped: who leads, who waits, who has to do it alone after all. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <time.h>

#include <cmocka.h>

#include "base/fault.h"
#include "front/recorder.h"

#define WORKERS 8
#define ALONE 100 /* not_after_at of what store_issuance_record() gave */

static struct front_recorder recorder;
static struct store_record records[WORKERS];
static struct certificate given[WORKERS];
static int outcomes[WORKERS];

/* Set by a test, read by the stubs: the linker puts these in the store's place (--wrap). */
static int group_outcome;
static size_t group_calls, group_count;
static int64_t refused_reservation;
static atomic_bool first_leads; /* the first worker is in its transaction */

/* Those that gather behind who leads. */
static size_t gathered(void)
{
	size_t count = 0;
	assert_int_equal(pthread_mutex_lock(&recorder.lock), 0);
	struct list {
		struct list *next;
	};
	for (const struct list *it = (const void *)recorder.first; it != NULL; it = it->next)
		count++;
	assert_int_equal(pthread_mutex_unlock(&recorder.lock), 0);
	return count;
}

/* The first worker's transaction lasts until all others wait for it. */
int __wrap_store_issuance_record(struct store *store, const struct store_record *record,
	struct certificate *ret_recorded) MUST_CHECK;
int __wrap_store_issuance_record(
	struct store *store, const struct store_record *record, struct certificate *ret_recorded)
{
	(void)store;
	const struct timespec moment = { .tv_nsec = 100000 };
	if (record == &records[0])
		atomic_store(&first_leads, true);
	while (record == &records[0] && gathered() < WORKERS - 1)
		(void)nanosleep(&moment, NULL);
	*ret_recorded = record->certificate;
	ret_recorded->not_after_at = ALONE;
	return 0;
}

int __wrap_store_issuance_group_record(struct store *store, const struct store_record *const *group,
	size_t count, bool *ret_recorded) MUST_CHECK;
int __wrap_store_issuance_group_record(struct store *store, const struct store_record *const *group,
	size_t count, bool *ret_recorded)
{
	(void)store;
	group_calls++;
	group_count = count;
	if (group_outcome < 0)
		return fault_new(FAULT_UNAVAILABLE, "the database went away");
	if (group_outcome > 0)
		return group_outcome;
	for (size_t i = 0; i < count; i++)
		ret_recorded[i] = group[i]->reservation != refused_reservation;
	return 0;
}

static void *work(void *argument)
{
	size_t i = (size_t)((struct store_record *)argument - records);
	outcomes[i] = front_recorder_record(&recorder, NULL, &records[i], &given[i]);
	return NULL;
}

static void run(void)
{
	pthread_t threads[WORKERS];
	group_calls = group_count = 0;
	atomic_store(&first_leads, false);
	front_recorder_init(&recorder);
	for (size_t i = 0; i < WORKERS; i++) {
		const struct timespec moment = { .tv_nsec = 100000 };
		records[i].reservation = (int64_t)i + 1;
		records[i].certificate.not_after_at = (int64_t)i + 1;
		given[i].not_after_at = 0;
		assert_int_equal(pthread_create(&threads[i], NULL, work, &records[i]), 0);
		while (!atomic_load(&first_leads))
			(void)nanosleep(&moment, NULL);
	}
	for (size_t i = 0; i < WORKERS; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	front_recorder_done(&recorder);
}

static void those_behind_are_recorded_together(void **state)
{
	(void)state;
	group_outcome = 0;
	refused_reservation = 5;
	run();
	assert_int_equal(group_calls, 1);
	assert_int_equal(group_count, WORKERS - 1);
	for (size_t i = 0; i < WORKERS; i++) {
		assert_int_equal(outcomes[i], 0);
		bool is_alone = i == 0 || records[i].reservation == refused_reservation;
		assert_int_equal(given[i].not_after_at, is_alone ? ALONE : (int64_t)i + 1);
	}
}

static void a_group_that_is_not_recorded_is_recorded_one_by_one(void **state)
{
	(void)state;
	group_outcome = STORE_RETRY;
	run();
	for (size_t i = 0; i < WORKERS; i++) {
		assert_int_equal(outcomes[i], 0);
		assert_int_equal(given[i].not_after_at, ALONE);
	}
}

static void a_fault_is_its_leaders(void **state)
{
	(void)state;
	group_outcome = -1;
	run();
	size_t faults = 0;
	for (size_t i = 0; i < WORKERS; i++) {
		faults += outcomes[i] < 0;
		if (outcomes[i] == 0)
			assert_int_equal(given[i].not_after_at, ALONE);
	}
	assert_int_equal(faults, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(those_behind_are_recorded_together),
		cmocka_unit_test(a_group_that_is_not_recorded_is_recorded_one_by_one),
		cmocka_unit_test(a_fault_is_its_leaders),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
