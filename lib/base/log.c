/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

/* The file and line of this file would be in every record. */
#define SD_JOURNAL_SUPPRESS_LOCATION
#include <systemd/sd-journal.h>

#include "base/fault.h"

#define FIELDS_MAX 20                  /* of the journal, for one event */
#define FIELD_SIZE (LOG_LINE_MAX + 64) /* octets of a field with its name */

static const char *program_name = "hakko";
static bool to_journal;

/* A record for the journal: its fields one after another in `text`. */
struct record {
	struct iovec fields[FIELDS_MAX];
	int count;
	char text[4 * FIELD_SIZE];
	size_t len;
};

/* True when stderr is the stream that the service manager connected to the journal. */
static bool stderr_is_journal(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	struct stat status;
	if (stream == NULL || fstat(STDERR_FILENO, &status) != 0)
		return false;
	char ours[64];
	(void)snprintf(
		ours, sizeof(ours), "%ju:%ju", (uintmax_t)status.st_dev, (uintmax_t)status.st_ino);
	return strcmp(stream, ours) == 0;
}

void log_open(const char *program)
{
	program_name = program;
	to_journal = stderr_is_journal();
}

/* Adds NAME=value; what has no room is left out, MESSAGE holds it all. */
static void field_add(struct record *record, const char *name, const char *value, size_t value_len)
{
	size_t name_len = strlen(name);
	if (record->count == FIELDS_MAX ||
		sizeof(record->text) - record->len < name_len + 1 + value_len)
		return;
	char *place = record->text + record->len;
	memcpy(place, name, name_len);
	place[name_len] = '=';
	memcpy(place + name_len + 1, value, value_len);
	record->fields[record->count++] = (struct iovec){ place, name_len + 1 + value_len };
	record->len += name_len + 1 + value_len;
}

/* HAKKO_KEY of "key"; false when that cannot name a field. */
static bool field_name(const char *key, size_t key_len, char *out, size_t size)
{
	int len = snprintf(out, size, "HAKKO_%.*s", (int)key_len, key);
	if (key_len == 0 || len < 0 || (size_t)len >= size)
		return false;
	for (char *c = out; *c != '\0'; c++) {
		if (*c >= 'a' && *c <= 'z')
			*c = (char)(*c - 'a' + 'A');
		else if (*c != '_' && !(*c >= 'A' && *c <= 'Z') && !(*c >= '0' && *c <= '9'))
			return false;
	}
	return true;
}

/* Adds a field for each key=value and key="value with spaces" of a line. */
static void fields_of_line(struct record *record, const char *line)
{
	while (*line != '\0') {
		size_t key_len = strcspn(line, "= ");
		if (line[key_len] != '=') {
			line += key_len;
			line += *line == ' ' ? 1 : 0;
			continue;
		}
		const char *value = line + key_len + 1;
		bool quoted = *value == '"';
		value += quoted ? 1 : 0;
		size_t value_len = strcspn(value, quoted ? "\"" : " ");
		char name[64];
		if (field_name(line, key_len, name, sizeof(name)))
			field_add(record, name, value, value_len);
		line = value + value_len + (value[value_len] == '\0' ? 0 : 1);
	}
}

static bool journal_send(enum log_level level, const char *event, const char *line)
{
	struct record record;
	record.count = 0;
	record.len = 0;
	const char priority[] = { (char)('0' + (int)level) };
	field_add(&record, "MESSAGE", line, strlen(line));
	field_add(&record, "PRIORITY", priority, sizeof(priority));
	field_add(&record, "SYSLOG_IDENTIFIER", program_name, strlen(program_name));
	field_add(&record, "HAKKO_EVENT", event, strlen(event));
	fields_of_line(&record, line + strlen(event));
	return sd_journal_sendv(record.fields, record.count) >= 0;
}

/* One write for a line, so that lines of several threads stay whole. */
static void stderr_send(char *line, size_t len)
{
	line[len] = '\n';
	while (write(STDERR_FILENO, line, len + 1) < 0 && errno == EINTR)
		;
}

/* A stranger's text must not begin a line of its own. */
static void controls_replace(char *line)
{
	for (; *line != '\0'; line++)
		if ((unsigned char)*line < ' ' || *line == 0x7f)
			*line = '?';
}

void log_event(enum log_level level, const char *event, const char *format, ...)
{
	char line[LOG_LINE_MAX + 2]; /* and a newline and a terminator */
	int len = snprintf(line, LOG_LINE_MAX + 1, format[0] == '\0' ? "%s" : "%s ", event);
	if (len < 0 || len > LOG_LINE_MAX)
		return;
	va_list args;
	va_start(args, format);
	(void)vsnprintf(line + len, LOG_LINE_MAX + 1 - (size_t)len, format, args);
	va_end(args);

	controls_replace(line);
	if (!to_journal || !journal_send(level, event, line))
		stderr_send(line, strlen(line));
}

void log_fault(const char *event, int fault)
{
	char text[FAULT_TEXT_MAX * 2];
	(void)fault_describe(text, sizeof(text));
	for (char *c = text; *c != '\0'; c++)
		if (*c == '"')
			*c = '\'';
	log_event(LOG_LEVEL_ERROR, event, "kind=%s fault=\"%s\"",
		fault_kind_name(fault_kind(fault)), text);
	fault_clear();
}
