/* SPDX-License-Identifier: Apache-2.0 */
#include "client/problem.h"

#include <string.h>

#define VIOLATIONS_MAX 64 /* lines printed */

void client_problem_text(const char *text, FILE *out)
{
	for (const unsigned char *at = (const unsigned char *)text; *at != '\0'; at++) {
		/* C0, DEL, and C1 in its UTF-8 form of two octets (C2 80 to C2 9F). */
		bool is_c1 = at[0] == 0xc2 && at[1] >= 0x80 && at[1] < 0xa0;
		bool is_control = *at < 0x20 || *at == 0x7f || is_c1;
		(void)fputc(is_control ? '?' : *at, out);
		if (is_c1)
			at++;
	}
}

static const char *member(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));
	return text != NULL ? text : "";
}

static void violation_print(const json_t *violation, const char *language, FILE *out)
{
	static const char *const names[] = { "rule", "code", "field" };
	(void)fputs("  - ", out);
	client_problem_text(member(violation, language), out);
	const char *separator = " [";
	for (size_t i = 0; i < LENGTH_OF(names); i++) {
		const char *text = member(violation, names[i]);
		if (*text == '\0')
			continue;
		(void)fputs(separator, out);
		client_problem_text(text, out);
		separator = ", ";
	}
	(void)fputs(*separator == ',' ? "]\n" : "\n", out);
}

/* The service takes the sentence of a single violation for its title: once is enough. */
static bool title_says_more(const char *title, const json_t *violations, const char *language)
{
	return *title != '\0' &&
		(json_array_size(violations) == 0 ||
			strcmp(title, member(json_array_get(violations, 0), language)) != 0);
}

void client_problem_print(const struct client_answer *answer, FILE *out)
{
	bool japanese = strcmp(answer->language, "ja") == 0;
	const char *language = japanese ? "ja" : "en";
	const json_t *violations = json_object_get(answer->json, "violations");
	const char *title = client_answer_text(answer, "title");
	const char *word = answer->status >= 500 ? (japanese ? "障害" : "Failed")
						 : (japanese ? "拒否" : "Refused");
	(void)fprintf(out, "%s (%ld)", word, answer->status);
	if (title_says_more(title, violations, language)) {
		(void)fputs(": ", out);
		client_problem_text(title, out);
	}
	(void)fputc('\n', out);

	for (size_t i = 0; i < json_array_size(violations) && i < VIOLATIONS_MAX; i++)
		violation_print(json_array_get(violations, i), language, out);
	const char *instance = client_answer_text(answer, "instance");
	if (*instance != '\0') {
		(void)fputs(japanese ? "  照会番号: " : "  request: ", out);
		client_problem_text(instance, out);
		(void)fputc('\n', out);
	}
}
