/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/calendar.h"
#include "base/fault.h"
#include "signer/settings.h"

static const char least[] = "closing_at = 2015-12-22T08:00:00Z\n"
			    "front_user = 1000\n"
			    "publish_user = root\n"
			    "profile.crl_uri = http://crl.example.jp/\n";

/* Loads settings of these lines. */
static int load(const char *text, struct signer_settings *settings)
{
	char path[] = "/tmp/hakko-settings-XXXXXX";
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	assert_int_equal(close(fd), 0);
	int r = signer_settings_load(path, settings);
	assert_int_equal(unlink(path), 0);
	return r;
}

static void test_what_is_not_said_has_its_default(void **state)
{
	(void)state;
	struct signer_settings settings;
	assert_int_equal(load(least, &settings), 0);
	assert_string_equal(settings.socket, "/run/hakko/signer.sock");
	assert_string_equal(settings.passphrase_file, "");
	assert_int_equal(settings.closing_at, INT64_C(1450771200) * SECOND);
	assert_int_equal(settings.clock_skew_ms, 2000);
	assert_int_equal(settings.front_uid, 1000);
	assert_int_equal(settings.publish_uid, 0);
	assert_string_equal(settings.profile.crl_uri, "http://crl.example.jp/");
	assert_int_equal(settings.profile.validity_years, 3);
	signer_settings_done(&settings);
}

static void test_what_cannot_be_used_is_refused(void **state)
{
	(void)state;
	static const struct {
		const char *closing, *front, *publish, *more;
	} bad[] = {
		{ "today", "0", "0", "" },
		{ "2015-12-22T08:00:00Z", "nobody-of-this-name", "0", "" },
		{ "2015-12-22T08:00:00Z", "4294967295", "0", "" },
		{ "2015-12-22T08:00:00Z", "0", "12x", "" },
		{ "2015-12-22T08:00:00Z", "0", "0", "threads = -1" },
		{ "2015-12-22T08:00:00Z", "0", "0", "profile.nonsense = 1" },
	};
	for (size_t i = 0; i < LENGTH_OF(bad); i++) {
		char text[1024];
		(void)snprintf(text, sizeof(text),
			"closing_at = %s\nfront_user = %s\npublish_user = %s\n"
			"profile.crl_uri = http://crl.example.jp/\n%s\n",
			bad[i].closing, bad[i].front, bad[i].publish, bad[i].more);
		struct signer_settings settings;
		assert_int_equal(load(text, &settings), -FAULT_SETTINGS);
	}
}

static void test_the_printed_settings_read_back_the_same(void **state)
{
	(void)state;
	struct signer_settings settings;
	char *one = NULL, *two = NULL;
	size_t len;
	assert_int_equal(load(least, &settings), 0);
	FILE *out = open_memstream(&one, &len);
	assert_non_null(out);
	signer_settings_print(&settings, out);
	assert_int_equal(fclose(out), 0);
	signer_settings_done(&settings);

	assert_int_equal(load(one, &settings), 0);
	out = open_memstream(&two, &len);
	assert_non_null(out);
	signer_settings_print(&settings, out);
	assert_int_equal(fclose(out), 0);
	signer_settings_done(&settings);
	assert_string_equal(one, two);
	free(one);
	free(two);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_not_said_has_its_default),
		cmocka_unit_test(test_what_cannot_be_used_is_refused),
		cmocka_unit_test(test_the_printed_settings_read_back_the_same),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
