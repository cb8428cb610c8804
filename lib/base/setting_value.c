/* SPDX-License-Identifier: Apache-2.0 */
#include "base/setting_value.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/calendar.h"
#include "base/fault.h"

#define HOST_SIZE 48 /* octets of a numeric host with terminator */
#define PORT_MAX 65535

_Static_assert(INSTANT_TEXT_SIZE <= SETTING_NUMBER_SIZE, "an instant fits");

bool setting_type_is_text(enum setting_type type)
{
	return type == SETTING_TEXT || type == SETTING_PATH || type == SETTING_ADDRESS;
}

/* Strict decimal: no sign but '-', no zeros in front, no blanks. */
static bool parse_number(const char *text, int64_t *ret_number)
{
	const char *digits = text[0] == '-' ? text + 1 : text;
	size_t len = strlen(digits);
	if (len == 0 || strspn(digits, "0123456789") != len || (digits[0] == '0' && len > 1))
		return false;
	errno = 0;
	intmax_t number = strtoimax(text, NULL, 10);
	if (errno != 0 || (number == 0 && digits != text))
		return false;
	*ret_number = number;
	return true;
}

/* Octets of the UTF-8 character at `text`, 0 when it is malformed or a control. */
static size_t character_len(const unsigned char *text)
{
	static const struct {
		unsigned char mask, mark;
		uint32_t least; /* a shorter form holds what lies below */
	} forms[] = { { 0x80, 0x00, 0 }, { 0xe0, 0xc0, 0x80 }, { 0xf0, 0xe0, 0x800 },
		{ 0xf8, 0xf0, 0x10000 } };

	size_t form = 0;
	while (form < LENGTH_OF(forms) && (text[0] & forms[form].mask) != forms[form].mark)
		form++;
	if (form == LENGTH_OF(forms))
		return 0;
	uint32_t character = text[0] & (unsigned char)~forms[form].mask;
	for (size_t i = 1; i <= form; i++) {
		if ((text[i] & 0xc0) != 0x80)
			return 0;
		character = character << 6 | (text[i] & 0x3f);
	}
	bool is_control = character < 0x20 || (character >= 0x7f && character < 0xa0);
	bool is_surrogate = character >= 0xd800 && character < 0xe000;
	if (character < forms[form].least || character > 0x10ffff || is_control || is_surrogate)
		return 0;
	return form + 1;
}

static const char *text_check(const struct setting *row, const char *text)
{
	size_t max = row->max > 0 ? (size_t)row->max : SETTINGS_LINE_MAX;
	if (strlen(text) > max)
		return "is too long";
	while (*text != '\0') {
		size_t len = character_len((const unsigned char *)text);
		if (len == 0)
			return "must be UTF-8 without controls";
		text += len;
	}
	return NULL;
}

static const char *path_check(const struct setting *row, const char *text)
{
	if (text[0] != '/' && text[0] != '\0')
		return "must be an absolute path";
	return text_check(row, text);
}

static bool host_is_numeric(const char *host, size_t len, bool bracketed)
{
	char copy[HOST_SIZE];
	unsigned char address[sizeof(struct in6_addr)];
	if (len >= sizeof(copy))
		return false;
	memcpy(copy, host, len);
	copy[len] = '\0';
	return inet_pton(bracketed ? AF_INET6 : AF_INET, copy, address) == 1;
}

static const char *address_check(const struct setting *row, const char *text)
{
	(void)row;
	const char *why = "must be address:port, with numbers, [address]:port for IPv6";
	if (text[0] == '\0')
		return NULL;
	bool bracketed = text[0] == '[';
	const char *host = bracketed ? text + 1 : text;
	size_t len = strcspn(host, bracketed ? "]" : ":");
	const char *colon = host + len + (bracketed && host[len] == ']' ? 1 : 0);
	int64_t port;
	if (*colon != ':' || !parse_number(colon + 1, &port) || port < 0 || port > PORT_MAX)
		return why;
	return host_is_numeric(host, len, bracketed) ? NULL : why;
}

static const char *number_from_text(
	const struct setting *row, const char *text, union setting_value *value)
{
	if (!parse_number(text, &value->number))
		return "must be a whole number";
	return value->number >= row->min && value->number <= row->max ? NULL : "is out of range";
}

static const char *boolean_from_text(
	const struct setting *row, const char *text, union setting_value *value)
{
	(void)row;
	value->boolean = strcmp(text, "yes") == 0;
	return value->boolean || strcmp(text, "no") == 0 ? NULL : "must be yes or no";
}

static const char *instant_of_text(
	const struct setting *row, const char *text, union setting_value *value)
{
	(void)row;
	return instant_from_text(text, &value->number) == 0
		? NULL
		: "must be an instant such as 2015-12-22T17:00:00+09:00";
}

/* How each type is read: a check of a text that is then copied, or a reader of a value. */
static const struct {
	const char *(*check)(const struct setting *row, const char *text);
	const char *(*read)(
		const struct setting *row, const char *text, union setting_value *value);
} types[] = {
	[SETTING_TEXT] = { .check = text_check },
	[SETTING_PATH] = { .check = path_check },
	[SETTING_NUMBER] = { .read = number_from_text },
	[SETTING_BOOLEAN] = { .read = boolean_from_text },
	[SETTING_INSTANT] = { .read = instant_of_text },
	[SETTING_ADDRESS] = { .check = address_check },
};

int setting_value_from_text(const struct setting *row, const char *text,
	union setting_value *ret_value, const char **ret_why)
{
	union setting_value value;
	bool may_be_empty = row->fallback != NULL && row->fallback[0] == '\0';
	const char *why = text[0] == '\0' && !may_be_empty ? "has no value"
		: types[row->type].check != NULL           ? types[row->type].check(row, text)
						 : types[row->type].read(row, text, &value);
	if (why != NULL) {
		*ret_why = why;
		return SETTING_BAD;
	}
	if (setting_type_is_text(row->type)) {
		value.text = strdup(text);
		if (value.text == NULL)
			return fault_new(FAULT_MEMORY, "no memory for settings");
	}
	*ret_value = value;
	return 0;
}

const char *setting_value_to_text(
	const struct setting *row, const union setting_value *value, char out[SETTING_NUMBER_SIZE])
{
	switch (row->type) {
	case SETTING_TEXT:
	case SETTING_PATH:
	case SETTING_ADDRESS:
		return value->text;
	case SETTING_NUMBER:
		(void)snprintf(out, SETTING_NUMBER_SIZE, "%" PRId64, value->number);
		return out;
	case SETTING_BOOLEAN:
		return value->boolean ? "yes" : "no";
	case SETTING_INSTANT:
		return instant_to_text(value->number, out);
	}
	assert(false);
	return "";
}
