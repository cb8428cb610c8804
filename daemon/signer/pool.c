/* SPDX-License-Identifier: Apache-2.0 */
#include "signer/pool.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/log.h"
#include "signer/sign.h"
#include "signer/stamp.h"

/* First in, first out. */
struct queue {
	struct signer_job *first, *last;
};

struct signer_pool {
	EVP_PKEY *key;
	struct signer_pool_watch watch;
	int event_fd;
	pthread_mutex_t lock; /* of all below */
	pthread_cond_t has_work;
	struct queue queued, finished;
	bool is_ending;
	size_t count;
	pthread_t threads[];
};

static void queue_put(struct queue *queue, struct signer_job *job)
{
	job->next = NULL;
	if (queue->first == NULL)
		queue->first = job;
	else
		queue->last->next = job;
	queue->last = job;
}

static void lock(struct signer_pool *pool)
{
	int r = pthread_mutex_lock(&pool->lock);
	assert(r == 0);
	(void)r;
}

static void unlock(struct signer_pool *pool)
{
	int r = pthread_mutex_unlock(&pool->lock);
	assert(r == 0);
	(void)r;
}

/* The next job, NULL when the thread has to end. */
static struct signer_job *take_queued(struct signer_pool *pool)
{
	lock(pool);
	while (pool->queued.first == NULL && !pool->is_ending)
		(void)pthread_cond_wait(&pool->has_work, &pool->lock);
	struct signer_job *job = pool->is_ending ? NULL : pool->queued.first;
	if (job != NULL)
		pool->queued.first = job->next;
	unlock(pool);
	return job;
}

static void put_finished(struct signer_pool *pool, struct signer_job *job)
{
	const uint64_t one = 1;
	lock(pool);
	bool was_empty = pool->finished.first == NULL;
	queue_put(&pool->finished, job);
	unlock(pool);
	/* Full cannot be: the main thread takes all at once. */
	if (was_empty && write(pool->event_fd, &one, sizeof(one)) != (ssize_t)sizeof(one))
		log_event(LOG_LEVEL_ERROR, "eventfd-write", "error=%s", strerrordesc_np(errno));
}

/* What the clock says of a job now. The reading is not trusted when it may follow a step. */
static enum refusal look(
	const struct signer_pool_watch *watch, const struct signer_job *job, int64_t *ret_now_at)
{
	const struct reservation reservation = { .reserved_at = job->reserved_at };
	int64_t now_at = clock_now_at(watch->clock);
	if (now_at < job->released_at)
		now_at = job->released_at;
	*ret_now_at = now_at;
	if (signer_stamp_is_stepped(watch->clock_distance))
		return REFUSAL_CLOCK_BACKWARD;
	return signer_check_clock(watch->limits, &reservation, now_at);
}

static void sign(const struct signer_pool *pool, struct signer_job *job)
{
	int r = signer_sign_job(pool->key, job);
	if (r < 0)
		log_fault("sign-failed", r);
}

/* P1a: a job may have waited in the queue, or for a core, until the programme had ended. */
static void sign_in_time(const struct signer_pool *pool, struct signer_job *job)
{
	int64_t now_at;
	job->refusal = look(&pool->watch, job, &now_at);
	if (job->refusal != REFUSAL_NONE)
		return;
	sign(pool, job);
	/* Its age does not matter any more, it was young enough when the key was used. */
	enum refusal after = look(&pool->watch, job, &job->signed_at);
	if (after != REFUSAL_PROGRAMME_CLOSED && after != REFUSAL_CLOCK_BACKWARD)
		return;
	explicit_bzero(job->signature, sizeof(job->signature));
	job->signature_len = 0;
	job->refusal = after;
}

static void *work(void *argument)
{
	struct signer_pool *pool = argument;
	struct signer_job *job;
	while ((job = take_queued(pool)) != NULL) {
		if (job->kind == SIGNER_JOB_CRL)
			sign(pool, job);
		else
			sign_in_time(pool, job);
		put_finished(pool, job);
	}
	return NULL;
}

int signer_pool_start(EVP_PKEY *key, const struct signer_pool_watch *watch, size_t count,
	struct signer_pool **ret_pool)
{
	struct signer_pool *pool = calloc(1, sizeof(*pool) + count * sizeof(pool->threads[0]));
	if (pool == NULL)
		return fault_new(FAULT_MEMORY, "no memory for the signing threads");
	pool->key = key;
	pool->watch = *watch;
	pool->event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (pool->event_fd < 0) {
		int why = errno;
		free(pool);
		return fault_new(FAULT_IO, "eventfd: %s", strerrordesc_np(why));
	}
	(void)pthread_mutex_init(&pool->lock, NULL);
	(void)pthread_cond_init(&pool->has_work, NULL);
	for (; pool->count < count; pool->count++) {
		int why = pthread_create(&pool->threads[pool->count], NULL, work, pool);
		if (why != 0) {
			signer_pool_stop(pool);
			return fault_new(FAULT_IO, "thread: %s", strerrordesc_np(why));
		}
	}
	*ret_pool = pool;
	return 0;
}

void signer_pool_stop(struct signer_pool *pool)
{
	if (pool == NULL)
		return;
	lock(pool);
	pool->is_ending = true;
	unlock(pool);
	(void)pthread_cond_broadcast(&pool->has_work);
	for (size_t i = 0; i < pool->count; i++)
		(void)pthread_join(pool->threads[i], NULL);
	(void)pthread_cond_destroy(&pool->has_work);
	(void)pthread_mutex_destroy(&pool->lock);
	(void)close(pool->event_fd);
	free(pool);
}

int signer_pool_fd(const struct signer_pool *pool)
{
	return pool->event_fd;
}

void signer_pool_submit(struct signer_pool *pool, struct signer_job *job)
{
	lock(pool);
	queue_put(&pool->queued, job);
	unlock(pool);
	(void)pthread_cond_signal(&pool->has_work);
}

struct signer_job *signer_pool_finished(struct signer_pool *pool)
{
	uint64_t count;
	/* The event is taken before the list: what comes after it raises it again. */
	ssize_t got = read(pool->event_fd, &count, sizeof(count));
	if (got < 0 && errno != EAGAIN && errno != EINTR)
		log_event(LOG_LEVEL_ERROR, "eventfd-read", "error=%s", strerrordesc_np(errno));
	lock(pool);
	struct signer_job *first = pool->finished.first;
	pool->finished.first = NULL;
	unlock(pool);
	return first;
}
