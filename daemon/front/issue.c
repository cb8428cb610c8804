/* SPDX-License-Identifier: Apache-2.0 */
#include "front/issue.h"

#include <stdio.h>
#include <string.h>

#include "base/fault.h"
#include "base/log.h"
#include "front/caller.h"
#include "front/draw.h"
#include "front/issue_plan.h"
#include "front/record.h"
#include "policy/decide.h"

#define AGAIN 2 /* this attempt decided nothing: begin anew */

/* What one attempt carries from step to step. */
struct attempt {
	const struct front_issue *issue;
	struct store *store;
	int64_t stale_reservation; /* kept from attempt to attempt */
	struct store_issuance issuance;
	struct store_reserved reserved; /* the reservation to be signed */
	struct front_issue_end *end;
};

static int refuse(struct attempt *attempt, enum refusal refusal, const char *field)
{
	attempt->end->verdict = (struct verdict){ 0 };
	verdict_refuse(&attempt->end->verdict, refusal, field);
	return FRONT_ISSUE_REFUSED;
}

/* The reservation's contents, from the facts read under the locks. */
static int fill_reservation(struct attempt *attempt)
{
	const struct store_issuance *issuance = &attempt->issuance;
	const struct facts *facts = &issuance->facts;
	struct front *front = attempt->issue->worker->front;
	struct wire_status status;
	front_waiting_status(&front->waiting, &status);

	struct reservation *reservation = &attempt->reserved.reservation;
	*reservation = (struct reservation){
		.record_id = issuance->certified.record_id,
		.reserved_at = facts->now_at,
		.not_after_at = policy_not_after_at(facts),
		.ca_key_id = status.ca_key,
		.profile = status.profile,
		.spki_len = attempt->issue->key.spki_len,
	};
	memcpy(reservation->application, facts->application.id, sizeof(reservation->application));
	memcpy(reservation->municipality, facts->municipality.code,
		sizeof(reservation->municipality));
	memcpy(reservation->romaji, facts->municipality.romaji, sizeof(reservation->romaji));
	memcpy(reservation->spki, attempt->issue->key.spki, attempt->issue->key.spki_len);
	int r = front_draw_serial(reservation->serial);
	if (r < 0)
		return fault_trace(r);
	r = front_draw_cn(reservation->reserved_at, reservation->municipality, reservation->cn);
	return r < 0 ? fault_trace(r) : 0;
}

static void fill_reserved(struct attempt *attempt)
{
	struct store_reserved *reserved = &attempt->reserved;
	reserved->terminal_id = attempt->issuance.facts.client.id;
	reserved->commitment = attempt->issuance.certified.commitment;
	reserved->recorded = false;
	(void)snprintf(reserved->clerk, sizeof(reserved->clerk), "%s", attempt->issue->clerk);
}

/* The end that came first while the request was on its way (P1, P2). */
static enum refusal which_end(const struct facts *facts)
{
	return facts->municipality.closing_at < facts->programme.closing_at
		? REFUSAL_MUNICIPALITY_CLOSED
		: REFUSAL_PROGRAMME_CLOSED;
}

/* Makes a reservation in the open transaction and commits. 0, AGAIN, FRONT_ISSUE_REFUSED. */
static int reserve(struct attempt *attempt)
{
	int r = fill_reservation(attempt);
	if (r < 0)
		return fault_trace(r);
	fill_reserved(attempt);
	r = store_reservation_finish(attempt->store, &attempt->reserved.reservation,
		attempt->issue->maker, attempt->issue->clerk);
	if (r < 0)
		return fault_trace(r);
	if (r == STORE_CLOSED)
		return refuse(attempt, which_end(&attempt->issuance.facts), "");
	if (r == STORE_KEY_TAKEN)
		return refuse(attempt, REFUSAL_KEY_ALREADY_CERTIFIED, "/csr");
	if (r > 0)
		return AGAIN;
	attempt->end->is_new = true;
	return 0;
}

/* Gives the stale reservation up and makes a new one, in one transaction. */
static int renew(struct attempt *attempt)
{
	attempt->reserved.reservation = attempt->issuance.reservation;
	fill_reserved(attempt);
	struct front_leaf leaf;
	int r = front_leaf_abandonment(&attempt->reserved, attempt->issuance.facts.now_at, &leaf);
	if (r < 0)
		return fault_trace(r);
	r = store_reservation_abandon(
		attempt->store, &attempt->issuance.reservation, &leaf.leaf, &leaf.octets);
	if (r < 0)
		return fault_trace(r);
	if (r > 0)
		return AGAIN;
	log_event(LOG_LEVEL_NOTICE, "abandoned", "reservation=%lld request=%s",
		(long long)attempt->issuance.reservation.id, attempt->issue->request->id);
	r = reserve(attempt);
	return r < 0 ? fault_trace(r) : r;
}

/* Takes up a reservation that stands, with the terminal and clerk it was made for. */
static int take_up(struct attempt *attempt)
{
	store_rollback(attempt->store);
	int r = store_reserved_load(
		attempt->store, attempt->issuance.reservation.id, &attempt->reserved);
	if (r < 0)
		return fault_trace(r);
	return r > 0 || attempt->reserved.reservation.abandoned ? AGAIN : 0;
}

/* The signer does not sign. AGAIN, FRONT_ISSUE_REFUSED. */
static int take_refusal(struct attempt *attempt, const struct wire_refused *refused)
{
	log_event(LOG_LEVEL_WARNING, "signer-refused", "code=%s reservation=%lld request=%s",
		refused->code, (long long)attempt->reserved.reservation.id,
		attempt->issue->request->id);
	enum refusal refusal;
	if (refusal_from_text(refused->code, &refusal) != 0)
		return fault_new(FAULT_PROTOCOL, "signer: a refusal of no known code");
	if (refusal == REFUSAL_RESERVATION_STALE) {
		attempt->stale_reservation = attempt->reserved.reservation.id;
		return AGAIN;
	}
	/* What it signs with may have changed under us. */
	if (refusal == REFUSAL_PROFILE_OTHER || refusal == REFUSAL_CA_KEY_OTHER)
		front_thread_poke(&attempt->issue->worker->front->waiting.thread);
	return refuse(attempt, refusal, "");
}

/* Whoever cannot be reached has lost nothing: the reservation stands. */
static int signer_away(struct attempt *attempt, int fault)
{
	if (fault_kind(fault) != FAULT_UNAVAILABLE && fault_kind(fault) != FAULT_TIMEOUT)
		return fault_trace(fault);
	log_fault("signer", fault);
	front_thread_poke(&attempt->issue->worker->front->waiting.thread);
	return refuse(attempt, REFUSAL_SIGNER_UNAVAILABLE, "");
}

/* Records what the signer answered. 0, AGAIN, FRONT_ISSUE_REFUSED. */
static int record(struct attempt *attempt, const struct wire_issued *issued)
{
	struct front *front = attempt->issue->worker->front;
	struct wire_status status;
	front_waiting_status(&front->waiting, &status);
	const struct front_signed signed_one = {
		.der = { issued->der, issued->der_len },
		.tbs = issued->tbs,
		.signer = status.signer,
		.place = issued->place,
	};
	int r = front_record(&front->recorder, attempt->store, &attempt->reserved, &signed_one,
		&attempt->end->certificate);
	if (r < 0)
		return fault_trace(r);
	if (r == STORE_NOT_FOUND) {
		front_waiting_set(&front->waiting, FRONT_LACK_RESTORED, true);
		return refuse(attempt, REFUSAL_DATABASE_RESTORED, "");
	}
	return r > 0 ? AGAIN : 0;
}

/* Signer, then record. 0, AGAIN, FRONT_ISSUE_REFUSED. */
static int sign(struct attempt *attempt)
{
	const struct front_issue *issue = attempt->issue;
	const struct wire_issue message = {
		.reservation = attempt->reserved.reservation,
		.resident = attempt->issuance.certified,
		.csr = issue->csr,
	};
	struct wire_issued issued;
	struct wire_refused refused;
	int r = wire_line_issue(&issue->worker->line, &message,
		front_worker_signer_deadline(issue->worker, issue->request), &issued, &refused);
	if (r < 0)
		return signer_away(attempt, r);
	if (r == WIRE_LINE_REFUSED)
		return take_refusal(attempt, &refused);
	r = record(attempt, &issued);
	return r < 0 ? fault_trace(r) : r;
}

/* The decision's step up to a reservation that can be signed. */
static int prepare(struct attempt *attempt, enum front_issue_step step)
{
	switch (step) {
	case FRONT_ISSUE_REFUSE:
		store_rollback(attempt->store);
		return FRONT_ISSUE_REFUSED;
	case FRONT_ISSUE_ANSWER:
		store_rollback(attempt->store);
		attempt->end->certificate = attempt->issuance.certificate;
		attempt->end->was_issued = true;
		return 0;
	case FRONT_ISSUE_SIGN:
		return take_up(attempt);
	case FRONT_ISSUE_RESERVE:
		return reserve(attempt);
	case FRONT_ISSUE_RENEW:
		return renew(attempt);
	}
	return fault_new(FAULT_STATE, "no such step");
}

static enum front_issue_step plan(struct attempt *attempt)
{
	const struct front_issue *issue = attempt->issue;
	struct front *front = issue->worker->front;
	const struct front_issue_question question = {
		.issuance = &attempt->issuance,
		.key = &issue->key.digest,
		.maker = issue->maker,
		.stale_reservation = attempt->stale_reservation,
		.front_now_at = clock_now_at(&front->clock),
		.front_closing_at = front->settings.closing_at,
		.caller_refusal = front_caller_refusal(
			issue->request, &attempt->issuance.facts.client),
		.lacking = front_waiting_issuance(&front->waiting),
	};
	return front_issue_plan(&question, &attempt->end->verdict);
}

/* 0, AGAIN, FRONT_ISSUE_REFUSED. */
static int try_once(struct attempt *attempt)
{
	const struct front_issue *issue = attempt->issue;
	int r = front_worker_store(issue->worker, issue->request, &attempt->store);
	if (r < 0)
		return fault_trace(r);
	store_rollback(attempt->store); /* what the attempt before left open */
	r = store_issuance_begin(attempt->store, &issue->request->fingerprint, issue->application,
		&issue->key.digest, &attempt->issuance);
	if (r < 0)
		return fault_trace(r);
	if (r == STORE_NOT_FOUND)
		return refuse(attempt, REFUSAL_NOT_FOUND, "");
	if (r > 0)
		return AGAIN;
	r = prepare(attempt, plan(attempt));
	if (r != 0 || attempt->end->was_issued)
		return r < 0 ? fault_trace(r) : r;
	r = sign(attempt);
	return r < 0 ? fault_trace(r) : r;
}

/* When a reservation that is pending now will have been settled. */
static int retry_after_s(const struct attempt *attempt)
{
	int64_t age = attempt->issuance.facts.now_at - attempt->issuance.reservation.reserved_at;
	int64_t left = STORE_RESERVATION_LIMIT - age;
	return left > 0 && left <= STORE_RESERVATION_LIMIT ? (int)(left / SECOND) + 1 : 1;
}

int front_issue(const struct front_issue *issue, struct front_issue_end *ret_end)
{
	*ret_end = (struct front_issue_end){ 0 };
	struct attempt attempt = { .issue = issue, .end = ret_end };
	int r = AGAIN;
	for (int i = 0; i < FRONT_ISSUE_ATTEMPTS_MAX && r == AGAIN; i++)
		r = try_once(&attempt);
	if (r == AGAIN)
		r = refuse(&attempt, REFUSAL_SERVICE_WAITING, "");
	if (r < 0 && attempt.store != NULL)
		store_rollback(attempt.store);
	if (r == FRONT_ISSUE_REFUSED && verdict_has(&ret_end->verdict, REFUSAL_RESERVATION_PENDING))
		ret_end->retry_after_s = retry_after_s(&attempt);
	return r < 0 ? fault_trace(r) : r;
}
