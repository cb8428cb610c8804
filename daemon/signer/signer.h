/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The signer as its verbs see it: what it signs with, what it remembers, who is connected. One
 * thread owns all of it. The signing threads have the jobs they were given and the key.
 *
 *	loop → round → verb → issue, crl, records, status → journal
 */
#pragma once

#include "pki/ca.h"
#include "signer/check.h"
#include "signer/job.h"
#include "signer/journal.h"
#include "signer/peer.h"
#include "signer/pool.h"
#include "signer/settings.h"

struct signer {
	const struct signer_settings *settings;
	struct pki_ca ca;
	EVP_PKEY *key;
	struct clock clock;
	int64_t clock_distance; /* signer_stamp_distance() at start */
	struct signer_limits limits;
	struct signer_journal *journal;
	struct signer_known known;
	struct signer_jobs jobs;
	struct signer_pool *pool;
	struct signer_peer *peers; /* settings->connections_max of them */
	size_t peers_count;
	struct signer_job *due; /* journalled in this round, signed once it is synced */
	int64_t synced_us;      /* monotonic */
	uint64_t certificates, crls, refusals; /* since start, for the status line */

	/* Scratch of one verb at a time; too large for the stack, allocated once. */
	struct buffer octets;
	struct wire_issue issue;
	struct wire_issued issued;
	struct wire_crl_signed crl_signed;
	struct wire_journal records;
};

/* Loads CA certificate and key, opens clock and journal, starts the threads. Gives it. */
int signer_open(const struct signer_settings *settings, struct signer **ret_signer) MUST_CHECK;
void signer_close(struct signer *signer);
/* Loads settings, CA certificate and key as signer_open() would; leaves the journal alone. */
int signer_check(const struct signer_settings *settings) MUST_CHECK;

/* The service's clock, never before the last recorded instant (L4). */
int64_t signer_now_at(const struct signer *signer);

/* signer_check_clock() of this instant; CLOCK_BACKWARD while the clock is stepped (L4). */
enum refusal signer_judge_now(const struct signer *signer, const struct reservation *reservation)
	MUST_CHECK;

/* Refuses, counts and logs (reservation 0: none). SIGNER_PEER_END never; faults. */
int signer_refuse(struct signer *signer, struct signer_peer *peer, enum refusal refusal,
	int64_t reservation, const char *text) MUST_CHECK;
#define SIGNER_REFUSED 1 /* the peer has its refusal */
/* The instant of a new record; SIGNER_REFUSED (CLOCK_BACKWARD) when the clock cannot be trusted. */
int signer_stamp(struct signer *signer, struct signer_peer *peer, int64_t reservation,
	int64_t *ret_at) MUST_CHECK;
/* Refuses to all who wait for the job. */
int signer_refuse_waiters(struct signer *signer, struct signer_job *job, enum refusal refusal,
	const char *text) MUST_CHECK;
/* Makes the peer wait for the job; takes it out again. */
void signer_attach(struct signer_peer *peer, struct signer_job *job);
void signer_detach(struct signer_peer *peer);
/* The job is signed once the journal is synced. */
void signer_put_due(struct signer *signer, struct signer_job *job);
