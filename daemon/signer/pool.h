/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The signing threads: they take jobs, sign, and hand them back. They read the clock on both sides of
 * a certificate's signature (P1a), and touch neither journal nor peers. Everything here but the
 * threads themselves belongs to the main thread.
 */
#pragma once

#include "signer/check.h"
#include "signer/job.h"

struct signer_pool;

/* What a thread judges by, just before and just after it uses the key. All of it is borrowed. */
struct signer_pool_watch {
	const struct clock *clock;
	int64_t clock_distance; /* signer_stamp_distance() at start */
	const struct signer_limits *limits;
};

/* Starts `count` threads with the key, which it borrows. */
int signer_pool_start(EVP_PKEY *key, const struct signer_pool_watch *watch, size_t count,
	struct signer_pool **ret_pool) MUST_CHECK;
/* Ends the threads once the job each is at is done; jobs still queued are dropped. */
void signer_pool_stop(struct signer_pool *pool);
/* Readable while finished jobs wait. */
int signer_pool_fd(const struct signer_pool *pool) MUST_CHECK;
/*
 * The job comes back with a signature; or with none and a refusal: the clock forbade it before the
 * key was used, or the programme had ended (or the clock was stepped) by the time it was signed, and
 * the signature is wiped; or with neither, when the key failed.
 */
void signer_pool_submit(struct signer_pool *pool, struct signer_job *job);
/* All finished jobs, oldest first, linked by `next`; NULL when there are none. */
struct signer_job *signer_pool_finished(struct signer_pool *pool);
