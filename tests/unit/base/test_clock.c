/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/calendar.h"
#include "base/clock.h"
#include "base/fault.h"
#include "base/file.h"

static char folder[64];
static char path[96];

static int folder_make(void **state)
{
	(void)state;
	(void)snprintf(folder, sizeof(folder), "/tmp/hakko-clock-XXXXXX");
	if (mkdtemp(folder) == NULL)
		return -1;
	(void)snprintf(path, sizeof(path), "%s/clock", folder);
	return 0;
}

static int folder_remove(void **state)
{
	(void)state;
	(void)unlink(path);
	return rmdir(folder);
}

static void test_the_real_clock_has_no_offset(void **state)
{
	(void)state;
	struct clock clock = clock_real();
	int64_t before_at = clock_real_now_at();
	int64_t now_at = clock_now_at(&clock);
	assert_in_range(now_at - before_at, 0, 10 * SECOND);
	assert_int_equal(clock_rehearsal_offset_us(&clock), 0);
	clock_done(&clock);
}

static void test_an_open_clock_sees_a_new_offset(void **state)
{
	(void)state;
	struct clock clock;
	assert_int_equal(clock_rehearsal_write(path, -3650 * DAY), 0);
	struct stat made;
	assert_int_equal(stat(path, &made), 0);
	assert_int_equal(made.st_size, CLOCK_FILE_LEN);
	assert_int_equal(made.st_mode & 07777, 0644);

	assert_int_equal(clock_rehearsal_open(path, &clock), 0);
	assert_int_equal(clock_rehearsal_offset_us(&clock), -3650 * DAY);
	int64_t now_at = clock_now_at(&clock);
	assert_in_range(clock_real_now_at() - 3650 * DAY - now_at, 0, 10 * SECOND);

	assert_int_equal(clock_rehearsal_write(path, -3649 * DAY + 5), 0);
	assert_int_equal(clock_rehearsal_offset_us(&clock), -3649 * DAY + 5);
	struct stat changed;
	assert_int_equal(stat(path, &changed), 0);
	assert_int_equal(changed.st_ino, made.st_ino);
	clock_done(&clock);
	clock_done(&clock);
}

/* The octets are the format: other programs than this one read them. */
static void test_the_file_is_little_endian(void **state)
{
	(void)state;
	struct clock clock;
	assert_int_equal(clock_rehearsal_write(path, CLOCK_OFFSET_MAX), 0);
	assert_int_equal(clock_rehearsal_open(path, &clock), 0);
	assert_int_equal(clock_rehearsal_write(path, -CLOCK_OFFSET_MAX), 0);
	assert_int_equal(clock_rehearsal_offset_us(&clock), -CLOCK_OFFSET_MAX);
	clock_done(&clock);
	assert_null(clock.file);
	assert_int_equal(clock_rehearsal_write(path, 0x0102030405), 0);
	BUFFER_CLEANUP struct buffer content = BUFFER(0);
	assert_int_equal(file_read(path, 100, &content), 0);
	assert_int_equal(content.len, 16);
	assert_memory_equal(content.data, "hakkoclk\x05\x04\x03\x02\x01\0\0\0", 16);
}

static void test_what_is_no_clock_file_is_refused(void **state)
{
	(void)state;
	static const struct bytes bad[] = { { NULL, 0 }, { (const uint8_t *)"hakkoclk", 8 },
		{ (const uint8_t *)"hakkoclk\0\0\0\0\0\0\0", 15 },
		{ (const uint8_t *)"hakkoclk\0\0\0\0\0\0\0\0\0", 17 },
		{ (const uint8_t *)"hakkoclX\0\0\0\0\0\0\0\0", 16 },
		{ (const uint8_t *)"hakkoclk\xff\xff\xff\xff\xff\xff\xff\x7f", 16 },
		{ (const uint8_t *)"hakkoclk\0\0\0\0\0\0\0\x80", 16 } };
	struct clock clock = clock_real();
	for (size_t i = 0; i < LENGTH_OF(bad); i++) {
		assert_int_equal(file_replace(path, bad[i], 0644), 0);
		assert_int_equal(clock_rehearsal_open(path, &clock), -FAULT_SETTINGS);
		assert_int_equal(clock_rehearsal_write(path, 1), -FAULT_SETTINGS);
		BUFFER_CLEANUP struct buffer content = BUFFER(0);
		assert_int_equal(file_read(path, 100, &content), 0);
		assert_true(bytes_equal(buffer_bytes(&content), bad[i]));
	}
	assert_int_equal(unlink(path), 0);
	assert_int_equal(clock_rehearsal_open(path, &clock), -FAULT_SETTINGS);
	assert_int_equal(clock_rehearsal_open(folder, &clock), -FAULT_SETTINGS);
	assert_null(clock.file);
	assert_int_equal(clock_rehearsal_write(path, CLOCK_OFFSET_MAX + 1), -FAULT_LIMIT);
	assert_int_equal(clock_rehearsal_write(path, INT64_MIN), -FAULT_LIMIT);
	assert_int_not_equal(access(path, F_OK), 0);
}

#define ONE INT64_C(0x0000000000111111)
#define OTHER INT64_C(0x0022222222000000)

static void *write_turns(void *ret_faults)
{
	for (int i = 0; i < 200; i++)
		*(int *)ret_faults += clock_rehearsal_write(path, i % 2 == 0 ? OTHER : ONE) != 0;
	return NULL;
}

static void test_no_reader_sees_half_an_offset(void **state)
{
	(void)state;
	assert_int_equal(clock_rehearsal_write(path, ONE), 0);
	struct clock clock;
	assert_int_equal(clock_rehearsal_open(path, &clock), 0);
	pthread_t thread;
	int faults = 0;
	assert_int_equal(pthread_create(&thread, NULL, write_turns, &faults), 0);
	while (pthread_tryjoin_np(thread, NULL) != 0) {
		int64_t seen = clock_rehearsal_offset_us(&clock);
		if (seen != ONE && seen != OTHER)
			fail_msg("half an offset: %llx", (unsigned long long)seen);
	}
	assert_int_equal(faults, 0);
	clock_done(&clock);
}

static void test_deadlines(void **state)
{
	(void)state;
	struct deadline soon = deadline_after_ms(50), late = deadline_after_ms(60000);
	assert_in_range(deadline_left_ms(late), 50000, 60000);
	assert_int_equal(deadline_sooner(soon, late).monotonic_us, soon.monotonic_us);
	assert_int_equal(deadline_sooner(late, soon).monotonic_us, soon.monotonic_us);
	assert_int_equal(deadline_left_ms((struct deadline){ monotonic_us() }), 0);
	assert_int_equal(deadline_left_ms(deadline_after_ms(-5)), 0);
	assert_int_equal(deadline_left_ms((struct deadline){ INT64_MAX }), INT_MAX);
	while (monotonic_us() < soon.monotonic_us - 1)
		assert_in_range(deadline_left_ms(soon), 0, 50);
	while (monotonic_us() < soon.monotonic_us)
		;
	assert_int_equal(deadline_left_ms(soon), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_real_clock_has_no_offset),
		cmocka_unit_test_setup_teardown(
			test_an_open_clock_sees_a_new_offset, folder_make, folder_remove),
		cmocka_unit_test_setup_teardown(
			test_the_file_is_little_endian, folder_make, folder_remove),
		cmocka_unit_test_setup_teardown(
			test_what_is_no_clock_file_is_refused, folder_make, folder_remove),
		cmocka_unit_test_setup_teardown(
			test_no_reader_sees_half_an_offset, folder_make, folder_remove),
		cmocka_unit_test(test_deadlines),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
