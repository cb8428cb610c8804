/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rules one by one, for the tables of decide.c: each looks at the facts of an act and adds its
 * own violations to the verdict. Touches nothing else. What the rules are is in docs/rules.md.
 */
#pragma once

#include "model/facts.h"
#include "model/refusal.h"

/* An act and everything it is judged by. */
struct policy_act {
	const struct facts *facts;
	const struct visit *visit;    /* opening only, else NULL */
	const struct application *of; /* the application acted on; NULL at opening */
	enum key_maker maker;         /* signing only */
	int64_t amount_yen;           /* fee only */
};

/*
 * Whether the resident is registered at the asking counter. Of anyone else a counter learns only
 * that: their age, ward status, card and certificates are judged where they are registered.
 */
bool policy_resident_is_here(const struct facts *facts);

/* programme.c */
void policy_programme_begins(const struct policy_act *act, struct verdict *verdict);    /* P11 */
void policy_programme_ends(const struct policy_act *act, struct verdict *verdict);      /* P1 */
void policy_programme_ends_here(const struct policy_act *act, struct verdict *verdict); /* P2 */
void policy_programme_renewal(const struct policy_act *act, struct verdict *verdict);   /* P9 */
void policy_programme_residence(const struct policy_act *act, struct verdict *verdict); /* P10 */
void policy_programme_one_each(const struct policy_act *act, struct verdict *verdict);  /* P8 */
void policy_programme_validity(const struct policy_act *act, struct verdict *verdict);  /* P5 */
void policy_programme_fee(const struct policy_act *act, struct verdict *verdict);       /* P6 */
void policy_programme_fee_first(const struct policy_act *act, struct verdict *verdict); /* P6 */

/* visit.c */
void policy_visit_inquiry(const struct policy_act *act, struct verdict *verdict);     /* A2 */
void policy_visit_represented(const struct policy_act *act, struct verdict *verdict); /* A3 */
void policy_visit_represented_inquiry(
	const struct policy_act *act, struct verdict *verdict);                     /* A4 */
void policy_visit_agent(const struct policy_act *act, struct verdict *verdict);     /* A5 */
void policy_visit_identity(const struct policy_act *act, struct verdict *verdict);  /* A1 */
void policy_visit_card_kind(const struct policy_act *act, struct verdict *verdict); /* P4 */
void policy_visit_card(const struct policy_act *act, struct verdict *verdict);      /* A9 */
void policy_visit_age(const struct policy_act *act, struct verdict *verdict);       /* A10 */

/* key.c */
void policy_key_certified_once(const struct policy_act *act, struct verdict *verdict); /* K4 */
void policy_key_maker(const struct policy_act *act, struct verdict *verdict);          /* K3 */
void policy_key_delivery(const struct policy_act *act, struct verdict *verdict);       /* K5 */
