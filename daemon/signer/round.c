/* SPDX-License-Identifier: Apache-2.0 */
#include "signer/round.h"

#include "base/fault.h"
#include "base/log.h"
#include "signer/crl.h"
#include "signer/issue.h"
#include "signer/records.h"
#include "signer/verb.h"

#define IDLE_SYNC_US 1000000 /* what was written is durable after it, also when nobody asks */

void signer_round_close_peer(struct signer_peer *peer)
{
	signer_detach(peer);
	signer_peer_close(peer);
}

static int finish(struct signer *signer, struct signer_job *job)
{
	int r = job->kind == SIGNER_JOB_CRL ? signer_crl_finish(signer, job)
					    : signer_issue_finish(signer, job);
	return r < 0 ? fault_trace(r) : 0;
}

int signer_round_finish(struct signer *signer)
{
	struct signer_job *job = signer_pool_finished(signer->pool);
	while (job != NULL) {
		struct signer_job *next = job->next;
		int r = finish(signer, job);
		if (r < 0)
			return fault_trace(r);
		job = next;
	}
	int r = signer_journal_write(signer->journal);
	return r < 0 ? fault_trace(r) : 0;
}

/* SIGNER_PEER_END. */
static int ask(struct signer *signer, struct signer_peer *peer)
{
	struct bytes frame;
	if (peer->state != SIGNER_PEER_READING || signer_peer_has_output(peer) ||
		!signer_peer_frame(peer, &frame))
		return 0;
	int r = signer_verb_handle(signer, peer, frame);
	if (r != 0)
		return r < 0 ? fault_trace(r) : SIGNER_PEER_END;
	signer_peer_consume(peer);
	return 0;
}

int signer_round_ask(struct signer *signer)
{
	for (size_t i = 0; i < signer->peers_count; i++) {
		int r = ask(signer, &signer->peers[i]);
		if (r < 0)
			return fault_trace(r);
		if (r == SIGNER_PEER_END)
			signer_round_close_peer(&signer->peers[i]);
	}
	return 0;
}

/* The intent is durable: the key may touch it, unless the clock has gone on too far (P1a). */
static int release(struct signer *signer, struct signer_job *job)
{
	enum refusal refusal = job->kind == SIGNER_JOB_CERTIFICATE
		? signer_issue_may_sign(signer, job)
		: REFUSAL_NONE;
	if (refusal == REFUSAL_NONE) {
		/* Never earlier than the last record (L4), also if the clock is set back now. */
		job->released_at = signer_now_at(signer);
		signer_pool_submit(signer->pool, job);
		return 0;
	}
	int r = signer_refuse_waiters(signer, job, refusal, "by the clock, after journalling");
	if (r < 0)
		return fault_trace(r);
	signer_issue_drop(signer, job);
	return 0;
}

static int release_due(struct signer *signer)
{
	while (signer->due != NULL) {
		struct signer_job *job = signer->due;
		signer->due = job->next;
		int r = release(signer, job);
		if (r < 0)
			return fault_trace(r);
	}
	return 0;
}

static bool is_sync_wanted(const struct signer *signer)
{
	if (signer->due != NULL)
		return true;
	for (size_t i = 0; i < signer->peers_count; i++)
		if (signer->peers[i].state == SIGNER_PEER_SYNCING)
			return true;
	return !signer_journal_is_durable(signer->journal) &&
		monotonic_us() - signer->synced_us > IDLE_SYNC_US;
}

int signer_round_settle(struct signer *signer)
{
	if (!is_sync_wanted(signer))
		return 0;
	int r = signer_journal_sync(signer->journal);
	if (r < 0)
		return fault_trace(r);
	signer->synced_us = monotonic_us();
	r = release_due(signer);
	if (r < 0)
		return fault_trace(r);
	for (size_t i = 0; i < signer->peers_count; i++) {
		if (signer->peers[i].state != SIGNER_PEER_SYNCING)
			continue;
		r = signer_records_answer(signer, &signer->peers[i]);
		if (r < 0)
			return fault_trace(r);
	}
	return 0;
}

void signer_round_abandon(struct signer *signer)
{
	for (size_t i = 0; i < signer->peers_count; i++) {
		struct signer_peer *peer = &signer->peers[i];
		if (peer->state != SIGNER_PEER_SIGNING && peer->state != SIGNER_PEER_SYNCING)
			continue;
		signer_detach(peer);
		if (signer_peer_refuse(peer, REFUSAL_SIGNER_UNAVAILABLE, "the signer ends") != 0 ||
			signer_peer_flush(peer) != 0)
			log_event(LOG_LEVEL_NOTICE, "peer-gone", "uid=%u", (unsigned int)peer->uid);
	}
}
