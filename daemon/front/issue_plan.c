/* SPDX-License-Identifier: Apache-2.0 */
#include "front/issue_plan.h"

#include "policy/decide.h"

static enum front_issue_step refuse(
	struct verdict *verdict, enum refusal refusal, const char *field)
{
	verdict_refuse(verdict, refusal, field);
	return FRONT_ISSUE_REFUSE;
}

/* Facts as they will be once an open reservation is given up. */
static enum front_issue_step plan_new(const struct front_issue_question *question,
	struct facts *facts, enum front_issue_step step, struct verdict *ret_verdict)
{
	if (step == FRONT_ISSUE_RENEW)
		facts->application.state = APPLICATION_APPROVED;
	policy_sign_check(facts, question->maker, ret_verdict);
	/* P1: the front refuses by its own clock as well, at either end. */
	if ((question->front_now_at >= question->front_closing_at ||
		    question->front_now_at >= facts->programme.closing_at) &&
		!verdict_has(ret_verdict, REFUSAL_PROGRAMME_CLOSED))
		verdict_refuse(ret_verdict, REFUSAL_PROGRAMME_CLOSED, "");
	if (!verdict_allows(ret_verdict))
		return FRONT_ISSUE_REFUSE;
	if (question->lacking != REFUSAL_NONE)
		return refuse(ret_verdict, question->lacking, "");
	return step;
}

/* An open reservation for the same key. */
static enum front_issue_step plan_reserved(const struct front_issue_question *question,
	struct facts *facts, struct verdict *ret_verdict)
{
	const struct reservation *reservation = &question->issuance->reservation;
	if (reservation->id != question->stale_reservation) {
		if (question->lacking != REFUSAL_NONE)
			return refuse(ret_verdict, question->lacking, "");
		return FRONT_ISSUE_SIGN;
	}
	if (facts->now_at - reservation->reserved_at <= STORE_RESERVATION_LIMIT)
		return refuse(ret_verdict, REFUSAL_RESERVATION_PENDING, "");
	return plan_new(question, facts, FRONT_ISSUE_RENEW, ret_verdict);
}

enum front_issue_step front_issue_plan(
	const struct front_issue_question *question, struct verdict *ret_verdict)
{
	const struct store_issuance *issuance = question->issuance;
	struct facts facts = issuance->facts;
	*ret_verdict = (struct verdict){ 0 };

	if (question->caller_refusal != REFUSAL_NONE)
		return refuse(ret_verdict, question->caller_refusal, "");
	if (!facts.application_known)
		return refuse(ret_verdict, REFUSAL_NOT_FOUND, "");
	if (issuance->issued)
		return digest_equal(&issuance->issued_key, question->key)
			? FRONT_ISSUE_ANSWER
			: refuse(ret_verdict, REFUSAL_ALREADY_ISSUED_OTHER_KEY, "/csr");
	if (!issuance->reserved)
		return plan_new(question, &facts, FRONT_ISSUE_RESERVE, ret_verdict);
	if (!digest_equal(&issuance->reserved_key, question->key))
		return refuse(ret_verdict, REFUSAL_ALREADY_ISSUED_OTHER_KEY, "/csr");
	return plan_reserved(question, &facts, ret_verdict);
}
