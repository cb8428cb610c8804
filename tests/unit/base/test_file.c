/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
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

#include "base/fault.h"
#include "base/file.h"

static char folder[64];
static char path[96];

static int folder_make(void **state)
{
	(void)state;
	(void)snprintf(folder, sizeof(folder), "/tmp/hakko-file-XXXXXX");
	if (mkdtemp(folder) == NULL)
		return -1;
	(void)snprintf(path, sizeof(path), "%s/content", folder);
	return 0;
}

static int folder_remove(void **state)
{
	(void)state;
	(void)unlink(path);
	return rmdir(folder); /* fails when a test left a temporary file behind */
}

static void assert_content(const char *expected)
{
	BUFFER_CLEANUP struct buffer content = BUFFER(0);
	assert_int_equal(file_read(path, 1 << 20, &content), 0);
	assert_true(bytes_equal(buffer_bytes(&content), bytes_of_text(expected)));
}

static mode_t mode_of(const char *file)
{
	struct stat status;
	assert_int_equal(stat(file, &status), 0);
	return status.st_mode & 07777;
}

static void test_replacing_makes_and_changes_whole_files(void **state)
{
	(void)state;
	mode_t umask_before = umask(077);
	assert_int_equal(file_replace(path, bytes_of_text("one"), 0644), 0);
	assert_content("one");
	assert_int_equal(mode_of(path), 0644);
	struct stat one, two;
	assert_int_equal(stat(path, &one), 0);
	assert_int_equal(file_replace(path, bytes_of_text("two, longer"), 0600), 0);
	assert_content("two, longer");
	assert_int_equal(mode_of(path), 0600);
	assert_int_equal(stat(path, &two), 0);
	assert_int_not_equal(one.st_ino, two.st_ino);
	assert_int_equal(file_replace(path, (struct bytes){ NULL, 0 }, 0600), 0);
	assert_content("");
	(void)umask(umask_before);
}

static void test_creating_spares_what_is_there(void **state)
{
	(void)state;
	assert_int_equal(file_create(path, bytes_of_text("first"), 0400), 0);
	assert_int_equal(mode_of(path), 0400);
	assert_int_equal(file_create(path, bytes_of_text("second"), 0400), FILE_EXISTS);
	assert_content("first");
	assert_int_equal(unlink(path), 0);
	assert_int_equal(symlink("nowhere", path), 0);
	assert_int_equal(file_create(path, bytes_of_text("third"), 0400), FILE_EXISTS);
}

static void test_reading_has_a_maximum(void **state)
{
	(void)state;
	BUFFER_CLEANUP struct buffer content = BUFFER(7);
	assert_int_equal(file_read(path, 10, &content), FILE_ABSENT);
	assert_int_equal(file_replace(path, bytes_of_text("0123456789"), 0600), 0);
	assert_int_equal(file_read(path, 9, &content), -FAULT_LIMIT);
	assert_int_equal(file_read(path, 0, &content), -FAULT_LIMIT);
	assert_int_equal(file_read(path, SIZE_MAX, &content), -FAULT_LIMIT);
	assert_int_equal(content.max, 7);
	assert_null(content.data);
	assert_int_equal(file_read(path, 10, &content), 0);
	assert_int_equal(content.len, 10);
	assert_int_equal(file_read(folder, 10, &content), -FAULT_IO);
}

static void test_a_large_file_comes_back_whole(void **state)
{
	(void)state;
	const size_t len = 300001;
	uint8_t *octets = malloc(len);
	assert_non_null(octets);
	for (size_t i = 0; i < len; i++)
		octets[i] = (uint8_t)(i * 7 + i / 251);
	assert_int_equal(file_replace(path, (struct bytes){ octets, len }, 0600), 0);
	BUFFER_CLEANUP struct buffer content = BUFFER(0);
	assert_int_equal(file_read(path, len, &content), 0);
	assert_true(bytes_equal(buffer_bytes(&content), (struct bytes){ octets, len }));
	free(octets);
}

static void test_failures_leave_nothing_behind(void **state)
{
	(void)state;
	char inside[128];
	(void)snprintf(inside, sizeof(inside), "%s/absent/file", folder);
	assert_int_equal(file_replace(inside, bytes_of_text("x"), 0600), -FAULT_IO);
	assert_int_equal(file_create(inside, bytes_of_text("x"), 0600), -FAULT_IO);

	/* A folder cannot be replaced by a file. */
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(file_replace(path, bytes_of_text("x"), 0600), -FAULT_IO);
	assert_int_equal(rmdir(path), 0);
}

static void test_a_path_without_folder(void **state)
{
	(void)state;
	assert_int_equal(chdir(folder), 0);
	assert_int_equal(file_replace("content", bytes_of_text("here"), 0600), 0);
	assert_int_equal(chdir("/"), 0);
	assert_content("here");
}

#define TEST(name_) cmocka_unit_test_setup_teardown(name_, folder_make, folder_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_replacing_makes_and_changes_whole_files),
		TEST(test_creating_spares_what_is_there),
		TEST(test_reading_has_a_maximum),
		TEST(test_a_large_file_comes_back_whole),
		TEST(test_failures_leave_nothing_behind),
		TEST(test_a_path_without_folder),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
