/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One signature to be made: what is signed, who waits for it, what came of it. The main thread
 * owns a job; a signing thread has it from signer_pool_submit() until it comes back finished,
 * and touches only what is marked so. Memory only.
 */
#pragma once

#include "model/refusal.h"
#include "pki/certificate.h"
#include "pki/crl.h"
#include "signer/known.h"

struct signer_peer;

enum signer_job_kind { SIGNER_JOB_CERTIFICATE = 1, SIGNER_JOB_CRL };

struct signer_job {
	enum signer_job_kind kind;
	struct signer_job *next;     /* in the list it is in: free, due, queued or finished */
	struct signer_peer *waiters; /* who wants the answer; may be nobody any more */

	uint8_t tbs[PKI_TBS_MAX]; /* certificates; read by the signing thread */
	size_t tbs_len;
	struct digest digest;       /* SHA-256 of what is signed; of CRLs it is all there is */
	struct journal_place place; /* of the journal's record of the intent */
	int64_t reservation, reserved_at;
	int64_t released_at; /* when it was let to the key; the thread takes no earlier instant */

	struct pki_crl_request crl;
	uint8_t header[PKI_CRL_HEADER_MAX], trailer[PKI_CRL_TRAILER_MAX];
	size_t header_len, trailer_len;

	uint8_t signature[PKI_SIGNATURE_MAX]; /* written by the signing thread */
	size_t signature_len;                 /* 0: it could not be signed */
	enum refusal refusal; /* why not, when it was the clock; written there too */
	int64_t signed_at;    /* certificates: read after signing; written there */
};

/* A fixed number of jobs. */
struct signer_jobs {
	struct signer_job *all;
	struct signer_job *vacant;
	size_t count, used;
};

int signer_jobs_init(struct signer_jobs *jobs, size_t count) MUST_CHECK;
void signer_jobs_done(struct signer_jobs *jobs);
/* NULL when all are in use. */
struct signer_job *signer_jobs_take(struct signer_jobs *jobs, enum signer_job_kind kind);
void signer_jobs_give_back(struct signer_jobs *jobs, struct signer_job *job);
