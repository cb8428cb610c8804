/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/calendar.h"
#include "base/file.h"
#include "front/settings.h"

#define CLOSING "closing_at = 2015-12-22T08:00:00Z\n"
#define TEXT_MAX 100000 /* octets of a file read here */

static struct front_settings settings;

/* Loads settings from a text. */
static int load(const char *text)
{
	char path[] = "/tmp/hakko-test-front-XXXXXX";
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	assert_int_equal(close(fd), 0);
	int r = front_settings_load(path, &settings);
	assert_int_equal(unlink(path), 0);
	return r;
}

static void test_the_rest_has_a_default(void **state)
{
	(void)state;
	assert_int_equal(load(CLOSING), 0);
	assert_string_equal(settings.listen, "");
	assert_string_equal(settings.rehearsal_clock, "");
	assert_int_equal(settings.closing_at, INT64_C(1450771200) * SECOND);
	assert_int_equal(settings.workers, 16);
	assert_true(settings.signer_deadline_s < settings.request_deadline_s);
	assert_true(settings.request_deadline_s < settings.stop_deadline_s);
	front_settings_done(&settings);
}

static void test_the_end_must_be_given(void **state)
{
	(void)state;
	assert_true(load("workers = 16\n") < 0);
}

/* The signer must have a connection for each. */
static void test_most_workers(void **state)
{
	(void)state;
	assert_int_equal(load(CLOSING "workers = 120\n"), 0);
	front_settings_done(&settings);
	assert_true(load(CLOSING "workers = 121\n") < 0);
}

static void test_each_is_read_into_its_place(void **state)
{
	(void)state;
	assert_int_equal(
		load(CLOSING "listen = 127.0.0.1:1\nqueue_max = 7\nsettle_interval_s = 9\n"), 0);
	assert_string_equal(settings.listen, "127.0.0.1:1");
	assert_int_equal(settings.queue_max, 7);
	assert_int_equal(settings.settle_interval_s, 9);
	front_settings_done(&settings);
	assert_true(load(CLOSING "queue_max = 0\n") < 0);
	assert_true(load(CLOSING "queue = 7\n") < 0);
}

static void test_the_manual_names_each(void **state)
{
	(void)state;
	struct buffer manual = BUFFER(TEXT_MAX);
	assert_int_equal(file_read(HAKKO_MANUAL, TEXT_MAX - 1, &manual), 0);
	assert_int_equal(buffer_append(&manual, (struct bytes){ (const uint8_t *)"", 1 }), 0);
	size_t count;
	const struct setting *table = front_settings_table(&count);
	for (size_t i = 0; i < count; i++) {
		char quoted[64];
		(void)snprintf(quoted, sizeof(quoted), "`%s`", table[i].key);
		if (strstr((const char *)manual.data, quoted) == NULL)
			fail_msg("the manual does not name %s", table[i].key);
	}
	buffer_done(&manual);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_rest_has_a_default),
		cmocka_unit_test(test_the_end_must_be_given),
		cmocka_unit_test(test_most_workers),
		cmocka_unit_test(test_each_is_read_into_its_place),
		cmocka_unit_test(test_the_manual_names_each),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
