/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The facts an act is judged by: what the store knows (struct facts) and what the clerk at the
 * counter says (struct visit). Filled by store and front, read by policy. Data only.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "model/application.h"
#include "model/programme.h"
#include "model/resident.h"

/* Rows A1 to A5 of the programme's rules. */
enum visit_case {
	VISIT_APPLICANT_WITH_ID = 1,  /* A1 */
	VISIT_APPLICANT_WITHOUT_ID,   /* A2 */
	VISIT_REPRESENTED_WITH_ID,    /* A3 */
	VISIT_REPRESENTED_WITHOUT_ID, /* A4 */
	VISIT_AGENT,                  /* A5 */
};

enum identity_document {
	IDENTITY_NONE = 0,
	IDENTITY_DRIVING_LICENCE,
	IDENTITY_PASSPORT,
	IDENTITY_JUKI_CARD_WITH_PHOTO,
	IDENTITY_OTHER_PUBLIC_PHOTO, /* other photo ID issued by a public office */
};

enum applicant_card {
	APPLICANT_CARD_NONE = 0,
	APPLICANT_CARD_JUKI,
	APPLICANT_CARD_INDIVIDUAL_NUMBER
};

/* What the clerk saw on the day of the visit. */
struct visit {
	enum visit_case visit_case;
	enum application_kind kind;
	enum applicant_card card_shown;
	char card_number[CARD_NUMBER_MAX + 1];
	enum identity_document identity;
	struct date identity_valid_to_on; /* last day, inclusive */
	bool identity_has_end;            /* false: the document bears no last day */
	char clerk[CLERK_MAX + 1];
};

/* What the store knows, read under the locks of the transaction that will act on it. */
struct facts {
	int64_t now_at; /* hakko.now() after the locks */
	struct programme programme;
	struct municipality municipality; /* of the client */
	struct client client;             /* who asks, as registered now */
	bool resident_known;              /* a resident of any municipality holds that card */
	struct resident resident;
	bool has_other_open; /* another open application of the person (P8) */
	char other_open[APPLICATION_ID_LEN + 1];
	bool has_live; /* an unrevoked certificate of the person (P8), delivered or not, */
	uint8_t live_serial[SERIAL_LEN];
	int64_t live_not_after_at; /* which is live through this second */
	bool application_known;
	struct application application;
	bool certificate_live; /* its own certificate is recorded, not revoked, not past its end (K5) */
	bool key_taken; /* the submitted key is certified or reserved for another application (K4) */
	int64_t ca_not_after_at;
};
