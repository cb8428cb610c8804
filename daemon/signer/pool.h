/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The signing threads: they take jobs, sign, and hand them back. They touch neither journal nor
 * peers nor clock. Everything here but the threads themselves belongs to the main thread.
 */
#pragma once

#include "signer/job.h"

struct signer_pool;

/* Starts `count` threads with the key, which it borrows. */
int signer_pool_start(EVP_PKEY *key, size_t count, struct signer_pool **ret_pool) MUST_CHECK;
/* Ends the threads once the job each is at is done; jobs still queued are dropped. */
void signer_pool_stop(struct signer_pool *pool);
/* Readable while finished jobs wait. */
int signer_pool_fd(const struct signer_pool *pool) MUST_CHECK;
void signer_pool_submit(struct signer_pool *pool, struct signer_job *job);
/* All finished jobs, oldest first, linked by `next`; NULL when there are none. */
struct signer_job *signer_pool_finished(struct signer_pool *pool);
