/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The decision core: facts in, verdict out. One small function a rule, in tables in the order of
 * the counter's work; every violation at once (A11). Touches nothing: no I/O, no clock, no
 * allocation (the build checks the room's symbols). Facts that hold at one act are judged again
 * at each later one.
 */
#pragma once

#include "model/facts.h"
#include "model/refusal.h"

/* Opening an application: P1 P2 P4 P8 P10 P11, A1 (A2 to A5, P9: not offered yet), A9, A10. */
void policy_open_check(
	const struct facts *facts, const struct visit *visit, struct verdict *ret_verdict);

/*
 * Acts on an application that is not known, or not of the asking municipality, get
 * REFUSAL_NOT_FOUND alone.
 */

/* Recording the fee: P6 (amount of the programme, once, application still open or issued). */
void policy_fee_check(const struct facts *facts, int64_t amount_yen, struct verdict *ret_verdict);

/*
 * Reserving a certificate: P1 P2 P8 P9 P10 P11, A9, A10 and ward status again, P5 (the CA's end),
 * K3, K4 with the state. A repeat with a key already reserved or certified on this application is
 * no reservation: answer it before asking here.
 */
void policy_sign_check(
	const struct facts *facts, enum key_maker maker, struct verdict *ret_verdict);

/*
 * Confirming delivery: P6 (fee recorded), K5 (state issued, certificate not revoked). A repeat gets
 * REFUSAL_ALREADY_DELIVERED, which the errand may answer as done.
 */
void policy_delivery_check(const struct facts *facts, struct verdict *ret_verdict);

/*
 * P5: the last second of a certificate reserved at `facts->now_at`: 23:59:59 JST of the day before
 * the anniversary, earlier by the card's last day or the CA certificate's end. Only for facts that
 * policy_sign_check() allows.
 */
int64_t policy_not_after_at(const struct facts *facts);

/*
 * A10: 15 or over on that day? Unknown month or day: the latest possible; unknown year: the
 * finding, and no finding is no.
 */
bool policy_is_fifteen(const struct resident *resident, struct date on);

struct policy_act; /* policy/rules.h */

/* A rule of the decision core, for the manual and for the test that every id has a case. */
struct policy_rule {
	const char *id;  /* "P1" */
	const char *act; /* "open", "fee", "sign", "delivery" */
	void (*judge)(const struct policy_act *act, struct verdict *verdict);
};

const struct policy_rule *policy_rules(size_t *ret_count_of_rows);
