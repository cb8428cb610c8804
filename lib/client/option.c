/* SPDX-License-Identifier: Apache-2.0 */
#include "client/option.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/calendar.h"

#define NUMBER_DIGITS_MAX 18

/* Each reader answers NULL, or what the value must be. */
static const char *text_read(const struct client_option *row, const char *text, void *member)
{
	(void)row;
	if (*text == '\0' || strlen(text) > CLIENT_OPTION_TEXT_MAX)
		return "must be a text, not empty and not longer than 1024 octets";
	memcpy(member, &text, sizeof(text));
	return NULL;
}

static const char *word_read(const struct client_option *row, const char *text, void *member)
{
	for (size_t i = 0; row->words[i] != NULL; i++) {
		if (strcmp(row->words[i], text) != 0)
			continue;
		memcpy(member, &row->words[i], sizeof(text));
		return NULL;
	}
	return "must be one of the words its help names";
}

static const char *number_read(const struct client_option *row, const char *text, void *member)
{
	size_t len = strlen(text);
	int64_t number = -1;
	if (len > 0 && len <= NUMBER_DIGITS_MAX && strspn(text, "0123456789") == len)
		number = strtoimax(text, NULL, 10);
	if (number < row->min || number > row->max)
		return "must be a whole number in its range";
	memcpy(member, &number, sizeof(number));
	return NULL;
}

static const char *instant_read(const struct client_option *row, const char *text, void *member)
{
	(void)row;
	int64_t instant_at;
	if (instant_from_text(text, &instant_at) != 0)
		return "must be an instant such as 2015-12-22T17:00:00+09:00";
	memcpy(member, &instant_at, sizeof(instant_at));
	return NULL;
}

static const char *date_read(const struct client_option *row, const char *text, void *member)
{
	(void)row;
	struct date date;
	if (date_from_text(text, &date) != 0)
		return "must be a day such as 2015-12-22";
	memcpy(member, &date, sizeof(date));
	return NULL;
}

typedef const char *reader(const struct client_option *row, const char *text, void *member);

static reader *const readers[] = {
	[CLIENT_OPTION_TEXT] = text_read,
	[CLIENT_OPTION_WORD] = word_read,
	[CLIENT_OPTION_NUMBER] = number_read,
	[CLIENT_OPTION_INSTANT] = instant_read,
	[CLIENT_OPTION_DATE] = date_read,
};

static void *member_of(const struct client_option_set *set, const struct client_option *row)
{
	return (char *)set->values + row->offset;
}

static int usage(FILE *err, const char *name, const char *why)
{
	(void)fprintf(err, "--%s %s\n", name, why);
	return CLIENT_USAGE;
}

static const struct client_option *row_find(const struct client_option *table, const char *name)
{
	while (table->name != NULL && strcmp(table->name, name) != 0)
		table++;
	return table->name != NULL ? table : NULL;
}

/* The first set that has the name, and its row; NULL when none has it. */
static struct client_option_set *find(
	struct client_option_set *sets, size_t count, const char *name, size_t *ret_row)
{
	for (size_t i = 0; i < count; i++) {
		const struct client_option *row = row_find(sets[i].table, name);
		if (row == NULL)
			continue;
		*ret_row = (size_t)(row - sets[i].table);
		assert(*ret_row < CLIENT_OPTIONS_MAX);
		return &sets[i];
	}
	return NULL;
}

int client_option_take(struct client_option_set *sets, size_t count, int argc, char *const *argv,
	int *place, FILE *err)
{
	const char *name = argv[*place];
	size_t row;
	struct client_option_set *set = NULL;
	if (strncmp(name, "--", 2) == 0)
		set = find(sets, count, name + 2, &row);
	if (set == NULL) {
		(void)fprintf(err, "no option is called %s here\n", name);
		return CLIENT_USAGE;
	}
	const struct client_option *option = &set->table[row];
	if ((set->given & UINT32_C(1) << row) != 0)
		return usage(err, option->name, "is given twice");
	set->given |= UINT32_C(1) << row;
	*place += 1;
	if (option->type == CLIENT_OPTION_FLAG) {
		memcpy(member_of(set, option), &(bool){ true }, sizeof(bool));
		return 0;
	}
	/* A forgotten value must not swallow the next option. */
	if (*place == argc || strncmp(argv[*place], "--", 2) == 0)
		return usage(err, option->name, "needs a value");
	const char *why = readers[option->type](option, argv[*place], member_of(set, option));
	*place += 1;
	return why == NULL ? 0 : usage(err, option->name, why);
}

int client_option_finish(struct client_option_set *set, FILE *err)
{
	int r = 0;
	for (size_t row = 0; set->table[row].name != NULL; row++) {
		const struct client_option *option = &set->table[row];
		if ((set->given & UINT32_C(1) << row) != 0)
			continue;
		if (option->required)
			r = usage(err, option->name, "is missing");
		if (option->fallback == NULL)
			continue;
		const char *why = readers[option->type](
			option, option->fallback, member_of(set, option));
		assert(why == NULL);
		(void)why;
	}
	return r;
}

static void row_help(const struct client_option *row, FILE *out)
{
	int len = fprintf(out, "  --%s%s%s", row->name, row->value != NULL ? " " : "",
		row->value != NULL ? row->value : "");
	(void)fprintf(out, "%*s%s", len < 30 ? 30 - len : 1, "", row->help);
	for (size_t i = 0; row->type == CLIENT_OPTION_WORD && row->words[i] != NULL; i++)
		(void)fprintf(out, "%s%s", i == 0 ? ": " : ", ", row->words[i]);
	if (row->type == CLIENT_OPTION_NUMBER && row->max < INT64_MAX)
		(void)fprintf(out, ", %" PRId64 " to %" PRId64, row->min, row->max);
	if (row->fallback != NULL)
		(void)fprintf(out, " (%s)", row->fallback);
	(void)fprintf(out, "%s\n", row->required ? " [required]" : "");
}

void client_option_help(const struct client_option *table, FILE *out)
{
	for (size_t row = 0; table[row].name != NULL; row++)
		row_help(&table[row], out);
}
