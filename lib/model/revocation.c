/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "model/application.h"

/* CRLReason, RFC 5280 5.3.1. */
enum {
	UNSPECIFIED = 0,
	KEY_COMPROMISE = 1,
	CA_COMPROMISE = 2,
	AFFILIATION_CHANGED = 3,
	SUPERSEDED = 4,
	CESSATION_OF_OPERATION = 5,
};

static const struct revocation_cause_text causes[] = {
	{ REVOCATION_UNWANTED, "unwanted", "R1", CESSATION_OF_OPERATION },
	{ REVOCATION_COMPROMISE, "compromise", "R2", KEY_COMPROMISE },
	{ REVOCATION_MOVEMENT, "movement", "R3", AFFILIATION_CHANGED },
	{ REVOCATION_INCORRECT, "incorrect", "R4", AFFILIATION_CHANGED },
	{ REVOCATION_CA_COMPROMISE, "ca_compromise", "R5", CA_COMPROMISE },
	{ REVOCATION_RENEWED, "renewed", "R6", SUPERSEDED },
	{ REVOCATION_DISCARDED, "discarded", "R7", UNSPECIFIED },
	{ REVOCATION_CARD_LAPSED, "card_lapsed", "R8", CESSATION_OF_OPERATION },
};

const struct revocation_cause_text *revocation_cause_text(enum revocation_cause cause)
{
	for (size_t i = 0; i < LENGTH_OF(causes); i++) {
		if (causes[i].cause == cause)
			return &causes[i];
	}
	return NULL;
}

int revocation_cause_from_text(const char *text, enum revocation_cause *ret_cause)
{
	for (size_t i = 0; i < LENGTH_OF(causes); i++) {
		if (strcmp(causes[i].name, text) == 0) {
			*ret_cause = causes[i].cause;
			return 0;
		}
	}
	return REVOCATION_CAUSE_BAD;
}
