/* SPDX-License-Identifier: Apache-2.0 */
#include "front/thread.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "base/fault.h"

int front_thread_init(struct front_thread *thread)
{
	*thread = (struct front_thread){ 0 };
	pthread_condattr_t monotonic;
	int why = pthread_condattr_init(&monotonic);
	if (why == 0)
		why = pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	if (why == 0)
		why = pthread_cond_init(&thread->changed, &monotonic);
	if (why == 0)
		why = pthread_mutex_init(&thread->lock, NULL);
	if (why != 0)
		return fault_new(FAULT_MEMORY, "thread: %s", strerrordesc_np(why));
	(void)pthread_condattr_destroy(&monotonic);
	return 0;
}

int front_thread_start(struct front_thread *thread, void *(*run)(void *), void *context)
{
	int why = pthread_create(&thread->thread, NULL, run, context);
	if (why != 0)
		return fault_new(FAULT_MEMORY, "thread: %s", strerrordesc_np(why));
	thread->started = true;
	return 0;
}

bool front_thread_rest(struct front_thread *thread, int64_t ms)
{
	struct timespec until;
	(void)clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += ms / 1000;
	until.tv_nsec += ms % 1000 * 1000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000;
	}

	(void)pthread_mutex_lock(&thread->lock);
	int why = 0;
	while (!thread->stopping && !thread->poked && why != ETIMEDOUT)
		why = pthread_cond_timedwait(&thread->changed, &thread->lock, &until);
	thread->poked = false;
	bool goes_on = !thread->stopping;
	(void)pthread_mutex_unlock(&thread->lock);
	return goes_on;
}

void front_thread_poke(struct front_thread *thread)
{
	(void)pthread_mutex_lock(&thread->lock);
	thread->poked = true;
	(void)pthread_cond_broadcast(&thread->changed);
	(void)pthread_mutex_unlock(&thread->lock);
}

void front_thread_stop(struct front_thread *thread)
{
	if (!thread->started)
		return;
	(void)pthread_mutex_lock(&thread->lock);
	thread->stopping = true;
	(void)pthread_cond_broadcast(&thread->changed);
	(void)pthread_mutex_unlock(&thread->lock);
	(void)pthread_join(thread->thread, NULL);
	thread->started = false;
}

void front_thread_done(struct front_thread *thread)
{
	front_thread_stop(thread);
	(void)pthread_cond_destroy(&thread->changed);
	(void)pthread_mutex_destroy(&thread->lock);
}
