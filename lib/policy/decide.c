/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/decide.h"

#include <assert.h>
#include <string.h>

#include "policy/rules.h"

static const char open[] = "open", fee[] = "fee", sign[] = "sign", delivery[] = "delivery";

/* Every rule of every act, in the order of the counter's work. */
static const struct policy_rule rules[] = {
	{ "P11", open, policy_programme_begins },
	{ "P1", open, policy_programme_ends },
	{ "P2", open, policy_programme_ends_here },
	{ "P9", open, policy_programme_renewal },
	{ "A2", open, policy_visit_inquiry },
	{ "A3", open, policy_visit_represented },
	{ "A4", open, policy_visit_represented_inquiry },
	{ "A5", open, policy_visit_agent },
	{ "P4", open, policy_visit_card_kind },
	{ "A9", open, policy_visit_card },
	{ "P10", open, policy_programme_residence },
	{ "A10", open, policy_visit_age },
	{ "A1", open, policy_visit_identity },
	{ "P8", open, policy_programme_one_each },

	{ "P6", fee, policy_programme_fee },

	{ "P11", sign, policy_programme_begins },
	{ "P1", sign, policy_programme_ends },
	{ "P2", sign, policy_programme_ends_here },
	{ "K4", sign, policy_key_certified_once },
	{ "P9", sign, policy_programme_renewal },
	{ "A9", sign, policy_visit_card },
	{ "P10", sign, policy_programme_residence },
	{ "A10", sign, policy_visit_age },
	{ "P8", sign, policy_programme_one_each },
	{ "P5", sign, policy_programme_validity },
	{ "K3", sign, policy_key_maker },

	{ "K5", delivery, policy_key_delivery },
	{ "P6", delivery, policy_programme_fee_first },
};

const struct policy_rule *policy_rules(size_t *ret_count_of_rows)
{
	*ret_count_of_rows = LENGTH_OF(rules);
	return rules;
}

static void judge(const char *name, const struct policy_act *act, struct verdict *ret_verdict)
{
	struct verdict verdict = { 0 };

	for (size_t i = 0; i < LENGTH_OF(rules); i++) {
		if (strcmp(rules[i].act, name) == 0)
			rules[i].judge(act, &verdict);
	}
	*ret_verdict = verdict;
}

/* Another municipality's application is, for the one that asks, not there. */
static bool is_there(const struct facts *facts)
{
	return facts->application_known &&
		strcmp(facts->application.municipality, facts->municipality.code) == 0;
}

static void judge_application(const char *name, struct policy_act *act, struct verdict *ret_verdict)
{
	if (is_there(act->facts)) {
		act->of = &act->facts->application;
		judge(name, act, ret_verdict);
		return;
	}
	*ret_verdict = (struct verdict){ 0 };
	verdict_refuse(ret_verdict, REFUSAL_NOT_FOUND, "");
}

void policy_open_check(
	const struct facts *facts, const struct visit *visit, struct verdict *ret_verdict)
{
	struct policy_act act = { .facts = facts, .visit = visit };

	assert(visit->visit_case >= VISIT_APPLICANT_WITH_ID && visit->visit_case <= VISIT_AGENT);
	judge(open, &act, ret_verdict);
}

void policy_fee_check(const struct facts *facts, int64_t amount_yen, struct verdict *ret_verdict)
{
	struct policy_act act = { .facts = facts, .amount_yen = amount_yen };

	judge_application(fee, &act, ret_verdict);
}

void policy_sign_check(const struct facts *facts, enum key_maker maker, struct verdict *ret_verdict)
{
	struct policy_act act = { .facts = facts, .maker = maker };

	judge_application(sign, &act, ret_verdict);
}

void policy_delivery_check(const struct facts *facts, struct verdict *ret_verdict)
{
	struct policy_act act = { .facts = facts };

	judge_application(delivery, &act, ret_verdict);
}
