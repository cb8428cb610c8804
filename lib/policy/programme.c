/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/calendar.h"
#include "policy/rules.h"

bool policy_resident_is_here(const struct facts *facts)
{
	return facts->resident_known &&
		strcmp(facts->resident.municipality, facts->municipality.code) == 0;
}

void policy_programme_begins(const struct policy_act *act, struct verdict *verdict)
{
	if (act->facts->now_at < act->facts->programme.opening_at)
		verdict_refuse(verdict, REFUSAL_PROGRAMME_NOT_OPEN, "");
}

/* P1a: half-open, the closing instant itself is closed. */
void policy_programme_ends(const struct policy_act *act, struct verdict *verdict)
{
	if (act->facts->now_at >= act->facts->programme.closing_at)
		verdict_refuse(verdict, REFUSAL_PROGRAMME_CLOSED, "");
}

void policy_programme_ends_here(const struct policy_act *act, struct verdict *verdict)
{
	if (act->facts->now_at >= act->facts->municipality.closing_at)
		verdict_refuse(verdict, REFUSAL_MUNICIPALITY_CLOSED, "");
}

static enum application_kind kind_of(const struct policy_act *act)
{
	return act->visit != NULL ? act->visit->kind : act->of->kind;
}

void policy_programme_renewal(const struct policy_act *act, struct verdict *verdict)
{
	if (kind_of(act) != APPLICATION_ISSUANCE)
		verdict_refuse(
			verdict, REFUSAL_RENEWAL_NOT_OFFERED, act->visit != NULL ? "/kind" : "");
}

void policy_programme_residence(const struct policy_act *act, struct verdict *verdict)
{
	const struct facts *facts = act->facts;
	const char *field = act->visit != NULL ? "/card/number" : "";

	if (act->visit != NULL && !facts->resident_known)
		return; /* A9 says that nobody holds the card */
	if (facts->resident_known && !policy_resident_is_here(facts))
		verdict_refuse(verdict, REFUSAL_OTHER_MUNICIPALITY, field);
	else if (!facts->resident_known || !facts->resident.present)
		verdict_refuse(verdict, REFUSAL_RESIDENT_GONE, field);
}

void policy_programme_one_each(const struct policy_act *act, struct verdict *verdict)
{
	const struct facts *facts = act->facts;
	const char *field = act->visit != NULL ? "/card/number" : "";

	if (!policy_resident_is_here(facts))
		return;
	if (facts->has_other_open)
		verdict_refuse(verdict, REFUSAL_OPEN_APPLICATION, field);
	/* notAfter is the last second of validity, and is valid to its end. */
	if (kind_of(act) == APPLICATION_ISSUANCE && facts->has_live &&
		facts->now_at - SECOND < facts->live_not_after_at)
		verdict_refuse(verdict, REFUSAL_LIVE_CERTIFICATE, field);
}

/* Never past the CA certificate's own end; the card's is A9's. */
void policy_programme_validity(const struct policy_act *act, struct verdict *verdict)
{
	if (act->facts->now_at >= act->facts->ca_not_after_at)
		verdict_refuse(verdict, REFUSAL_VALIDITY_OUTSIDE, "");
}

void policy_programme_fee(const struct policy_act *act, struct verdict *verdict)
{
	const struct application *application = act->of;

	if (!application_state_is_open(application->state) &&
		application->state != APPLICATION_ISSUED)
		verdict_refuse(verdict, REFUSAL_STATE_CONFLICT, "");
	if (application->fee_paid)
		verdict_refuse(verdict, REFUSAL_FEE_ALREADY_PAID, "");
	if (act->amount_yen != act->facts->programme.fee_yen)
		verdict_refuse(verdict, REFUSAL_FEE_AMOUNT, "/amount_yen");
}

void policy_programme_fee_first(const struct policy_act *act, struct verdict *verdict)
{
	if (!act->of->fee_paid)
		verdict_refuse(verdict, REFUSAL_FEE_MISSING, "");
}
