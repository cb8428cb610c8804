/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/fault.h"
#include "base/file.h"
#include "base/secret.h"

static char folder[64];
static char path[96];

static int folder_make(void **state)
{
	(void)state;
	(void)snprintf(folder, sizeof(folder), "/tmp/hakko-secret-XXXXXX");
	if (mkdtemp(folder) == NULL)
		return -1;
	(void)snprintf(path, sizeof(path), "%s/pin", folder);
	return 0;
}

static int folder_remove(void **state)
{
	(void)state;
	(void)unlink(path);
	return rmdir(folder);
}

static void test_room_is_zero_and_goes(void **state)
{
	(void)state;
	struct secret secret = { 0 };
	assert_int_equal(secret_init(&secret, 5000), 0);
	assert_int_equal(secret.len, 5000);
	assert_true(secret.mapped_len >= 5000);
	for (size_t i = 0; i < secret.mapped_len; i++)
		assert_int_equal(secret.data[i], 0);
	memset(secret.data, 0x5a, secret.len);
	secret_done(&secret);
	assert_null(secret.data);
	assert_int_equal(secret.len, 0);
	secret_done(&secret);
	assert_int_equal(secret_init(&secret, SECRET_MAX + 1), -FAULT_LIMIT);
	assert_null(secret.data);
}

/* The lock may be forbidden; the secret is usable all the same. */
static void test_room_without_the_right_to_lock(void **state)
{
	(void)state;
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		const struct rlimit none = { 0, 0 };
		struct secret secret = { 0 };
		bool good = setrlimit(RLIMIT_MEMLOCK, &none) == 0 &&
			(geteuid() != 0 || setuid(65534) == 0) && secret_init(&secret, 16) == 0;
		_exit(good && secret.data[0] == 0 ? 0 : 1);
	}
	int status;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void test_loading(void **state)
{
	(void)state;
	SECRET_CLEANUP struct secret secret = { 0 };
	assert_int_equal(file_replace(path, bytes_of_text("1234\n"), 0400), 0);
	assert_int_equal(secret_load(&secret, path, true), 0);
	assert_int_equal(secret.len, 4);
	assert_memory_equal(secret.data, "1234", 4);
	secret_done(&secret);
	assert_int_equal(secret_load(&secret, path, false), 0);
	assert_int_equal(secret.len, 5);
	secret_done(&secret);
	assert_int_equal(file_replace(path, bytes_of_text("1234\n\n"), 0440), 0);
	assert_int_equal(secret_load(&secret, path, true), 0);
	assert_int_equal(secret.len, 5);
	secret_done(&secret);
	assert_int_equal(file_replace(path, bytes_of_text("7"), 0400), 0);
	assert_int_equal(secret_load(&secret, path, true), 0);
	assert_int_equal(secret.len, 1);
	secret_done(&secret);
	static const uint8_t largest[SECRET_MAX];
	assert_int_equal(file_replace(path, BYTES(largest), 0400), 0);
	assert_int_equal(secret_load(&secret, path, false), 0);
	assert_int_equal(secret.len, SECRET_MAX);
}

static void test_files_that_hold_no_secret(void **state)
{
	(void)state;
	SECRET_CLEANUP struct secret secret = { 0 };
	assert_int_equal(secret_load(&secret, path, true), -FAULT_SETTINGS);
	assert_int_equal(secret_load(&secret, folder, true), -FAULT_SETTINGS);
	assert_int_equal(secret_load(&secret, "/dev/null", true), -FAULT_SETTINGS);
	static const char *const empty[] = { "", "\n" };
	for (size_t i = 0; i < LENGTH_OF(empty); i++) {
		assert_int_equal(file_replace(path, bytes_of_text(empty[i]), 0400), 0);
		assert_int_equal(secret_load(&secret, path, true), -FAULT_SETTINGS);
	}
	static uint8_t large[SECRET_MAX + 1];
	assert_int_equal(file_replace(path, BYTES(large), 0400), 0);
	assert_int_equal(secret_load(&secret, path, false), -FAULT_SETTINGS);
	assert_int_equal(file_replace(path, bytes_of_text("1234"), 0404), 0);
	assert_int_equal(secret_load(&secret, path, false), -FAULT_SETTINGS);
	assert_non_null(strstr(fault_text(), "open to other users"));
	assert_null(strstr(fault_text(), "1234"));
	assert_null(secret.data);
}

static void test_a_hardened_process_leaves_no_core(void **state)
{
	(void)state;
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		struct rlimit limit = { 1, 1 };
		bool good = secret_harden_process() == 0 && prctl(PR_GET_DUMPABLE) == 0 &&
			getrlimit(RLIMIT_CORE, &limit) == 0 && limit.rlim_max == 0;
		_exit(good ? 0 : 1);
	}
	int status;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

#define TEST(name_) cmocka_unit_test_setup_teardown(name_, folder_make, folder_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_room_is_zero_and_goes),
		cmocka_unit_test(test_room_without_the_right_to_lock),
		TEST(test_loading),
		TEST(test_files_that_hold_no_secret),
		cmocka_unit_test(test_a_hardened_process_leaves_no_core),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
