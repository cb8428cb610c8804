/* SPDX-License-Identifier: Apache-2.0 */
/*
 * First step of a visit: the application is opened (A1).
 */
#pragma once

#include "base/calendar.h"
#include "terminal/counter.h"

/* What the clerk has before them; texts are borrowed. */
struct terminal_opening {
	const char *situation; /* the API's "case" */
	const char *kind;
	const char *card_kind, *card;
	const char *identity;
	struct date identity_valid_to_on; /* year 0: the document has no last day */
};

/* The words the API takes, for options; they end with NULL. */
extern const char *const terminal_open_identities[];

/*
 * Gives the application's id. CLIENT_REFUSED. After a lost answer it is not sent again, for an
 * application may stand: the clerk is told, and the fault passed up.
 */
int terminal_open_application(struct terminal_counter *counter,
	const struct terminal_opening *opening, char ret_id[APPLICATION_ID_LEN + 1]) MUST_CHECK;
