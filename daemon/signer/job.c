/* SPDX-License-Identifier: Apache-2.0 */
#include "signer/job.h"

#include <assert.h>
#include <stdlib.h>

#include "base/fault.h"

int signer_jobs_init(struct signer_jobs *jobs, size_t count)
{
	struct signer_job *all = calloc(count, sizeof(*all));
	if (all == NULL)
		return fault_new(FAULT_MEMORY, "no memory for %zu jobs", count);
	*jobs = (struct signer_jobs){ .all = all, .count = count };
	for (size_t i = count; i > 0; i--) {
		all[i - 1].next = jobs->vacant;
		jobs->vacant = &all[i - 1];
	}
	return 0;
}

void signer_jobs_done(struct signer_jobs *jobs)
{
	free(jobs->all);
	*jobs = (struct signer_jobs){ 0 };
}

struct signer_job *signer_jobs_take(struct signer_jobs *jobs, enum signer_job_kind kind)
{
	struct signer_job *job = jobs->vacant;
	if (job == NULL)
		return NULL;
	jobs->vacant = job->next;
	jobs->used++;
	/* The octets need no clearing: their lengths say how many of them count. */
	job->kind = kind;
	job->next = NULL;
	job->waiters = NULL;
	job->tbs_len = 0;
	job->header_len = 0;
	job->trailer_len = 0;
	job->signature_len = 0;
	job->reservation = 0;
	job->released_at = 0;
	job->refusal = REFUSAL_NONE;
	job->signed_at = 0;
	return job;
}

void signer_jobs_give_back(struct signer_jobs *jobs, struct signer_job *job)
{
	assert(job->waiters == NULL);
	job->next = jobs->vacant;
	jobs->vacant = job;
	jobs->used--;
}
