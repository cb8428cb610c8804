/* SPDX-License-Identifier: Apache-2.0 */
#include "http/json.h"

#include <assert.h>
#include <jansson.h>
#include <string.h>

#include "base/calendar.h"
#include "base/fault.h"

CLEANUP_DEFINE(json_done, json_t, json_decref)

/* Where the walk through the body is: the pointer grows and shrinks with it. */
struct walk {
	struct verdict *verdict;
	uint8_t *values;
	char pointer[VIOLATION_FIELD_MAX];
	size_t len;
};

/* Nesting of brackets outside strings. In what is no JSON it may be wrong: the parser says so. */
static bool is_too_deep(struct bytes body)
{
	size_t depth = 0;
	bool in_string = false;

	for (size_t i = 0; i < body.len; i++) {
		uint8_t c = body.data[i];
		if (in_string && c == '\\')
			i++;
		else if (c == '"')
			in_string = !in_string;
		else if (!in_string && (c == '{' || c == '['))
			depth++;
		else if (!in_string && (c == '}' || c == ']') && depth > 0)
			depth--;
		if (depth > HTTP_JSON_DEPTH_MAX)
			return true;
	}
	return false;
}

static enum refusal refusal_of_error(const json_error_t *error)
{
	static const struct {
		enum json_error_code code;
		enum refusal refusal;
	} table[] = {
		{ json_error_invalid_utf8, REFUSAL_JSON_ENCODING },
		{ json_error_duplicate_key, REFUSAL_JSON_DUPLICATE_MEMBER },
		{ json_error_stack_overflow, REFUSAL_JSON_TOO_DEEP },
		{ json_error_numeric_overflow, REFUSAL_MEMBER_VALUE },
	};

	for (size_t i = 0; i < LENGTH_OF(table); i++) {
		if (json_error_code(error) == table[i].code)
			return table[i].refusal;
	}
	return REFUSAL_JSON_SYNTAX;
}

/* Octets of the UTF-8 sequence that begins with `lead`; the parser has checked them all. */
static size_t sequence_len(unsigned char lead)
{
	if (lead < 0xc0)
		return 1;
	return lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}

static bool walk_append(struct walk *walk, const char *piece, size_t len)
{
	if (walk->len + len >= sizeof(walk->pointer))
		return false;
	memcpy(walk->pointer + walk->len, piece, len);
	walk->len += len;
	walk->pointer[walk->len] = '\0';
	return true;
}

/* Adds a member to the pointer (RFC 6901, 3); cut where it no longer fits, never in a character. */
static void walk_enter(struct walk *walk, const char *name)
{
	bool fits = walk_append(walk, "/", 1);

	while (fits && *name != '\0') {
		size_t len = sequence_len((unsigned char)*name);
		if (*name == '~')
			fits = walk_append(walk, "~0", 2);
		else if (*name == '/')
			fits = walk_append(walk, "~1", 2);
		else if ((unsigned char)*name < ' ' || *name == 0x7f)
			fits = walk_append(walk, "?", 1);
		else
			fits = walk_append(walk, name, len);
		name += len;
	}
}

static void walk_leave(struct walk *walk, size_t len)
{
	walk->len = len;
	walk->pointer[len] = '\0';
}

static void walk_refuse(struct walk *walk, const char *name, enum refusal refusal)
{
	size_t len = walk->len;

	walk_enter(walk, name);
	verdict_refuse(walk->verdict, refusal, walk->pointer);
	walk_leave(walk, len);
}

/* Controls of C0, DEL and C1; line ends where they are allowed. NUL is one of them. */
static bool has_control(const char *text, size_t len, bool is_lines)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];
		if (is_lines && (c == '\n' || c == '\r'))
			continue;
		if (c < ' ' || c == 0x7f)
			return true;
		if (c == 0xc2 && i + 1 < len && (unsigned char)text[i + 1] < 0xa0)
			return true;
	}
	return false;
}

static enum refusal text_decode(
	const json_t *value, const struct http_json_field *field, uint8_t *place)
{
	if (!json_is_string(value))
		return REFUSAL_MEMBER_TYPE;
	const char *text = json_string_value(value);
	size_t len = json_string_length(value);
	size_t least = field->required ? 1 : 0;

	assert(field->max > 0 && field->min >= 0);
	if (least < (size_t)field->min)
		least = (size_t)field->min;
	if (len < least || len > (size_t)field->max)
		return REFUSAL_MEMBER_VALUE;
	if (has_control(text, len, field->type == HTTP_JSON_LINES))
		return REFUSAL_MEMBER_VALUE;
	memcpy(place, text, len);
	place[len] = '\0';
	return REFUSAL_NONE;
}

static enum refusal number_decode(
	const json_t *value, const struct http_json_field *field, uint8_t *place)
{
	if (!json_is_integer(value))
		return REFUSAL_MEMBER_TYPE;
	int64_t number = json_integer_value(value);

	if (number < field->min || number > field->max)
		return REFUSAL_MEMBER_VALUE;
	memcpy(place, &number, sizeof(number));
	return REFUSAL_NONE;
}

static enum refusal boolean_decode(
	const json_t *value, const struct http_json_field *field, uint8_t *place)
{
	(void)field;
	if (!json_is_boolean(value))
		return REFUSAL_MEMBER_TYPE;
	bool truth = json_is_true(value);

	memcpy(place, &truth, sizeof(truth));
	return REFUSAL_NONE;
}

/* The text of a string that C can hold, NULL otherwise. */
static const char *plain_text(const json_t *value)
{
	const char *text = json_string_value(value);

	return strlen(text) == json_string_length(value) ? text : NULL;
}

static enum refusal word_decode(
	const json_t *value, const struct http_json_field *field, uint8_t *place)
{
	if (!json_is_string(value))
		return REFUSAL_MEMBER_TYPE;
	const char *text = plain_text(value);

	for (const struct http_json_word *word = field->words; word->text != NULL; word++) {
		if (text == NULL || strcmp(word->text, text) != 0)
			continue;
		memcpy(place, &word->value, sizeof(word->value));
		return REFUSAL_NONE;
	}
	return REFUSAL_MEMBER_VALUE;
}

static enum refusal date_decode(
	const json_t *value, const struct http_json_field *field, uint8_t *place)
{
	(void)field;
	if (!json_is_string(value))
		return REFUSAL_MEMBER_TYPE;
	const char *text = plain_text(value);
	struct date date;

	if (text == NULL || date_from_text(text, &date) != 0)
		return REFUSAL_MEMBER_VALUE;
	memcpy(place, &date, sizeof(date));
	return REFUSAL_NONE;
}

static enum refusal instant_decode(
	const json_t *value, const struct http_json_field *field, uint8_t *place)
{
	(void)field;
	if (!json_is_string(value))
		return REFUSAL_MEMBER_TYPE;
	const char *text = plain_text(value);
	int64_t instant_at;

	if (text == NULL || instant_from_text(text, &instant_at) != 0)
		return REFUSAL_MEMBER_VALUE;
	memcpy(place, &instant_at, sizeof(instant_at));
	return REFUSAL_NONE;
}

typedef enum refusal value_decode(
	const json_t *value, const struct http_json_field *field, uint8_t *place);

static value_decode *const decoders[] = {
	[HTTP_JSON_TEXT] = text_decode,
	[HTTP_JSON_LINES] = text_decode,
	[HTTP_JSON_NUMBER] = number_decode,
	[HTTP_JSON_BOOLEAN] = boolean_decode,
	[HTTP_JSON_WORD] = word_decode,
	[HTTP_JSON_DATE] = date_decode,
	[HTTP_JSON_INSTANT] = instant_decode,
};

static bool is_field(const struct http_json_field *fields, const char *name)
{
	for (const struct http_json_field *field = fields; field->name != NULL; field++) {
		if (strcmp(field->name, name) == 0)
			return true;
	}
	return false;
}

static void object_decode(
	struct walk *walk, const json_t *object, const struct http_json_field *fields);

static void member_decode(
	struct walk *walk, const json_t *value, const struct http_json_field *field)
{
	enum refusal refusal = REFUSAL_NONE;

	if (field->given > 0)
		walk->values[field->given] = true;
	if (field->type == HTTP_JSON_OBJECT && json_is_object(value)) {
		size_t len = walk->len;
		walk_enter(walk, field->name);
		object_decode(walk, value, field->fields);
		walk_leave(walk, len);
		return;
	}
	if (field->type == HTTP_JSON_OBJECT)
		refusal = REFUSAL_MEMBER_TYPE;
	else
		refusal = decoders[field->type](value, field, walk->values + field->offset);
	if (refusal != REFUSAL_NONE)
		walk_refuse(walk, field->name, refusal);
}

/* As deep as the table is, whatever the body. */
static void object_decode(
	struct walk *walk, const json_t *object, const struct http_json_field *fields)
{
	/* jansson's iterator wants an object it may change, and does not. */
	json_t *open = (json_t *)(uintptr_t)object;
	const char *name;
	json_t *value;

	json_object_foreach(open, name, value)
	{
		if (!is_field(fields, name))
			walk_refuse(walk, name, REFUSAL_MEMBER_UNKNOWN);
	}
	for (const struct http_json_field *field = fields; field->name != NULL; field++) {
		value = json_object_get(object, field->name);
		if (value != NULL)
			member_decode(walk, value, field);
		else if (field->required)
			walk_refuse(walk, field->name, REFUSAL_MEMBER_MISSING);
	}
}

/* Gives the object of a body; otherwise *ret_object is NULL and the verdict says why not. */
static int parse(struct bytes body, json_t **ret_object, struct verdict *verdict)
{
	/* NUL is let through here: the member that holds it is refused by name. */
	const size_t flags = JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_ALLOW_NUL;
	CLEANUP(json_done) json_t *root = NULL;
	json_error_t error;

	*ret_object = NULL;
	if (body.len == 0) {
		verdict_refuse(verdict, REFUSAL_BODY_MISSING, "");
		return 0;
	}
	if (is_too_deep(body)) {
		verdict_refuse(verdict, REFUSAL_JSON_TOO_DEEP, "");
		return 0;
	}
	root = json_loadb((const char *)body.data, body.len, flags, &error);
	if (root == NULL && json_error_code(&error) == json_error_out_of_memory)
		return fault_new(FAULT_MEMORY, "no memory for a JSON body");
	if (root == NULL)
		verdict_refuse(verdict, refusal_of_error(&error), "");
	else if (!json_is_object(root))
		verdict_refuse(verdict, REFUSAL_MEMBER_TYPE, "");
	else
		*ret_object = STEAL(root);
	return 0;
}

int http_json_decode(struct bytes body, const struct http_json_field *fields, void *ret_values,
	struct verdict *ret_verdict)
{
	CLEANUP(json_done) json_t *object = NULL;
	struct verdict verdict = { .count = 0 };
	int r = parse(body, &object, &verdict);
	if (r < 0)
		return fault_trace(r);
	if (object != NULL) {
		struct walk walk = { .verdict = &verdict, .values = ret_values };
		object_decode(&walk, object, fields);
	}
	*ret_verdict = verdict;
	return verdict_allows(&verdict) ? 0 : HTTP_JSON_REFUSED;
}
