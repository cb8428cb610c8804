/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs the cases: run_cases ORDINARY FILE...            every case gets its expected verdict
 *                 run_cases --complete ORDINARY FILE... and every rule of the decision core has
 *                                                       a case on both sides
 *                 run_cases --rejected ORDINARY FILE... every file is refused for the reason
 *                                                       in its first line, "# rejected: ..."
 */
#include <stdio.h>
#include <string.h>

#include "case_file.h"
#include "policy/decide.h"

#define RULES_MAX 64

struct run {
	struct situation ordinary;
	size_t cases, failures;
	bool allowed[RULES_MAX], refused[RULES_MAX]; /* rows of policy_rules() */
};

static void violation_to_text(const struct violation *violation, char out[CASE_LINE_MAX])
{
	const struct refusal_text *text = refusal_text(violation->refusal);
	const char *rule = text->rule, *field = violation->field;

	snprintf(out, CASE_LINE_MAX, "%s%s%s%s%s%s", text->code, *rule != '\0' ? " (" : "", rule,
		*rule != '\0' ? ")" : "", *field != '\0' ? " at " : "", field);
}

static void judge(const struct situation *situation, struct verdict *ret_verdict)
{
	switch (situation->act) {
	case ACT_OPEN:
		policy_open_check(&situation->facts, &situation->visit, ret_verdict);
		break;
	case ACT_FEE:
		policy_fee_check(&situation->facts, situation->amount_yen, ret_verdict);
		break;
	case ACT_SIGN:
		policy_sign_check(&situation->facts, situation->maker, ret_verdict);
		break;
	case ACT_DELIVERY:
		policy_delivery_check(&situation->facts, ret_verdict);
		break;
	case ACT_ALL:
		break;
	}
}

static const char *act_name(enum situation_act act)
{
	return act == ACT_OPEN    ? "open"
		: act == ACT_FEE  ? "fee"
		: act == ACT_SIGN ? "sign"
				  : "delivery";
}

static bool names_rule(const char *ids, const char *id)
{
	size_t len = strlen(id);

	for (const char *at = ids; (at = strstr(at, id)) != NULL; at += len) {
		if ((at == ids || at[-1] == ' ') && (at[len] == '\0' || at[len] == ' '))
			return true;
	}
	return false;
}

static bool case_names(const struct case_text *text, const char *id)
{
	for (size_t i = 0; i < text->rule_count; i++) {
		if (strcmp(text->rules[i], id) == 0)
			return true;
	}
	return false;
}

static bool is_refused_by(const struct verdict *verdict, const char *id)
{
	for (size_t i = 0; i < verdict->count; i++) {
		if (names_rule(refusal_text(verdict->violations[i].refusal)->rule, id))
			return true;
	}
	return false;
}

/* Marks the rules that this case shows: allowed where it names them, refused where they refuse. */
static void mark(struct run *run, const struct case_text *text, const struct verdict *verdict)
{
	size_t count;
	const struct policy_rule *rules = policy_rules(&count);

	for (size_t i = 0; i < count; i++) {
		if (strcmp(rules[i].act, act_name(text->situation.act)) != 0)
			continue;
		if (verdict_allows(verdict) && case_names(text, rules[i].id))
			run->allowed[i] = true;
		if (is_refused_by(verdict, rules[i].id))
			run->refused[i] = true;
	}
}

/* The verdict as the file would have it, a line each. */
static size_t verdict_to_lines(
	const struct verdict *verdict, char lines[VERDICT_MAX][CASE_LINE_MAX])
{
	if (verdict_allows(verdict)) {
		snprintf(lines[0], CASE_LINE_MAX, "allowed");
		return 1;
	}
	for (size_t i = 0; i < verdict->count; i++)
		violation_to_text(&verdict->violations[i], lines[i]);
	return verdict->count;
}

static bool same(const struct case_text *text, char lines[VERDICT_MAX][CASE_LINE_MAX], size_t count)
{
	if (text->verdict_count != count)
		return false;
	for (size_t i = 0; i < count; i++) {
		if (strcmp(text->verdicts[i], lines[i]) != 0)
			return false;
	}
	return true;
}

static bool run_case(struct run *run, const char *path, const struct case_text *text)
{
	char lines[VERDICT_MAX][CASE_LINE_MAX];
	char instant[INSTANT_TEXT_SIZE];
	struct verdict verdict;
	size_t count;
	bool good;

	judge(&text->situation, &verdict);
	mark(run, text, &verdict);
	count = verdict_to_lines(&verdict, lines);
	good = same(text, lines, count);
	if (!good) {
		printf("%s:%d: %s\n", path, text->line, text->title);
		for (size_t i = 0; i < text->verdict_count; i++)
			printf("\texpected: %s\n", text->verdicts[i]);
		for (size_t i = 0; i < count; i++)
			printf("\tverdict:  %s\n", lines[i]);
	}
	if (good && text->has_not_after) {
		int64_t not_after_at = policy_not_after_at(&text->situation.facts);

		good = not_after_at == text->not_after_at;
		if (!good)
			printf("%s:%d: %s\n\tvalid to: %s (UTC)\n", path, text->line, text->title,
				instant_to_text(not_after_at, instant));
	}
	return good;
}

static bool run_file(struct run *run, const char *path)
{
	struct case_file file;
	struct case_text text;
	size_t cases = 0;
	int r = case_file_open(&file, path);

	while (r == 0) {
		r = case_file_next(&file, &run->ordinary, &text);
		if (r != 0)
			break;
		cases++;
		if (!run_case(run, path, &text))
			run->failures++;
	}
	case_file_close(&file);
	if (r == CASE_WRONG)
		printf("%s\n", file.error);
	else if (cases == 0)
		printf("%s: no case\n", path);
	run->cases += cases;
	return r == CASE_END && cases > 0;
}

static bool is_complete(const struct run *run)
{
	size_t count;
	const struct policy_rule *rules = policy_rules(&count);
	bool complete = count <= RULES_MAX;

	for (size_t i = 0; complete && i < count; i++) {
		if (run->allowed[i] && run->refused[i])
			continue;
		printf("rule %s of act %s: no case that is %s\n", rules[i].id, rules[i].act,
			run->allowed[i] ? "refused by it" : "allowed and names it");
		complete = false;
	}
	return complete;
}

/* The file's first line says what the reader must say of it. */
static bool is_rejected(const struct run *run, const char *path)
{
	static const char mark[] = "# rejected: ";
	char line[CASE_LINE_MAX] = "";
	struct case_file file;
	struct case_text text;
	int r = case_file_open(&file, path);

	if (r == 0 && fgets(line, sizeof(line), file.in) == NULL)
		r = CASE_WRONG;
	line[strcspn(line, "\n")] = '\0';
	while (r == 0)
		r = case_file_next(&file, &run->ordinary, &text);
	case_file_close(&file);
	if (r == CASE_WRONG && strncmp(line, mark, strlen(mark)) == 0 &&
		strstr(file.error, line + strlen(mark)) != NULL)
		return true;
	printf("%s: not refused as its first line says: %s\n", path, file.error);
	return false;
}

static bool load_ordinary(struct run *run, const char *path)
{
	struct case_file file;
	int r = case_file_open(&file, path);

	if (r == 0)
		r = case_file_ordinary(&file, &run->ordinary);
	case_file_close(&file);
	if (r != 0)
		printf("%s\n", file.error);
	return r == 0;
}

int main(int argc, char **argv)
{
	bool complete = argc > 1 && strcmp(argv[1], "--complete") == 0;
	bool rejected = argc > 1 && strcmp(argv[1], "--rejected") == 0;
	int first = complete || rejected ? 2 : 1;
	struct run run = { .cases = 0 };
	bool good;

	if (argc < first + 2) {
		fprintf(stderr, "usage: run_cases [--complete | --rejected] ORDINARY FILE...\n");
		return 2;
	}
	good = load_ordinary(&run, argv[first]);
	for (int i = first + 1; i < argc && run.ordinary.facts.now_at != 0; i++) {
		if (!(rejected ? is_rejected(&run, argv[i]) : run_file(&run, argv[i])))
			good = false;
	}
	if (complete && good)
		good = is_complete(&run);
	printf("%zu cases, %zu failed\n", run.cases, run.failures);
	return good && run.failures == 0 ? 0 : 1;
}
