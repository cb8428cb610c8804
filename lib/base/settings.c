/* SPDX-License-Identifier: Apache-2.0 */
#include "base/settings.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "base/file.h"
#include "base/setting_value.h"

/* A key as far as the file has been read. */
struct parsed {
	size_t line; /* where it stands, 0: not yet seen */
	union setting_value value;
};

/* A load under way; nothing reaches the program's struct before all is known to be good. */
struct load {
	const struct setting *table;
	size_t count;
	const char *path;
	struct parsed *parsed;
};

static void load_done(struct load *load)
{
	for (size_t i = 0; load->parsed != NULL && i < load->count; i++)
		if (load->parsed[i].line > 0 && setting_type_is_text(load->table[i].type))
			free(load->parsed[i].value.text);
	free(load->parsed);
}

/* Copies a value between the union and the program's struct, whose members are its types. */
static void member_write(
	const struct setting *row, void *settings, const union setting_value *value)
{
	char *member = (char *)settings + row->offset;
	if (setting_type_is_text(row->type))
		memcpy(member, &value->text, sizeof(value->text));
	else if (row->type == SETTING_BOOLEAN)
		memcpy(member, &value->boolean, sizeof(value->boolean));
	else
		memcpy(member, &value->number, sizeof(value->number));
}

static void member_read(const struct setting *row, const void *settings, union setting_value *value)
{
	const char *member = (const char *)settings + row->offset;
	if (setting_type_is_text(row->type))
		memcpy(&value->text, member, sizeof(value->text));
	else if (row->type == SETTING_BOOLEAN)
		memcpy(&value->boolean, member, sizeof(value->boolean));
	else
		memcpy(&value->number, member, sizeof(value->number));
}

/* The text without blanks at either end; writes a terminator into it. */
static char *trim(char *text)
{
	text += strspn(text, " \t");
	size_t len = strlen(text);
	while (len > 0 && (text[len - 1] == ' ' || text[len - 1] == '\t'))
		len--;
	text[len] = '\0';
	return text;
}

static int take_value(struct load *load, size_t line, size_t place, const char *text)
{
	const struct setting *row = &load->table[place];
	struct parsed *parsed = &load->parsed[place];
	if (parsed->line > 0)
		return fault_new(FAULT_SETTINGS, "%s:%zu: %s stands in line %zu already",
			load->path, line, row->key, parsed->line);
	const char *why;
	int r = setting_value_from_text(row, text, &parsed->value, &why);
	if (r < 0)
		return fault_trace(r);
	if (r == SETTING_BAD)
		return fault_new(FAULT_SETTINGS, "%s:%zu: %s %s", load->path, line, row->key, why);
	parsed->line = line;
	return 0;
}

static int take_line(struct load *load, size_t line, char *text)
{
	text = trim(text);
	if (*text == '\0' || *text == '#')
		return 0;
	char *equals = strchr(text, '=');
	if (equals == NULL)
		return fault_new(
			FAULT_SETTINGS, "%s:%zu: not of the form key = value", load->path, line);
	*equals = '\0';
	const char *key = trim(text);
	size_t place = 0;
	while (place < load->count && strcmp(load->table[place].key, key) != 0)
		place++;
	if (place == load->count)
		return fault_new(
			FAULT_SETTINGS, "%s:%zu: no setting has this name", load->path, line);
	int r = take_value(load, line, place, trim(equals + 1));
	return r < 0 ? fault_trace(r) : 0;
}

/* Takes the lines of a file; the last needs no newline. */
static int take_lines(struct load *load, struct bytes content)
{
	for (size_t line = 1; content.len > 0; line++) {
		const uint8_t *end = memchr(content.data, '\n', content.len);
		size_t len = end != NULL ? (size_t)(end - content.data) : content.len;
		if (len > SETTINGS_LINE_MAX)
			return fault_new(FAULT_SETTINGS, "%s:%zu: longer than %d octets",
				load->path, line, SETTINGS_LINE_MAX);
		if (memchr(content.data, '\0', len) != NULL)
			return fault_new(FAULT_SETTINGS, "%s:%zu: not text", load->path, line);

		char text[SETTINGS_LINE_MAX + 1];
		memcpy(text, content.data, len);
		text[len] = '\0';
		int r = take_line(load, line, text);
		if (r < 0)
			return fault_trace(r);
		size_t taken = len + (end != NULL ? 1 : 0);
		content = (struct bytes){ content.data + taken, content.len - taken };
	}
	return 0;
}

/* Fills what the file left out. */
static int take_fallbacks(struct load *load)
{
	for (size_t i = 0; i < load->count; i++) {
		const struct setting *row = &load->table[i];
		if (load->parsed[i].line > 0)
			continue;
		if (row->fallback == NULL)
			return fault_new(FAULT_SETTINGS, "%s: %s is missing", load->path, row->key);
		const char *why;
		int r = setting_value_from_text(row, row->fallback, &load->parsed[i].value, &why);
		if (r < 0)
			return fault_trace(r);
		assert(r == 0);
		load->parsed[i].line = SIZE_MAX;
	}
	return 0;
}

int settings_load(const struct setting *table, size_t count, const char *path, void *ret_settings)
{
	BUFFER_CLEANUP struct buffer content = BUFFER(0);
	int r = file_read(path, SETTINGS_FILE_MAX, &content);
	if (r == FILE_ABSENT)
		return fault_new(FAULT_SETTINGS, "%s: no such file", path);
	if (r < 0)
		return fault_new(FAULT_SETTINGS, "%s", fault_text());

	CLEANUP(load_done) struct load load = { table, count, path, NULL };
	load.parsed = calloc(count, sizeof(*load.parsed));
	if (load.parsed == NULL)
		return fault_new(FAULT_MEMORY, "no memory for settings");
	r = take_lines(&load, buffer_bytes(&content));
	if (r < 0)
		return fault_trace(r);
	r = take_fallbacks(&load);
	if (r < 0)
		return fault_trace(r);

	for (size_t i = 0; i < count; i++) {
		member_write(&table[i], ret_settings, &load.parsed[i].value);
		load.parsed[i].line = 0; /* the text is the program's now */
	}
	return 0;
}

void settings_done(const struct setting *table, size_t count, void *settings)
{
	const union setting_value none = { .text = NULL };
	for (size_t i = 0; i < count; i++) {
		if (!setting_type_is_text(table[i].type))
			continue;
		union setting_value value;
		member_read(&table[i], settings, &value);
		free(value.text);
		member_write(&table[i], settings, &none);
	}
}

void settings_print(const struct setting *table, size_t count, const void *settings, FILE *out)
{
	for (size_t i = 0; i < count; i++) {
		char room[SETTING_NUMBER_SIZE];
		union setting_value value;
		member_read(&table[i], settings, &value);
		const char *text = setting_value_to_text(&table[i], &value, room);
		(void)fprintf(out, "%s = %s\n", table[i].key, text);
	}
}
