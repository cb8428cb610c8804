/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/calendar.h"
#include "policy/decide.h"
#include "policy/rules.h"

static struct date today(const struct policy_act *act)
{
	return jst_of_instant(act->facts->now_at).date;
}

static void refuse_case(
	const struct policy_act *act, enum visit_case visit_case, struct verdict *verdict)
{
	if (act->visit->visit_case == visit_case)
		verdict_refuse(verdict, REFUSAL_CASE_NOT_OFFERED, "/case");
}

void policy_visit_inquiry(const struct policy_act *act, struct verdict *verdict)
{
	refuse_case(act, VISIT_APPLICANT_WITHOUT_ID, verdict);
}

void policy_visit_represented(const struct policy_act *act, struct verdict *verdict)
{
	refuse_case(act, VISIT_REPRESENTED_WITH_ID, verdict);
}

void policy_visit_represented_inquiry(const struct policy_act *act, struct verdict *verdict)
{
	refuse_case(act, VISIT_REPRESENTED_WITHOUT_ID, verdict);
}

void policy_visit_agent(const struct policy_act *act, struct verdict *verdict)
{
	refuse_case(act, VISIT_AGENT, verdict);
}

/* The Juki card with photo ends as the register says (A9); other public papers may have no end. */
static bool always_bears_an_end(enum identity_document identity)
{
	return identity == IDENTITY_DRIVING_LICENCE || identity == IDENTITY_PASSPORT;
}

/* Of a card that another municipality issued a counter is not told when it ends. */
static bool end_is_known_here(const struct policy_act *act)
{
	return act->visit->identity != IDENTITY_JUKI_CARD_WITH_PHOTO ||
		policy_resident_is_here(act->facts);
}

void policy_visit_identity(const struct policy_act *act, struct verdict *verdict)
{
	const struct visit *visit = act->visit;

	if (visit->visit_case != VISIT_APPLICANT_WITH_ID)
		return;
	if (visit->identity == IDENTITY_NONE)
		verdict_refuse(verdict, REFUSAL_IDENTITY_MISSING, "/identity/kind");
	else if (!visit->identity_has_end && always_bears_an_end(visit->identity))
		verdict_refuse(verdict, REFUSAL_IDENTITY_END_MISSING, "/identity/valid_to");
	else if (visit->identity_has_end && end_is_known_here(act) &&
		date_compare(visit->identity_valid_to_on, today(act)) < 0)
		verdict_refuse(verdict, REFUSAL_IDENTITY_EXPIRED, "/identity/valid_to");
}

void policy_visit_card_kind(const struct policy_act *act, struct verdict *verdict)
{
	if (act->visit->card_shown == APPLICANT_CARD_INDIVIDUAL_NUMBER)
		verdict_refuse(verdict, REFUSAL_INDIVIDUAL_NUMBER_CARD, "/card/kind");
}

static void judge_registered_card(
	const struct policy_act *act, const char *field, struct verdict *verdict)
{
	const struct juki_card *card = &act->facts->resident.card;

	if (card->state == CARD_NONE)
		verdict_refuse(verdict, REFUSAL_CARD_MISSING, field);
	else if (card->state != CARD_VALID)
		verdict_refuse(verdict, REFUSAL_CARD_LAPSED, field);
	else if (date_compare(card->valid_to_on, today(act)) < 0)
		verdict_refuse(verdict, REFUSAL_CARD_EXPIRED, field);
}

/* Whether the card shown is a Juki card of the resident's; A5 need not show it at first. */
static bool judge_shown_card(const struct policy_act *act, struct verdict *verdict)
{
	const struct visit *visit = act->visit;

	if (visit->card_shown == APPLICANT_CARD_INDIVIDUAL_NUMBER)
		return false; /* P4 refuses it */
	if (visit->card_shown == APPLICANT_CARD_NONE) {
		if (visit->visit_case != VISIT_AGENT)
			verdict_refuse(verdict, REFUSAL_CARD_MISSING, "/card/kind");
		return false;
	}
	if (!act->facts->resident_known ||
		strcmp(visit->card_number, act->facts->resident.card.number) != 0) {
		verdict_refuse(verdict, REFUSAL_CARD_UNKNOWN, "/card/number");
		return false;
	}
	return true;
}

void policy_visit_card(const struct policy_act *act, struct verdict *verdict)
{
	if (act->visit != NULL && !judge_shown_card(act, verdict))
		return;
	if (policy_resident_is_here(act->facts))
		judge_registered_card(act, act->visit != NULL ? "/card/number" : "", verdict);
}

/* Under 15, or a ward: only with the representative present (A3, A4). */
void policy_visit_age(const struct policy_act *act, struct verdict *verdict)
{
	const struct resident *resident = &act->facts->resident;
	const char *field = act->visit != NULL ? "/case" : "";

	if (!policy_resident_is_here(act->facts))
		return;
	if (act->visit != NULL &&
		(act->visit->visit_case == VISIT_REPRESENTED_WITH_ID ||
			act->visit->visit_case == VISIT_REPRESENTED_WITHOUT_ID))
		return;
	if (resident->ward)
		verdict_refuse(verdict, REFUSAL_APPLICANT_WARD, field);
	if (resident->birth.year == 0 && resident->adult_finding < 0)
		verdict_refuse(verdict, REFUSAL_AGE_UNKNOWN, field);
	else if (!policy_is_fifteen(resident, today(act)))
		verdict_refuse(verdict, REFUSAL_APPLICANT_UNDER_15, field);
}
