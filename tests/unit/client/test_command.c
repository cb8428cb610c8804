/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/fault.h"
#include "client/command.h"

struct settings {
	const char *url, *path;
	int64_t timeout_s;
};

static const struct setting settings_table[] = {
	{ .key = "url",
		.type = SETTING_TEXT,
		.offset = offsetof(struct settings, url),
		.fallback = "",
		.help = "an address" },
	{ .key = "clock_file",
		.type = SETTING_PATH,
		.offset = offsetof(struct settings, path),
		.fallback = "",
		.help = "a path" },
	{ .key = "timeout_s",
		.type = SETTING_NUMBER,
		.offset = offsetof(struct settings, timeout_s),
		.fallback = "30",
		.min = 1,
		.max = 60,
		.help = "seconds" },
};

struct options {
	const char *name;
	bool fail;
};

static const struct client_option options_table[] = {
	{ .name = "name",
		.value = "TEXT",
		.type = CLIENT_OPTION_TEXT,
		.required = true,
		.offset = offsetof(struct options, name),
		.help = "a name" },
	{ .name = "fail",
		.type = CLIENT_OPTION_FLAG,
		.offset = offsetof(struct options, fail),
		.help = "fail" },
	{ .name = NULL },
};

static int run_show(const struct client_call *call, const void *given)
{
	const struct options *options = given;
	const struct settings *settings = call->settings;
	if (options->fail)
		return fault_new(FAULT_IO, "the disk is full");
	(void)fprintf(call->out, "%s|%s|%s|%d\n", options->name, settings->url, settings->path,
		(int)settings->timeout_s);
	int r = client_command_need(call, "url", settings->url);
	if (r == 0 && strcmp(options->name, "nobody") == 0)
		return client_command_refuse(call, "%s is not here", options->name);
	return r;
}

static const struct client_command show = { "thing show", "shows a thing", options_table,
	sizeof(struct options), run_show };
static const struct client_command shorter = { "show", "shows", options_table,
	sizeof(struct options), run_show };
static const struct client_command *const commands[] = { &show, &shorter, NULL };

static const struct client_program program = {
	.name = "prog",
	.purpose = "a test",
	.commands = commands,
	.settings = settings_table,
	.settings_count = LENGTH_OF(settings_table),
	.settings_size = sizeof(struct settings),
	.config = "/nonexistent/prog.conf",
};

static char out_text[8192], err_text[8192];

/* Runs a command line, its words separated by blanks. */
static int run(const char *line)
{
	char copy[512], *argv[32] = { "prog" }, *save = NULL;
	int argc = 1;
	(void)snprintf(copy, sizeof(copy), "%s", line);
	for (char *at = strtok_r(copy, " ", &save); at != NULL; at = strtok_r(NULL, " ", &save))
		argv[argc++] = at;
	memset(out_text, 0, sizeof(out_text));
	memset(err_text, 0, sizeof(err_text));
	FILE *out = fmemopen(out_text, sizeof(out_text), "w");
	FILE *err = fmemopen(err_text, sizeof(err_text), "w");
	int status = client_command_main(&program, argc, argv, out, err);
	(void)fclose(out);
	(void)fclose(err);
	return status;
}

static void test_done(void **state)
{
	(void)state;
	assert_int_equal(run("thing show --name a --url u"), 0);
	assert_string_equal(out_text, "a|u||30\n");
	assert_string_equal(err_text, "");
}

static void test_one_word(void **state)
{
	(void)state;
	assert_int_equal(run("show --name a --url u"), 0);
}

static void test_program_options_anywhere(void **state)
{
	(void)state;
	assert_int_equal(run("--url u --timeout 5 thing show --name a --clock-file rel"), 0);
	assert_string_equal(out_text, "a|u|rel|5\n");
	assert_int_equal(run("--url u thing show --name a --url v"), CLIENT_USAGE);
	assert_non_null(strstr(err_text, "--url is given twice"));
}

static void test_statuses(void **state)
{
	(void)state;
	assert_int_equal(run("thing show --name nobody --url u"), CLIENT_REFUSED);
	assert_string_equal(err_text, "prog: nobody is not here\n");
	assert_int_equal(run("thing show --name a"), CLIENT_USAGE);
	assert_non_null(strstr(err_text, "the setting url is needed"));
	assert_int_equal(run("thing show --name a --fail"), CLIENT_EXIT_FAULT);
	assert_non_null(strstr(err_text, "prog: io: the disk is full (run_show:"));
}

static void test_usage(void **state)
{
	(void)state;
	static const char *const lines[] = { "", "thing", "thing hide", "hide", "thing show",
		"thing show --name", "--nonsense", "thing show more --name a",
		"thing show --name a --timeout 61", "thing show --name a --timeout x",
		"help thing hide", "help thing show more" };
	for (size_t i = 0; i < LENGTH_OF(lines); i++) {
		print_message("%s\n", lines[i]);
		assert_int_equal(run(lines[i]), CLIENT_USAGE);
		assert_string_equal(out_text, "");
		assert_true(strlen(err_text) > 0);
	}
}

static void test_help(void **state)
{
	(void)state;
	assert_int_equal(run("help"), 0);
	assert_non_null(strstr(out_text, "thing show              shows a thing\n"));
	assert_non_null(strstr(out_text, "--clock-file VALUE"));
	assert_int_equal(run("help thing show"), 0);
	assert_non_null(strstr(out_text, "--name TEXT"));
	assert_null(strstr(out_text, "--clock-file"));
	assert_int_equal(run("thing show --help"), 0);
	assert_non_null(strstr(out_text, "--name TEXT"));
	assert_int_equal(run("--help"), 0);
	assert_non_null(strstr(out_text, "thing show              shows a thing\n"));
}

static void test_version(void **state)
{
	(void)state;
	assert_int_equal(run("--version"), 0);
	assert_string_equal(out_text, "prog " HAKKO_VERSION "\n");
}

/* Writes a settings file and gives its path. */
static const char *config_write(const char *content)
{
	static char path[64];
	(void)snprintf(path, sizeof(path), "/tmp/hakko-command-XXXXXX");
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	FILE *file = fdopen(fd, "w");
	(void)fputs(content, file);
	(void)fclose(file);
	return path;
}

static void test_config(void **state)
{
	(void)state;
	char line[256];
	const char *path = config_write("url = from file\ntimeout_s = 9\n");
	(void)snprintf(line, sizeof(line), "show --name a --config %s --timeout 10", path);
	assert_int_equal(run(line), 0);
	assert_string_equal(out_text, "a|from file||10\n");
	(void)snprintf(line, sizeof(line), "--config %s --print-config", path);
	assert_int_equal(run(line), 0);
	assert_string_equal(out_text, "url = from file\nclock_file = \ntimeout_s = 9\n");
	(void)snprintf(line, sizeof(line), "--config %s --check-config", path);
	assert_int_equal(run(line), 0);
	assert_string_equal(out_text, "");
	(void)remove(path);
	assert_int_equal(run(line), CLIENT_EXIT_FAULT);
	path = config_write("colour = red\n");
	(void)snprintf(line, sizeof(line), "--config %s --check-config", path);
	assert_int_equal(run(line), CLIENT_EXIT_FAULT);
	(void)remove(path);
}

/* What the disk could not take was not done. */
static void test_full_disk(void **state)
{
	(void)state;
	char *argv[] = { "prog", "--version" };
	FILE *out = fopen("/dev/full", "w");
	assert_non_null(out);
	FILE *err = fmemopen(err_text, sizeof(err_text), "w");
	assert_int_equal(client_command_main(&program, 2, argv, out, err), CLIENT_EXIT_FAULT);
	(void)fclose(err);
	(void)fclose(out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_done),
		cmocka_unit_test(test_one_word),
		cmocka_unit_test(test_program_options_anywhere),
		cmocka_unit_test(test_statuses),
		cmocka_unit_test(test_usage),
		cmocka_unit_test(test_help),
		cmocka_unit_test(test_version),
		cmocka_unit_test(test_config),
		cmocka_unit_test(test_full_disk),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
