/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/fault.h"
#include "base/file.h"
#include "base/settings.h"

struct sample {
	const char *name;
	const char *folder;
	int64_t workers;
	bool public;
	int64_t closing_at;
	const char *listen;
	const char *note;
};

#define ROW(member_) offsetof(struct sample, member_)

static const struct setting table[] = {
	{ "name", SETTING_TEXT, ROW(name), NULL, 0, 20, "Name of the place." },
	{ "folder", SETTING_PATH, ROW(folder), "/var/lib/hakko", 0, 0, "Where files lie." },
	{ "workers", SETTING_NUMBER, ROW(workers), "8", 1, 64, "Threads." },
	{ "public", SETTING_BOOLEAN, ROW(public), "no", 0, 0, "Whether all may see it." },
	{ "closing", SETTING_INSTANT, ROW(closing_at), "2015-12-22T17:00:00+09:00", 0, 0, "End." },
	{ "listen", SETTING_ADDRESS, ROW(listen), "127.0.0.1:8443", 0, 0, "Address." },
	{ "note", SETTING_TEXT, ROW(note), "", 0, 0, "Anything." },
};

static char folder[64];
static char path[96];

static int folder_make(void **state)
{
	(void)state;
	(void)snprintf(folder, sizeof(folder), "/tmp/hakko-settings-XXXXXX");
	if (mkdtemp(folder) == NULL)
		return -1;
	(void)snprintf(path, sizeof(path), "%s/hakko.conf", folder);
	return 0;
}

static int folder_remove(void **state)
{
	(void)state;
	(void)unlink(path);
	return rmdir(folder);
}

static int load(struct bytes content, struct sample *ret_sample)
{
	assert_int_equal(file_replace(path, content, 0600), 0);
	return settings_load(table, LENGTH_OF(table), path, ret_sample);
}

static void test_a_full_file(void **state)
{
	(void)state;
	struct sample sample;
	assert_int_equal(load(bytes_of_text("# settings\n"
					    "\n"
					    "  # of one place\n"
					    "name=Kita = # no remark\n"
					    "\tfolder \t=\t /srv/a b \t\n"
					    "workers = 64\n"
					    "public = yes\n"
					    "closing = 2016-01-01T00:00:00Z\n"
					    "listen = [::1]:443\n"
					    "note ="),
				 &sample),
		0);
	assert_string_equal(sample.name, "Kita = # no remark");
	assert_string_equal(sample.folder, "/srv/a b");
	assert_int_equal(sample.workers, 64);
	assert_true(sample.public);
	assert_int_equal(sample.closing_at, INT64_C(1451606400000000));
	assert_string_equal(sample.listen, "[::1]:443");
	assert_string_equal(sample.note, "");
	settings_done(table, LENGTH_OF(table), &sample);
	assert_null(sample.name);
	settings_done(table, LENGTH_OF(table), &sample);
}

static void test_what_is_left_out_is_as_the_table_says(void **state)
{
	(void)state;
	struct sample sample;
	assert_int_equal(load(bytes_of_text("name = x"), &sample), 0);
	assert_string_equal(sample.folder, "/var/lib/hakko");
	assert_int_equal(sample.workers, 8);
	assert_false(sample.public);
	assert_int_equal(sample.closing_at, INT64_C(1450771200000000));
	assert_string_equal(sample.note, "");
	settings_done(table, LENGTH_OF(table), &sample);
}

static void test_bad_lines_are_refused_with_file_and_line(void **state)
{
	(void)state;
	static const struct {
		const char *content;
		const char *why; /* behind "path:" */
	} bad[] = {
		{ "", " name is missing" },
		{ "name", "1: not of the form key = value" },
		{ "name = x\n\nfoo = 1\n", "3: no setting has this name" },
		{ "name = x\nName = x\n", "2: no setting has this name" },
		{ "name = x\n= 1\n", "2: no setting has this name" },
		{ "name = x\nname = y\n", "2: name stands in line 1 already" },
		{ "name = x\nworkers = many\n", "2: workers must be a whole number" },
		{ "name = x\nworkers = 65\n", "2: workers is out of range" },
		{ "name =\n", "1: name has no value" },
		{ "name = x\nfolder =\n", "2: folder has no value" },
		{ "name = x\nfolder = srv\n", "2: folder must be an absolute path" },
		{ "name = 123456789012345678901\n", "1: name is too long" },
		{ "name = x\r\n", "1: name must be UTF-8 without controls" },
		{ "name = x\npublic = on\n", "2: public must be yes or no" },
		{ "# first\nname = x\nclosing = tomorrow\n",
			"3: closing must be an instant such as 2015-12-22T17:00:00+09:00" },
		{ "name = x\nlisten = localhost:1\n",
			"2: listen must be address:port, with numbers, [address]:port for IPv6" },
		{ "name = x\nworkers = 8 \\\n  9\n", "2: workers must be a whole number" },
	};
	for (size_t i = 0; i < LENGTH_OF(bad); i++) {
		struct sample sample = { .workers = 77 };
		char expected[256];
		(void)snprintf(expected, sizeof(expected), "%s:%s", path, bad[i].why);
		assert_int_equal(load(bytes_of_text(bad[i].content), &sample), -FAULT_SETTINGS);
		assert_string_equal(fault_text(), expected);
		assert_int_equal(sample.workers, 77);
		assert_null(sample.name);
	}
}

static void test_lengths_and_octets(void **state)
{
	(void)state;
	struct sample sample;
	char line[SETTINGS_LINE_MAX + 2];
	memset(line, '#', sizeof(line) - 1);
	line[sizeof(line) - 1] = '\0';
	assert_int_equal(load(bytes_of_text(line), &sample), -FAULT_SETTINGS);
	assert_non_null(strstr(fault_text(), ":1: longer than 1024 octets"));
	line[SETTINGS_LINE_MAX] = '\0';
	assert_int_equal(load(bytes_of_text(line), &sample), -FAULT_SETTINGS);
	assert_non_null(strstr(fault_text(), "name is missing"));

	const struct bytes with_zero = { (const uint8_t *)"name = x\0y\n", 11 };
	assert_int_equal(load(with_zero, &sample), -FAULT_SETTINGS);
	assert_non_null(strstr(fault_text(), ":1: not text"));

	BUFFER_CLEANUP struct buffer large = BUFFER(SETTINGS_FILE_MAX + 1);
	uint8_t *place;
	assert_int_equal(buffer_extend(&large, SETTINGS_FILE_MAX + 1, &place), 0);
	memset(place, '\n', SETTINGS_FILE_MAX + 1);
	assert_int_equal(load(buffer_bytes(&large), &sample), -FAULT_SETTINGS);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(settings_load(table, LENGTH_OF(table), path, &sample), -FAULT_SETTINGS);
	assert_non_null(strstr(fault_text(), "no such file"));
	assert_int_equal(settings_load(table, LENGTH_OF(table), folder, &sample), -FAULT_SETTINGS);
}

static void test_a_bad_value_is_not_repeated(void **state)
{
	(void)state;
	struct sample sample;
	assert_int_equal(load(bytes_of_text("password hunter2\n"), &sample), -FAULT_SETTINGS);
	assert_null(strstr(fault_text(), "hunter2"));
	assert_int_equal(load(bytes_of_text("hunter2 = x\n"), &sample), -FAULT_SETTINGS);
	assert_null(strstr(fault_text(), "hunter2"));
	assert_int_equal(load(bytes_of_text("workers = hunter2\n"), &sample), -FAULT_SETTINGS);
	assert_null(strstr(fault_text(), "hunter2"));
}

static void test_printed_settings_load_the_same(void **state)
{
	(void)state;
	struct sample sample, again;
	assert_int_equal(load(bytes_of_text("name = #1 = \xe5\x8c\x97\nworkers = 3\npublic = yes\n"
					    "closing = 2016-01-01T00:00:00.25Z\n"),
				 &sample),
		0);
	char *text = NULL, *text_again = NULL;
	size_t len, len_again;
	FILE *out = open_memstream(&text, &len);
	settings_print(table, LENGTH_OF(table), &sample, out);
	assert_int_equal(fclose(out), 0);
	assert_int_equal(load(bytes_of_text(text), &again), 0);
	assert_string_equal(again.name, "#1 = \xe5\x8c\x97");
	assert_int_equal(again.closing_at, sample.closing_at);
	assert_string_equal(again.note, "");

	out = open_memstream(&text_again, &len_again);
	settings_print(table, LENGTH_OF(table), &again, out);
	assert_int_equal(fclose(out), 0);
	assert_string_equal(text_again, text);
	free(text);
	free(text_again);
	settings_done(table, LENGTH_OF(table), &sample);
	settings_done(table, LENGTH_OF(table), &again);
}

#define TEST(name_) cmocka_unit_test_setup_teardown(name_, folder_make, folder_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_a_full_file),
		TEST(test_what_is_left_out_is_as_the_table_says),
		TEST(test_bad_lines_are_refused_with_file_and_line),
		TEST(test_lengths_and_octets),
		TEST(test_a_bad_value_is_not_repeated),
		TEST(test_printed_settings_load_the_same),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
