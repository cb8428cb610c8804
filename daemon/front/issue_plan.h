/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is to be done with a CSR, given what stands of its application: the branches of
 * docs/architecture.md, "Settling", as one decision. Pure: no I/O, no clock.
 */
#pragma once

#include "http/request.h"
#include "store/issuance.h"

enum front_issue_step {
	FRONT_ISSUE_REFUSE,  /* the verdict says why */
	FRONT_ISSUE_ANSWER,  /* issued before, to this key: the same octets */
	FRONT_ISSUE_SIGN,    /* its reservation goes to the signer once more */
	FRONT_ISSUE_RESERVE, /* a new reservation */
	FRONT_ISSUE_RENEW,   /* the old reservation is abandoned, then a new one */
};

struct front_issue_question {
	const struct store_issuance *issuance;
	const struct digest *key; /* of the submitted CSR */
	enum key_maker maker;
	int64_t stale_reservation;   /* the signer signs this one no more; 0: none */
	int64_t front_now_at;        /* the front's own clock, for its own refusal of P1 */
	int64_t front_closing_at;    /* and its own knowledge of the end, from its settings */
	enum refusal caller_refusal; /* why this client may not ask any more */
	enum refusal lacking;        /* why nothing can be issued now */
};

/* With FRONT_ISSUE_REFUSE `ret_verdict` has at least one violation, else none. */
enum front_issue_step front_issue_plan(
	const struct front_issue_question *question, struct verdict *ret_verdict);
