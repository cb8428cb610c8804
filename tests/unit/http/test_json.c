/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/calendar.h"
#include "base/fault.h"
#include "http/json.h"

struct values {
	bool first; /* what an offset of 0 would hit */
	char text[9];
	bool text_given;
	char lines[33];
	int64_t number;
	bool truth;
	int word;
	struct date on;
	int64_t at;
	char inner[5];
	bool inner_given;
};

static const struct http_json_word words[] = {
	{ "one", 1 },
	{ "two", 2 },
	{ NULL, 0 },
};

static const struct http_json_field inner_fields[] = {
	{ .name = "deep",
		.type = HTTP_JSON_TEXT,
		.required = true,
		.offset = offsetof(struct values, inner),
		.max = 4 },
	{ .name = NULL },
};

static const struct http_json_field fields[] = {
	{ .name = "text",
		.type = HTTP_JSON_TEXT,
		.required = true,
		.offset = offsetof(struct values, text),
		.given = offsetof(struct values, text_given),
		.max = 8 },
	{ .name = "lines",
		.type = HTTP_JSON_LINES,
		.offset = offsetof(struct values, lines),
		.given = -1,
		.max = 32 },
	{ .name = "number",
		.type = HTTP_JSON_NUMBER,
		.offset = offsetof(struct values, number),
		.min = -5,
		.max = INT64_MAX },
	{ .name = "truth", .type = HTTP_JSON_BOOLEAN, .offset = offsetof(struct values, truth) },
	{ .name = "word",
		.type = HTTP_JSON_WORD,
		.offset = offsetof(struct values, word),
		.words = words },
	{ .name = "on", .type = HTTP_JSON_DATE, .offset = offsetof(struct values, on) },
	{ .name = "at", .type = HTTP_JSON_INSTANT, .offset = offsetof(struct values, at) },
	{ .name = "inner",
		.type = HTTP_JSON_OBJECT,
		.given = offsetof(struct values, inner_given),
		.fields = inner_fields },
	{ .name = NULL },
};

/* Decodes; the violations as "CODE pointer\n" lines, in a static text. */
static const char *refused_octets(struct bytes body, struct values *values)
{
	static char out[4096];
	struct verdict verdict = { .count = 99 };
	size_t len = 0;

	*values = (struct values){ .number = 77 };
	int r = http_json_decode(body, fields, values, &verdict);
	assert_true(r == 0 || r == HTTP_JSON_REFUSED);
	assert_int_equal(r == 0, verdict_allows(&verdict));
	assert_false(values->first);
	out[0] = '\0';
	for (size_t i = 0; i < verdict.count; i++)
		len += (size_t)snprintf(out + len, sizeof(out) - len, "%s %s\n",
			refusal_text(verdict.violations[i].refusal)->code,
			verdict.violations[i].field);
	return out;
}

static const char *refused(const char *body)
{
	struct values values;

	return refused_octets(bytes_of_text(body), &values);
}

static void test_every_type(void **state)
{
	static const char body[] =
		"{\"text\":\"\\u5370\\u9451\",\"lines\":\"a\\r\\nb\",\"number\":-5,\"truth\":true,"
		"\"word\":\"two\",\"on\":\"2016-02-29\",\"at\":\"2015-12-22T17:00:00+09:00\","
		"\"inner\":{\"deep\":\"\xf0\x9f\x98\x80\"}}";
	struct values values;

	(void)state;
	assert_string_equal(refused_octets(bytes_of_text(body), &values), "");
	assert_string_equal(values.text, "印鑑");
	assert_true(values.text_given);
	assert_string_equal(values.lines, "a\r\nb");
	assert_int_equal(values.number, -5);
	assert_true(values.truth);
	assert_int_equal(values.word, 2);
	assert_int_equal(date_compare(values.on, (struct date){ 2016, 2, 29 }), 0);
	assert_int_equal(values.at, INT64_C(1450771200) * SECOND);
	assert_string_equal(values.inner, "\xf0\x9f\x98\x80");
	assert_true(values.inner_given);
}

static void test_absent_members_leave_their_values(void **state)
{
	struct values values;

	(void)state;
	assert_string_equal(refused_octets(bytes_of_text("{\"text\":\"a\"}"), &values), "");
	assert_int_equal(values.number, 77);
	assert_false(values.inner_given);
}

static void test_everything_wrong_is_told_at_once(void **state)
{
	(void)state;
	assert_string_equal(refused("{\"\":1,\"a/b~c\":{},\"number\":\"1\",\"truth\":0,"
				    "\"word\":\"three\",\"on\":\"2015-02-29\",\"at\":\"now\","
				    "\"lines\":7,\"inner\":{\"deep\":\"12345\",\"x\":1}}"),
		"member_unknown /\n"
		"member_unknown /a~1b~0c\n"
		"member_missing /text\n"
		"member_type /lines\n"
		"member_type /number\n"
		"member_type /truth\n"
		"member_value /word\n"
		"member_value /on\n"
		"member_value /at\n"
		"member_unknown /inner/x\n"
		"member_value /inner/deep\n");
	assert_string_equal(
		refused("{\"text\":\"a\",\"inner\":{}}"), "member_missing /inner/deep\n");
	assert_string_equal(refused("{\"text\":\"a\",\"inner\":[]}"), "member_type /inner\n");
	assert_string_equal(refused("{\"text\":null}"), "member_type /text\n");
}

static void test_more_unknown_members_than_a_verdict_holds(void **state)
{
	char body[1024] = "{\"text\":\"a\"";
	struct values values;
	size_t len = strlen(body);

	(void)state;
	for (int i = 0; i < 40; i++)
		len += (size_t)snprintf(body + len, sizeof(body) - len, ",\"x%d\":0", i);
	(void)snprintf(body + len, sizeof(body) - len, "}");
	const char *told = refused_octets(bytes_of_text(body), &values);
	size_t lines = 0;
	for (const char *c = told; *c != '\0'; c++)
		lines += *c == '\n';
	assert_int_equal(lines, VERDICT_MAX);
}

static void test_one_wrong_value(void **state)
{
	static const struct {
		const char *body, *told;
	} table[] = {
		{ "{\"text\":\"\"}", "member_value /text\n" },
		{ "{\"text\":\"123456789\"}", "member_value /text\n" },
		{ "{\"text\":\"12345678\"}", "" },
		{ "{\"text\":\"a\",\"lines\":\"\"}", "" },
		{ "{\"text\":\"a\\nb\"}", "member_value /text\n" },
		{ "{\"text\":\"a\\u007fb\"}", "member_value /text\n" },
		{ "{\"text\":\"a\\u0085b\"}", "member_value /text\n" },
		{ "{\"text\":\"a\\u00a0b\"}", "" },
		{ "{\"text\":\"a\\u0000b\"}", "member_value /text\n" },
		{ "{\"text\":\"a\",\"lines\":\"\\u0000\"}", "member_value /lines\n" },
		{ "{\"text\":\"a\",\"lines\":\"\\t\"}", "member_value /lines\n" },
		{ "{\"text\":\"a\",\"word\":\"one\\u0000\"}", "member_value /word\n" },
		{ "{\"text\":\"a\",\"on\":\"2015-02-28\\u0000\"}", "member_value /on\n" },
		{ "{\"text\":\"a\",\"at\":\"2015-02-28T00:00:00Z\\u0000\"}", "member_value /at\n" },
		{ "{\"text\":\"a\",\"number\":-6}", "member_value /number\n" },
		{ "{\"text\":\"a\",\"number\":9223372036854775807}", "" },
		{ "{\"text\":\"a\",\"number\":9223372036854775808}", "member_value \n" },
		{ "{\"text\":\"a\",\"number\":1e999}", "member_value \n" },
		{ "{\"text\":\"a\",\"number\":1.0}", "member_type /number\n" },
		{ "{\"text\":\"a\",\"number\":1e2}", "member_type /number\n" },
		{ "{\"text\":\"a\",\"number\":true}", "member_type /number\n" },
		{ "{\"text\":\"a\",\"truth\":null}", "member_type /truth\n" },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH_OF(table); i++)
		assert_string_equal(refused(table[i].body), table[i].told);
}

static void test_what_is_no_object_of_json(void **state)
{
	static const struct {
		const char *body, *told;
	} table[] = {
		{ "", "body_missing \n" },
		{ " ", "json_syntax \n" },
		{ "{", "json_syntax \n" },
		{ "{}}", "json_syntax \n" },
		{ "{\"text\":\"a\",}", "json_syntax \n" },
		{ "{\"text\":'a'}", "json_syntax \n" },
		{ "{text:\"a\"}", "json_syntax \n" },
		{ "{\"text\":\"a\"} {}", "json_syntax \n" },
		{ "{\"text\":\"a\"}//", "json_syntax \n" },
		{ "{\"text\":\"\x01\"}", "json_syntax \n" },
		{ "{\"text\":\"\\ud800\"}", "json_syntax \n" },
		{ "{\"text\":01}", "json_syntax \n" },
		{ "{\"text\":NaN}", "json_syntax \n" },
		{ "{\"a\\u0000\":1}", "json_syntax \n" },
		{ "\xef\xbb\xbf{}", "json_syntax \n" },
		{ "[]", "member_type \n" },
		{ "\"text\"", "member_type \n" },
		{ "null", "member_type \n" },
		{ "{\"text\":\"\xff\"}", "json_encoding \n" },
		{ "{\"text\":\"\xc0\x80\"}", "json_encoding \n" },
		{ "{\"text\":\"\xed\xa0\x80\"}", "json_encoding \n" },
		{ "{\"text\":\"a\",\"text\":\"b\"}", "json_duplicate_member \n" },
		{ "{\"text\":\"a\",\"\\u0074ext\":\"b\"}", "json_duplicate_member \n" },
		{ "{\"inner\":{\"deep\":\"a\",\"deep\":\"a\"}}", "json_duplicate_member \n" },
		{ "{\"x\":[{\"y\":1,\"y\":1}]}", "json_duplicate_member \n" },
	};
	struct values values;

	(void)state;
	for (size_t i = 0; i < LENGTH_OF(table); i++)
		assert_string_equal(refused(table[i].body), table[i].told);
	assert_string_equal(refused_octets((struct bytes){ (const uint8_t *)"{}\0", 3 }, &values),
		"json_syntax \n");
}

static void test_depth(void **state)
{
	char body[64 * 1024];
	struct values values;

	(void)state;
	/* The body's own object is the first. */
	assert_string_equal(
		refused("{\"text\":\"a\",\"x\":[[[[[[[]]]]]]]}"), "member_unknown /x\n");
	assert_string_equal(refused("{\"text\":\"a\",\"x\":[[[[[[[[]]]]]]]]}"), "json_too_deep \n");
	assert_string_equal(refused("{\"text\":\"a\",\"x\":[[],[],[],[],[],[],[],[],[],{},{}]}"),
		"member_unknown /x\n");
	/* Brackets in strings are no depth. */
	assert_string_equal(refused("{\"text\":\"[[[[{{{{\"}"), "");
	assert_string_equal(refused("{\"text\":\"\\\"[[[[[[\"}"), "");
	assert_string_equal(refused("{\"text\":\"\\\"[[[[[[[[[[\"}"), "member_value /text\n");
	assert_string_equal(
		refused("{\"text\":\"a\\\\\",\"x\":[[[[[[[[]]]]]]]]}"), "json_too_deep \n");
	memset(body, '[', sizeof(body));
	assert_string_equal(refused_octets(BYTES(body), &values), "json_too_deep \n");
}

/* The name is the client's: cut, in UTF-8, without controls. */
static void test_the_name_of_an_unknown_member(void **state)
{
	char body[512] = "{\"text\":\"a\",\"";
	struct values values;

	(void)state;
	for (int i = 0; i < 100; i++)
		memcpy(body + strlen(body), "印", 4);
	memcpy(body + strlen(body), "\":1}", 5);
	const char *told = refused_octets(bytes_of_text(body), &values);
	size_t prefix = strlen("member_unknown /");
	size_t len = strlen(told) - prefix - 1;
	assert_true(len <= VIOLATION_FIELD_MAX - 2 && len > VIOLATION_FIELD_MAX - 6);
	assert_int_equal(len % strlen("印"), 0);
	assert_string_equal(refused("{\"text\":\"a\",\"\\n\\u007f\":1}"), "member_unknown /??\n");
}

static void test_any_single_changed_octet_is_survived(void **state)
{
	static const char body[] =
		"{\"text\":\"ab\",\"inner\":{\"deep\":\"c\\u0041\"},\"number\":12}";
	struct values values;

	(void)state;
	for (size_t i = 0; i < sizeof(body) - 1; i++) {
		for (int octet = 0; octet < 256; octet++) {
			char changed[sizeof(body)];
			memcpy(changed, body, sizeof(body));
			changed[i] = (char)octet;
			(void)refused_octets(
				(struct bytes){ (const uint8_t *)changed, sizeof(body) - 1 },
				&values);
		}
		(void)refused_octets((struct bytes){ (const uint8_t *)body, i }, &values);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_type),
		cmocka_unit_test(test_absent_members_leave_their_values),
		cmocka_unit_test(test_everything_wrong_is_told_at_once),
		cmocka_unit_test(test_more_unknown_members_than_a_verdict_holds),
		cmocka_unit_test(test_one_wrong_value),
		cmocka_unit_test(test_what_is_no_object_of_json),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_the_name_of_an_unknown_member),
		cmocka_unit_test(test_any_single_changed_octet_is_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
