/* SPDX-License-Identifier: Apache-2.0 */
#include "signer/issue.h"

#include <assert.h>
#include <string.h>

#include "base/fault.h"
#include "base/log.h"
#include "pki/certificate.h"
#include "pki/csr.h"

/* The CSR is good and its key the reserved one. */
static int check_key(const struct wire_issue *issue, enum refusal *ret_refusal)
{
	struct pki_public_key key;
	enum refusal refusal;
	int r = pki_csr_check(issue->csr, &key, &refusal);
	if (r < 0)
		return fault_trace(r);
	if (r == PKI_REFUSED) {
		*ret_refusal = refusal;
		return 0;
	}
	const struct reservation *reservation = &issue->reservation;
	bool is_same = bytes_equal((struct bytes){ key.spki, key.spki_len },
		(struct bytes){ reservation->spki, reservation->spki_len });
	*ret_refusal = is_same ? REFUSAL_NONE : REFUSAL_KEY_MISMATCH;
	return 0;
}

/* Everything that can be said without the journal. What was known before is judged by the clock later. */
static int judge(struct signer *signer, const struct wire_issue *issue, bool is_known,
	enum refusal *ret_refusal)
{
	enum refusal refusal = REFUSAL_NONE;
	if (!is_known)
		refusal = signer_judge_now(signer, &issue->reservation);
	if (refusal == REFUSAL_NONE)
		refusal = signer_check_fields(
			&signer->limits, &issue->reservation, &issue->resident);
	if (refusal == REFUSAL_NONE) {
		int r = check_key(issue, &refusal);
		if (r < 0)
			return fault_trace(r);
	}
	*ret_refusal = refusal;
	return 0;
}

/* Builds the to-be-signed bytes into the signer's scratch. FIELDS_INVALID when they do not fit. */
static int build(struct signer *signer, const struct wire_issue *issue, enum refusal *ret_refusal)
{
	struct pki_subject subject = { issue->reservation, issue->resident };
	buffer_clear(&signer->octets);
	int r = pki_certificate_build(
		&signer->settings->profile, &signer->ca, &subject, &signer->octets);
	if (r < 0 && fault_kind(r) == FAULT_LIMIT) {
		fault_clear();
		*ret_refusal = REFUSAL_FIELDS_INVALID;
		return 0;
	}
	if (r < 0)
		return fault_trace(r);
	*ret_refusal = signer->octets.len <= PKI_TBS_MAX ? REFUSAL_NONE : REFUSAL_FIELDS_INVALID;
	return 0;
}

/* A job for the bytes in the scratch; NULL when there is none free. */
static struct signer_job *job_make(struct signer *signer, const struct reservation *reservation)
{
	struct signer_job *job = signer_jobs_take(&signer->jobs, SIGNER_JOB_CERTIFICATE);
	if (job == NULL)
		return NULL;
	memcpy(job->tbs, signer->octets.data, signer->octets.len);
	job->tbs_len = signer->octets.len;
	job->reservation = reservation->id;
	job->reserved_at = reservation->reserved_at;
	return job;
}

/* Appends the intent of a job. */
static int journal_intent(
	struct signer *signer, struct signer_job *job, const struct signer_known_entry *known)
{
	struct signer_entry entry = {
		.kind = JOURNAL_INTENT,
		.stamped_at = known->stamped_at,
		.reservation = known->reservation,
		.reserved_at = known->reserved_at,
		.body = { job->tbs, job->tbs_len },
	};
	memcpy(entry.id, known->serial, sizeof(entry.id));
	memcpy(entry.key_tag, known->key_tag, sizeof(entry.key_tag));
	int r = signer_journal_append(signer->journal, &entry, &job->place);
	return r < 0 ? fault_trace(r) : 0;
}

/* What the index will hold of a new reservation. */
static int known_of(struct signer *signer, const struct reservation *reservation,
	struct signer_known_entry *ret_known)
{
	struct signer_known_entry known = {
		.reservation = reservation->id,
		.reserved_at = reservation->reserved_at,
	};
	memcpy(known.serial, reservation->serial, sizeof(known.serial));
	int r = signer_record_key_tag(signer_journal_id(signer->journal),
		(struct bytes){ reservation->spki, reservation->spki_len }, known.key_tag);
	if (r < 0)
		return fault_trace(r);
	*ret_known = known;
	return 0;
}

/* Adds to index and journal; the scratch holds the bytes. */
static int accept_new(struct signer *signer, struct signer_peer *peer,
	const struct wire_issue *issue, const struct signer_known_entry *known)
{
	struct signer_job *job = job_make(signer, &issue->reservation);
	struct signer_known_entry *place = NULL;
	int r = SIGNER_KNOWN_FULL;
	if (job != NULL)
		r = signer_known_add(&signer->known, known, known->stamped_at, &place);
	if (r < 0)
		return fault_trace(r);
	if (r == SIGNER_KNOWN_FULL) {
		if (job != NULL)
			signer_jobs_give_back(&signer->jobs, job);
		return signer_refuse(signer, peer, REFUSAL_SIGNER_UNAVAILABLE, known->reservation,
			"too many reservations at a time");
	}
	r = digest_of((struct bytes){ job->tbs, job->tbs_len }, &job->digest);
	if (r < 0)
		return fault_trace(r);
	r = journal_intent(signer, job, place);
	if (r < 0)
		return fault_trace(r);
	place->intent = job->place.position;
	place->job = job;
	signer_attach(peer, job);
	signer_put_due(signer, job);
	return 0;
}

static int ask_new(struct signer *signer, struct signer_peer *peer, const struct wire_issue *issue)
{
	struct signer_known_entry known;
	int r = known_of(signer, &issue->reservation, &known);
	if (r < 0)
		return fault_trace(r);
	if (signer_known_conflicts(&signer->known, &known, signer_now_at(signer)))
		return signer_refuse(signer, peer, REFUSAL_RESERVATION_CONFLICT, known.reservation,
			"serial or key of another reservation");
	r = signer_stamp(signer, peer, known.reservation, &known.stamped_at);
	if (r != 0)
		return r < 0 ? fault_trace(r) : 0;
	/* Waiting the clock out took time: the stamp itself must be inside the programme. */
	enum refusal refusal = signer_check_clock(
		&signer->limits, &issue->reservation, known.stamped_at);
	if (refusal != REFUSAL_NONE)
		return signer_refuse(signer, peer, refusal, known.reservation, "by the clock");
	r = accept_new(signer, peer, issue, &known);
	return r < 0 ? fault_trace(r) : 0;
}

/* Puts the certificate of these bytes and that signature into the peer's output. */
static int answer(struct signer *signer, struct signer_peer *peer, struct bytes tbs,
	struct bytes signature, const struct journal_place *place)
{
	struct wire_issued *issued = &signer->issued;
	BUFFER_CLEANUP struct buffer der = BUFFER(CERTIFICATE_MAX);
	int r = pki_certificate_assemble(&signer->ca, tbs, signature, &der);
	if (r < 0)
		return fault_trace(r);
	r = digest_of(tbs, &issued->tbs);
	if (r < 0)
		return fault_trace(r);
	memcpy(issued->der, der.data, der.len);
	issued->der_len = der.len;
	issued->place = *place;
	peer->state = SIGNER_PEER_READING;
	r = wire_issued_encode(issued, &peer->out);
	return r < 0 ? fault_trace(r) : 0;
}

/* Signed before: the same bytes again, from the journal, even after the end (P1a). */
static int answer_again(struct signer *signer, struct signer_peer *peer,
	const struct signer_known_entry *known, const struct signer_record *intent)
{
	BUFFER_CLEANUP struct buffer signature = BUFFER(PKI_SIGNATURE_MAX);
	struct signer_record outcome;
	int r = signer_journal_read(signer->journal, known->outcome, &outcome);
	if (r == 0)
		r = signer_journal_read_body(signer->journal, &outcome, &signature);
	if (r != 0)
		return r < 0 ? fault_trace(r)
			     : fault_new(FAULT_STATE, "journal: a recent outcome is gone");
	const struct journal_place place = { intent->position, intent->hash };
	r = answer(signer, peer, buffer_bytes(&signer->octets), buffer_bytes(&signature), &place);
	return r < 0 ? fault_trace(r) : 0;
}

/* Journalled before and not signed: signed now, of the same intent, if the clock still lets it. */
static int sign_again(struct signer *signer, struct signer_peer *peer,
	const struct reservation *reservation, struct signer_known_entry *known,
	const struct signer_record *intent)
{
	enum refusal refusal = signer_judge_now(signer, reservation);
	if (refusal != REFUSAL_NONE)
		return signer_refuse(signer, peer, refusal, reservation->id, "by the clock");
	struct signer_job *job = job_make(signer, reservation);
	if (job == NULL)
		return signer_refuse(signer, peer, REFUSAL_SIGNER_UNAVAILABLE, reservation->id,
			"too many reservations at a time");
	job->place = (struct journal_place){ intent->position, intent->hash };
	known->job = job;
	signer_attach(peer, job);
	signer_put_due(signer, job);
	return 0;
}

/* A reservation that was journalled: the same bytes or none. The scratch holds what it asks for. */
static int ask_again(struct signer *signer, struct signer_peer *peer,
	const struct wire_issue *issue, struct signer_known_entry *known)
{
	static const char other[] = "known with other contents";
	const struct reservation *reservation = &issue->reservation;
	struct bytes tbs = buffer_bytes(&signer->octets);
	if (known->job != NULL) {
		if (!bytes_equal(tbs, (struct bytes){ known->job->tbs, known->job->tbs_len }))
			return signer_refuse(
				signer, peer, REFUSAL_RESERVATION_CONFLICT, reservation->id, other);
		signer_attach(peer, known->job);
		return 0;
	}
	BUFFER_CLEANUP struct buffer journalled = BUFFER(SIGNER_BODY_MAX);
	struct signer_record intent;
	int r = signer_journal_read(signer->journal, known->intent, &intent);
	if (r == 0)
		r = signer_journal_read_body(signer->journal, &intent, &journalled);
	if (r != 0)
		return r < 0 ? fault_trace(r)
			     : fault_new(FAULT_STATE, "journal: a recent intent is gone");
	if (!bytes_equal(tbs, buffer_bytes(&journalled)))
		return signer_refuse(
			signer, peer, REFUSAL_RESERVATION_CONFLICT, reservation->id, other);
	r = known->outcome != 0 ? answer_again(signer, peer, known, &intent)
				: sign_again(signer, peer, reservation, known, &intent);
	return r < 0 ? fault_trace(r) : 0;
}

int signer_issue_ask(struct signer *signer, struct signer_peer *peer, struct wire_reader *reader)
{
	struct wire_issue *issue = &signer->issue;
	if (wire_issue_decode(reader, issue) != 0)
		return SIGNER_PEER_END;
	struct signer_known_entry *known = signer_known_find(&signer->known, issue->reservation.id);
	enum refusal refusal;
	int r = judge(signer, issue, known != NULL, &refusal);
	if (r == 0 && refusal == REFUSAL_NONE)
		r = build(signer, issue, &refusal);
	if (r < 0)
		return fault_trace(r);
	if (refusal != REFUSAL_NONE)
		return signer_refuse(
			signer, peer, refusal, issue->reservation.id, "by the signer's checks");
	r = known != NULL ? ask_again(signer, peer, issue, known) : ask_new(signer, peer, issue);
	return r < 0 ? fault_trace(r) : 0;
}

enum refusal signer_issue_may_sign(const struct signer *signer, const struct signer_job *job)
{
	const struct reservation reservation = { .reserved_at = job->reserved_at };
	return signer_judge_now(signer, &reservation);
}

void signer_issue_drop(struct signer *signer, struct signer_job *job)
{
	struct signer_known_entry *known = signer_known_find(&signer->known, job->reservation);
	assert(known != NULL && known->job == job);
	known->job = NULL;
	signer_jobs_give_back(&signer->jobs, job);
}

/*
 * RSA PKCS#1 v1.5 is deterministic: an outcome lost with the host would be made again the same. No
 * clock is read here: signed_at was read, and found good, where the key was used; the stamp only
 * keeps the chain's order.
 */
static int journal_outcome(
	struct signer *signer, const struct signer_job *job, struct signer_known_entry *known)
{
	struct journal_place place;
	int64_t last_at = signer_journal_last(signer->journal)->stamped_at;
	const struct signer_entry entry = {
		.kind = JOURNAL_OUTCOME,
		.stamped_at = job->signed_at > last_at ? job->signed_at : last_at,
		.signed_at = job->signed_at,
		.reservation = job->reservation,
		.refers = job->place.position,
		.body = { job->signature, job->signature_len },
	};
	int r = signer_journal_append(signer->journal, &entry, &place);
	if (r < 0)
		return fault_trace(r);
	known->outcome = place.position;
	return 0;
}

int signer_issue_finish(struct signer *signer, struct signer_job *job)
{
	struct signer_known_entry *known = signer_known_find(&signer->known, job->reservation);
	assert(known != NULL && known->job == job);
	int r = 0;
	if (job->refusal != REFUSAL_NONE)
		r = signer_refuse_waiters(signer, job, job->refusal, "by the clock, at the key");
	else if (job->signature_len == 0)
		r = signer_refuse_waiters(
			signer, job, REFUSAL_SIGNER_UNAVAILABLE, "it could not be signed");
	else
		r = journal_outcome(signer, job, known);
	while (r == 0 && job->waiters != NULL) {
		struct signer_peer *peer = job->waiters;
		signer_detach(peer);
		r = answer(signer, peer, (struct bytes){ job->tbs, job->tbs_len },
			(struct bytes){ job->signature, job->signature_len }, &job->place);
	}
	if (r < 0)
		return fault_trace(r);
	if (known->outcome != 0)
		signer->certificates++;
	signer_issue_drop(signer, job);
	return 0;
}
