/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/calendar.h"
#include "client/option.h"

struct values {
	bool flag;
	const char *text, *word, *path;
	int64_t number, instant_at;
	struct date date;
};

static const char *const words[] = { "red", "green", NULL };

static const struct client_option table[] = {
	{ .name = "flag",
		.type = CLIENT_OPTION_FLAG,
		.offset = offsetof(struct values, flag),
		.help = "a flag" },
	{ .name = "text",
		.value = "TEXT",
		.type = CLIENT_OPTION_TEXT,
		.required = true,
		.offset = offsetof(struct values, text),
		.help = "a text" },
	{ .name = "word",
		.value = "WORD",
		.type = CLIENT_OPTION_WORD,
		.offset = offsetof(struct values, word),
		.words = words,
		.fallback = "green",
		.help = "a word" },
	{ .name = "number",
		.value = "N",
		.type = CLIENT_OPTION_NUMBER,
		.offset = offsetof(struct values, number),
		.min = 2,
		.max = 10,
		.fallback = "7",
		.help = "a number" },
	{ .name = "instant",
		.value = "INSTANT",
		.type = CLIENT_OPTION_INSTANT,
		.offset = offsetof(struct values, instant_at),
		.help = "an instant" },
	{ .name = "date",
		.value = "DATE",
		.type = CLIENT_OPTION_DATE,
		.offset = offsetof(struct values, date),
		.help = "a day" },
	{ .name = NULL },
};

/* A table that comes second: one name of its own, one that the first has too. */
static const struct client_option second[] = {
	{ .name = "path",
		.value = "FILE",
		.type = CLIENT_OPTION_TEXT,
		.offset = offsetof(struct values, path),
		.help = "a path" },
	{ .name = "text",
		.value = "FILE",
		.type = CLIENT_OPTION_TEXT,
		.offset = offsetof(struct values, path),
		.help = "shadowed" },
	{ .name = NULL },
};

static char said[4096]; /* what the person was told */

/* Reads a whole command line, its words separated by blanks. */
static int read_line(const char *line, struct values *ret_values)
{
	char copy[256], *argv[32], *save = NULL;
	int argc = 0, place = 0, r = 0;
	(void)snprintf(copy, sizeof(copy), "%s", line);
	for (char *at = strtok_r(copy, " ", &save); at != NULL; at = strtok_r(NULL, " ", &save))
		argv[argc++] = at;
	static struct values values;
	static char kept[32][64];
	for (int i = 0; i < argc; i++) {
		(void)snprintf(kept[i], sizeof(kept[i]), "%s", argv[i]);
		argv[i] = kept[i];
	}
	values = (struct values){ .flag = false };
	memset(said, 0, sizeof(said));
	FILE *err = fmemopen(said, sizeof(said), "w");
	assert_non_null(err);
	struct client_option_set sets[] = { { table, &values, 0 }, { second, &values, 0 } };
	while (r == 0 && place < argc)
		r = client_option_take(sets, LENGTH_OF(sets), argc, argv, &place, err);
	if (r == 0)
		r = client_option_finish(&sets[0], err);
	(void)fclose(err);
	*ret_values = values;
	return r;
}

static void test_good(void **state)
{
	(void)state;
	struct values values;
	assert_int_equal(read_line("--text a --flag --word red --number 10 --date 2015-12-22 "
				   "--instant 2015-12-22T17:00:00+09:00 --path b",
				 &values),
		0);
	assert_true(values.flag);
	assert_string_equal(values.text, "a");
	assert_string_equal(values.word, "red");
	assert_string_equal(values.path, "b");
	assert_int_equal(values.number, 10);
	assert_int_equal(values.instant_at, INT64_C(1450771200) * SECOND);
	assert_int_equal(values.date.day, 22);
}

static void test_fallbacks(void **state)
{
	(void)state;
	struct values values;
	assert_int_equal(read_line("--text a", &values), 0);
	assert_false(values.flag);
	assert_string_equal(values.word, "green");
	assert_int_equal(values.number, 7);
	assert_int_equal(values.instant_at, 0);
	assert_int_equal(values.date.year, 0);
	assert_null(values.path);
}

static void test_first_table_wins(void **state)
{
	(void)state;
	struct values values;
	assert_int_equal(read_line("--text a", &values), 0);
	assert_string_equal(values.text, "a");
	assert_null(values.path);
}

static void test_bad(void **state)
{
	(void)state;
	static const struct {
		const char *line, *told;
	} rows[] = {
		{ "--text a --colour red", "no option is called --colour here" },
		{ "--text a -f", "no option is called -f here" },
		{ "--text a stray", "no option is called stray here" },
		{ "--text=a", "no option is called --text=a here" },
		{ "--text a --text b", "--text is given twice" },
		{ "--flag --flag --text a", "--flag is given twice" },
		{ "--flag", "--text is missing" },
		{ "--text", "--text needs a value" },
		{ "--text --flag", "--text needs a value" },
		{ "--text a --word blue", "--word must be one of" },
		{ "--text a --number 1", "--number must be a whole number" },
		{ "--text a --number 11", "--number must be a whole number" },
		{ "--text a --number 3x", "--number must be a whole number" },
		{ "--text a --number +3", "--number must be a whole number" },
		{ "--text a --number 9999999999999999999999", "--number must be a whole number" },
		{ "--text a --instant 2015-12-22", "--instant must be an instant" },
		{ "--text a --date 2015-02-29", "--date must be a day" },
	};
	for (size_t i = 0; i < LENGTH_OF(rows); i++) {
		struct values values;
		print_message("%s\n", rows[i].line);
		assert_int_equal(read_line(rows[i].line, &values), CLIENT_USAGE);
		assert_non_null(strstr(said, rows[i].told));
		assert_ptr_equal(strchr(said, '\n'), said + strlen(said) - 1);
	}
}

static void test_text_length(void **state)
{
	(void)state;
	static char longest[CLIENT_OPTION_TEXT_MAX + 2];
	static char name[] = "--text";
	memset(longest, 'a', sizeof(longest) - 1);
	for (size_t len = CLIENT_OPTION_TEXT_MAX + 1; len >= CLIENT_OPTION_TEXT_MAX; len--) {
		struct values values = { .flag = false };
		struct client_option_set set = { table, &values, 0 };
		char *argv[] = { name, longest };
		int place = 0;
		longest[len] = '\0';
		FILE *err = fmemopen(said, sizeof(said), "w");
		int r = client_option_take(&set, 1, 2, argv, &place, err);
		(void)fclose(err);
		assert_int_equal(r, len > CLIENT_OPTION_TEXT_MAX ? CLIENT_USAGE : 0);
	}
}

static void test_help(void **state)
{
	(void)state;
	char text[2048] = "";
	FILE *out = fmemopen(text, sizeof(text), "w");
	client_option_help(table, out);
	(void)fclose(out);
	assert_non_null(strstr(text, "  --text TEXT                 a text [required]\n"));
	assert_non_null(strstr(text, "a word: red, green (green)\n"));
	assert_non_null(strstr(text, "a number, 2 to 10 (7)\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_fallbacks),
		cmocka_unit_test(test_first_table_wins),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_text_length),
		cmocka_unit_test(test_help),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
