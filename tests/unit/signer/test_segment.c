/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/calendar.h"
#include "base/fault.h"
#include "signer/segment.h"

static void test_a_segment_is_a_month_of_utc(void **state)
{
	(void)state;
	int64_t at;
	assert_int_equal(instant_from_text("2015-12-31T23:59:59.999999Z", &at), 0);
	assert_int_equal(signer_segment_of(at), 201512);
	assert_int_equal(signer_segment_of(at + 1), 201601);
}

static void test_names(void **state)
{
	(void)state;
	char name[SIGNER_SEGMENT_NAME_SIZE];
	uint32_t segment = 0;
	signer_segment_name(201512, name);
	assert_string_equal(name, "bodies-2015-12");
	assert_int_equal(signer_segment_from_name(name, &segment), 0);
	assert_int_equal(segment, 201512);
	static const char *const bad[] = { "bodies-2015-13", "bodies-2015-00", "bodies-2015-1",
		"bodies-2015-12~", "bodies-2015-12.old", "Bodies-2015-12", "chain", "",
		"bodies-+015-12", "bodies- 015-12" };
	for (size_t i = 0; i < LENGTH_OF(bad); i++)
		assert_int_equal(signer_segment_from_name(bad[i], &segment), SIGNER_SEGMENT_BAD);
	assert_int_equal(segment, 201512);
}

static void test_a_segment_is_made_once_and_read_back(void **state)
{
	(void)state;
	char path[] = "/tmp/hakko-segment-XXXXXX";
	assert_non_null(mkdtemp(path));
	int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), fd = -1, second = -1;
	assert_true(folder >= 0);
	assert_int_equal(signer_segment_open(folder, 201512, true, &fd), SIGNER_SEGMENT_ABSENT);
	assert_int_equal(signer_segment_create(folder, 201512, &fd), 0);
	assert_int_equal(signer_segment_create(folder, 201512, &second), -FAULT_IO);
	assert_int_equal(signer_segment_write(fd, 5, BYTES("abc")), 0);
	assert_int_equal(signer_segment_sync(fd), 0);
	uint8_t octets[9];
	assert_int_equal(signer_segment_open(folder, 201512, false, &second), 0);
	assert_int_equal(signer_segment_read(second, 5, octets, 4), 0);
	assert_memory_equal(octets, "abc", 4);
	assert_int_equal(signer_segment_read(second, 5, octets, 5), SIGNER_SEGMENT_SHORT);
	assert_int_equal(signer_segment_write(second, 0, BYTES("x")), -FAULT_IO);
	assert_int_equal(close(fd) | close(second), 0);
	assert_int_equal(unlinkat(folder, "bodies-2015-12", 0), 0);
	assert_int_equal(close(folder), 0);
	assert_int_equal(rmdir(path), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_segment_is_a_month_of_utc),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_a_segment_is_made_once_and_read_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
