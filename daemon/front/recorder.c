/* SPDX-License-Identifier: Apache-2.0 */
#include "front/recorder.h"

#include <assert.h>
#include <stddef.h>

#include "base/fault.h"

#define GROUP_MAX 32

/* One worker's record, on its stack. */
struct front_recorder_entry {
	struct front_recorder_entry *next;
	const struct store_record *record;
	pthread_cond_t wake;
	bool leads;       /* it records, for those that gather too */
	bool is_done;     /* somebody tried to record it */
	bool is_recorded; /* with success */
};

struct group {
	struct front_recorder_entry *entries[GROUP_MAX];
	size_t count;
};

static_assert(GROUP_MAX <= STORE_GROUP_MAX, "a group is one statement");

void front_recorder_init(struct front_recorder *recorder)
{
	*recorder = (struct front_recorder){ .is_busy = false };
	(void)pthread_mutex_init(&recorder->lock, NULL);
}

void front_recorder_done(struct front_recorder *recorder)
{
	assert(!recorder->is_busy && recorder->first == NULL);
	(void)pthread_mutex_destroy(&recorder->lock);
}

static void lock(struct front_recorder *recorder)
{
	int r = pthread_mutex_lock(&recorder->lock);
	assert(r == 0);
	(void)r;
}

static void unlock(struct front_recorder *recorder)
{
	int r = pthread_mutex_unlock(&recorder->lock);
	assert(r == 0);
	(void)r;
}

static void put(struct front_recorder *recorder, struct front_recorder_entry *entry)
{
	if (recorder->first == NULL)
		recorder->first = entry;
	else
		recorder->last->next = entry;
	recorder->last = entry;
}

static struct front_recorder_entry *take(struct front_recorder *recorder)
{
	struct front_recorder_entry *entry = recorder->first;
	if (entry != NULL)
		recorder->first = entry->next;
	return entry;
}

/* Waits until it leads or somebody has tried; who leads takes whom it records for. */
static void join(
	struct front_recorder *recorder, struct front_recorder_entry *mine, struct group *ret_group)
{
	lock(recorder);
	if (recorder->is_busy)
		put(recorder, mine);
	else
		mine->leads = true;
	while (!mine->leads && !mine->is_done)
		(void)pthread_cond_wait(&mine->wake, &recorder->lock);
	ret_group->count = 0;
	if (mine->leads) {
		recorder->is_busy = true;
		struct front_recorder_entry *next = mine;
		while (next != NULL) {
			ret_group->entries[ret_group->count++] = next;
			next = ret_group->count < GROUP_MAX ? take(recorder) : NULL;
		}
	}
	unlock(recorder);
}

/* Tells those of the group but the leader, and lets the next one lead. */
static void leave(
	struct front_recorder *recorder, const struct group *group, const bool recorded[GROUP_MAX])
{
	lock(recorder);
	for (size_t i = 0; i < group->count; i++) {
		struct front_recorder_entry *entry = group->entries[i];
		entry->is_recorded = recorded[i];
		entry->is_done = true;
		(void)pthread_cond_signal(&entry->wake);
	}
	struct front_recorder_entry *next = take(recorder);
	recorder->is_busy = next != NULL;
	if (next != NULL) {
		next->leads = true;
		(void)pthread_cond_signal(&next->wake);
	}
	unlock(recorder);
}

/* Outcomes of store_issuance_group_record(). */
static int record_group(struct store *store, const struct group *group, bool recorded[GROUP_MAX])
{
	const struct store_record *records[GROUP_MAX];
	for (size_t i = 0; i < group->count; i++)
		records[i] = group->entries[i]->record;
	int r = store_issuance_group_record(store, records, group->count, recorded);
	return r < 0 ? fault_trace(r) : r;
}

/*
 * Records for the group. Whom that does not record does it by itself: then outcome and fault are
 * its own.
 */
static int lead(struct front_recorder *recorder, struct store *store, const struct group *group,
	struct certificate *ret_recorded)
{
	bool recorded[GROUP_MAX] = { false };
	int r = 0;
	if (group->count > 1)
		r = record_group(store, group, recorded);
	bool is_recorded = recorded[0];
	if (is_recorded)
		*ret_recorded = group->entries[0]->record->certificate;
	else if (r >= 0)
		r = store_issuance_record(store, group->entries[0]->record, ret_recorded);
	leave(recorder, group, recorded);
	return r < 0 ? fault_trace(r) : r;
}

int front_recorder_record(struct front_recorder *recorder, struct store *store,
	const struct store_record *record, struct certificate *ret_recorded)
{
	struct front_recorder_entry mine = { .record = record };
	struct group group;
	int r = 0;
	(void)pthread_cond_init(&mine.wake, NULL);
	join(recorder, &mine, &group);
	if (mine.leads)
		r = lead(recorder, store, &group, ret_recorded);
	else if (mine.is_recorded)
		*ret_recorded = record->certificate;
	else
		r = store_issuance_record(store, record, ret_recorded);
	(void)pthread_cond_destroy(&mine.wake);
	return r < 0 ? fault_trace(r) : r;
}
