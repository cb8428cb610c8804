/* SPDX-License-Identifier: Apache-2.0 */
#include "case_file.h"

#include <stdarg.h>
#include <string.h>

static int wrong(struct case_file *file, int line, const char *format, ...) PRINTF_LIKE(3, 4);

static int wrong(struct case_file *file, int line, const char *format, ...)
{
	char what[CASE_LINE_MAX];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(what, sizeof(what), format, arguments);
	va_end(arguments);
	snprintf(file->error, sizeof(file->error), "%s:%d: %s", file->path, line, what);
	return CASE_WRONG;
}

int case_file_open(struct case_file *file, const char *path)
{
	*file = (struct case_file){ .path = path };
	file->in = fopen(path, "re");
	return file->in != NULL ? 0 : wrong(file, 0, "cannot be opened");
}

void case_file_close(struct case_file *file)
{
	if (file->in != NULL)
		fclose(file->in);
	file->in = NULL;
}

/* The next line that is neither empty nor a comment, without its line end. */
static int next_line(struct case_file *file)
{
	if (file->ahead) {
		file->ahead = false;
		return 0;
	}
	while (fgets(file->text, sizeof(file->text), file->in) != NULL) {
		size_t len = strlen(file->text);

		file->line++;
		if (len == 0 || file->text[len - 1] != '\n')
			return wrong(file, file->line, "the line is too long or has no end");
		while (len > 0 && strchr(" \t\n", file->text[len - 1]) != NULL)
			file->text[--len] = '\0';
		if (len > 0 && file->text[0] != '#')
			return 0;
	}
	return CASE_END;
}

/* Splits "  key:   value" in place. */
static int split(struct case_file *file, char **ret_key, char **ret_value)
{
	char *key = file->text + strspn(file->text, " \t");
	char *colon = strstr(key, ":");

	if (colon == NULL)
		return wrong(file, file->line, "no \"key: value\": %s", key);
	*colon = '\0';
	*ret_key = key;
	*ret_value = colon + 1 + strspn(colon + 1, " \t");
	if (**ret_value == '\0')
		return wrong(file, file->line, "no value: %s", key);
	return 0;
}

static int set_key(struct case_file *file, struct situation *situation, bool *given,
	const char *key, const char *value)
{
	size_t index;

	if (situation_key_find(key, &index) != 0)
		return wrong(file, file->line, "unknown key: %s", key);
	if (given[index])
		return wrong(file, file->line, "given twice: %s", key);
	if (situation_set(situation, index, value) != 0)
		return wrong(file, file->line, "not a value of %s: %s", key, value);
	given[index] = true;
	return 0;
}

int case_file_ordinary(struct case_file *file, struct situation *ret_situation)
{
	struct situation situation = { .act = 0 };
	bool given[SITUATION_KEYS_MAX] = { false };
	char *key, *value;
	int r;

	while ((r = next_line(file)) == 0) {
		r = split(file, &key, &value);
		if (r == 0)
			r = set_key(file, &situation, given, key, value);
		if (r != 0)
			return r;
	}
	if (r != CASE_END)
		return r;
	for (size_t i = 0; i < situation_key_count(); i++) {
		bool is_act = strcmp(situation_key_name(i), "act") == 0;

		if (given[i] == is_act)
			return wrong(file, file->line, "%s: %s",
				is_act ? "must not be given" : "missing", situation_key_name(i));
	}
	*ret_situation = situation;
	return 0;
}

static int set_rules(struct case_file *file, struct case_text *text, char *value)
{
	char *rest = NULL;

	if (text->rule_count > 0)
		return wrong(file, file->line, "given twice: rules");
	for (char *id = strtok_r(value, " ", &rest); id != NULL; id = strtok_r(NULL, " ", &rest)) {
		if (text->rule_count == CASE_RULES_MAX || strlen(id) > CASE_RULE_MAX)
			return wrong(file, file->line, "too many rules, or no id: %s", id);
		memcpy(text->rules[text->rule_count++], id, strlen(id) + 1);
	}
	return 0;
}

/* "allowed", or "code (rules) at /field" of a known code. */
static int add_verdict(struct case_file *file, struct case_text *text, const char *value)
{
	char code[REFUSAL_CODE_MAX + 1];
	size_t len = strcspn(value, " ");
	enum refusal refusal;
	bool allowed = strcmp(value, "allowed") == 0;

	if (text->verdict_count == VERDICT_MAX)
		return wrong(file, file->line, "too many verdicts");
	if (text->verdict_count > 0 && (allowed || strcmp(text->verdicts[0], "allowed") == 0))
		return wrong(file, file->line, "allowed and refused at once");
	snprintf(code, sizeof(code), "%.*s", (int)len, value);
	if (!allowed && (len > REFUSAL_CODE_MAX || refusal_from_text(code, &refusal) != 0))
		return wrong(file, file->line, "no code of a refusal: %s", code);
	snprintf(text->verdicts[text->verdict_count++], CASE_LINE_MAX, "%s", value);
	return 0;
}

static int set_not_after(struct case_file *file, struct case_text *text, const char *value)
{
	if (text->has_not_after)
		return wrong(file, file->line, "given twice: valid to");
	if (situation_instant(value, &text->not_after_at) != 0)
		return wrong(file, file->line, "not a value of valid to: %s", value);
	text->has_not_after = true;
	return 0;
}

static int set_line(struct case_file *file, struct case_text *text, char *key, char *value)
{
	if (strcmp(key, "rules") == 0)
		return set_rules(file, text, value);
	if (strcmp(key, "verdict") == 0)
		return add_verdict(file, text, value);
	if (strcmp(key, "valid to") == 0)
		return set_not_after(file, text, value);
	return set_key(file, &text->situation, text->given, key, value);
}

/* What a case must have to be able to fail. */
static int check(struct case_file *file, const struct case_text *text)
{
	enum situation_act act = text->situation.act;

	if (text->rule_count == 0)
		return wrong(file, text->line, "the case names no rules");
	if (act == 0)
		return wrong(file, text->line, "the case has no act");
	if (text->verdict_count == 0)
		return wrong(file, text->line, "the case has no verdict");
	if (text->has_not_after && (act != ACT_SIGN || strcmp(text->verdicts[0], "allowed") != 0))
		return wrong(file, text->line, "valid to: only where signing is allowed");
	for (size_t i = 0; i < situation_key_count(); i++) {
		if (text->given[i] && (situation_key_acts(i) & act) == 0)
			return wrong(file, text->line, "does not matter to this act: %s",
				situation_key_name(i));
	}
	return 0;
}

int case_file_next(
	struct case_file *file, const struct situation *ordinary, struct case_text *ret_case)
{
	struct case_text text = { .situation = *ordinary };
	char *key, *value;
	int r;

	r = next_line(file);
	if (r == 0)
		r = split(file, &key, &value);
	if (r != 0)
		return r;
	if (strcmp(key, "case") != 0)
		return wrong(file, file->line, "a case begins with \"case:\", not with: %s", key);
	text.line = file->line;
	snprintf(text.title, sizeof(text.title), "%s", value);
	while ((r = next_line(file)) == 0) {
		if (strncmp(file->text, "case:", 5) == 0) {
			file->ahead = true;
			break;
		}
		r = split(file, &key, &value);
		if (r == 0)
			r = set_line(file, &text, key, value);
		if (r != 0)
			return r;
	}
	if (r == CASE_WRONG)
		return r;
	r = check(file, &text);
	if (r == 0)
		*ret_case = text;
	return r;
}
