/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/rules.h"

/*
 * One certificate an application, one certification a key. A repeat with the same key is answered
 * before anything is judged, so what comes here is another key.
 */
void policy_key_certified_once(const struct policy_act *act, struct verdict *verdict)
{
	enum application_state state = act->of->state;

	if (state == APPLICATION_ISSUING || state == APPLICATION_ISSUED ||
		state == APPLICATION_DELIVERED)
		verdict_refuse(verdict, REFUSAL_ALREADY_ISSUED_OTHER_KEY, "");
	else if (state != APPLICATION_APPROVED)
		verdict_refuse(verdict, REFUSAL_STATE_CONFLICT, "");
	if (act->facts->key_taken)
		verdict_refuse(verdict, REFUSAL_KEY_ALREADY_CERTIFIED, "/csr");
}

/* All whom this version serves make their key themselves (A1). */
void policy_key_maker(const struct policy_act *act, struct verdict *verdict)
{
	if (act->maker != KEY_BY_APPLICANT)
		verdict_refuse(verdict, REFUSAL_KEY_MAKER, "/key_made_by");
}

void policy_key_delivery(const struct policy_act *act, struct verdict *verdict)
{
	const struct facts *facts = act->facts;
	enum application_state state = act->of->state;

	if (state == APPLICATION_DELIVERED)
		verdict_refuse(verdict, REFUSAL_ALREADY_DELIVERED, "");
	else if (state == APPLICATION_DISCARDED ||
		(state == APPLICATION_ISSUED && !facts->certificate_live))
		verdict_refuse(verdict, REFUSAL_CERTIFICATE_REVOKED, "");
	else if (state != APPLICATION_ISSUED)
		verdict_refuse(verdict, REFUSAL_STATE_CONFLICT, "");
}
