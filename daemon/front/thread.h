/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A thread that does its round, rests, and is told to do the next at once or to stop. Touches
 * nothing but itself.
 */
#pragma once

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/cleanup.h"

struct front_thread {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool started, stopping, poked;
};

int front_thread_init(struct front_thread *thread) MUST_CHECK;
/* `run` ends soon after front_thread_rest() answered false. */
int front_thread_start(struct front_thread *thread, void *(*run)(void *), void *context) MUST_CHECK;
/* Rests for `ms` milliseconds or until poked; false when the thread must end. */
bool front_thread_rest(struct front_thread *thread, int64_t ms);
/* The next rest ends at once. From any thread. */
void front_thread_poke(struct front_thread *thread);
/* Tells it to end and waits for that; harmless when it was never started. */
void front_thread_stop(struct front_thread *thread);
void front_thread_done(struct front_thread *thread);
