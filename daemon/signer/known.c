/* SPDX-License-Identifier: Apache-2.0 */
#include "signer/known.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "signer/check.h"

/* What entries are found by. Serials, keys are random octets: their start is hash enough. */
enum key { BY_RESERVATION, BY_SERIAL, BY_KEY, KEYS };

_Static_assert(LENGTH_OF(((struct signer_known *)NULL)->heads) == KEYS, "a table for each key");

static uint32_t hash_of(const struct signer_known_entry *entry, enum key key)
{
	uint64_t value = (uint64_t)entry->reservation;
	/* The serial's end: its top bit is always 0. */
	if (key == BY_SERIAL)
		memcpy(&value, entry->serial + SERIAL_LEN - sizeof(value), sizeof(value));
	if (key == BY_KEY)
		memcpy(&value, entry->key_tag, sizeof(value));
	/* Fibonacci hashing spreads consecutive reservations. */
	return (uint32_t)(value * UINT64_C(0x9e3779b97f4a7c15) >> 32);
}

static uint32_t *head_of(
	const struct signer_known *known, const struct signer_known_entry *entry, enum key key)
{
	return &known->heads[key][hash_of(entry, key) & (known->buckets - 1)];
}

int signer_known_init(struct signer_known *known, uint32_t capacity, int64_t clock_skew)
{
	struct signer_known made = {
		.capacity = capacity,
		.buckets = 1024,
		.unanswerable = SIGNER_RESERVATION_MAX_AGE + 2 * clock_skew,
	};
	while (made.buckets < capacity)
		made.buckets *= 2;
	made.entries = calloc((size_t)capacity + 1, sizeof(*made.entries));
	bool is_whole = made.entries != NULL;
	for (size_t key = 0; key < KEYS; key++) {
		made.heads[key] = calloc(made.buckets, sizeof(*made.heads[key]));
		is_whole = is_whole && made.heads[key] != NULL;
	}
	if (!is_whole) {
		signer_known_done(&made);
		return fault_new(FAULT_MEMORY, "no memory for %u reservations", capacity);
	}
	*known = made;
	return 0;
}

void signer_known_done(struct signer_known *known)
{
	free(known->entries);
	for (size_t key = 0; key < KEYS; key++)
		free(known->heads[key]);
	*known = (struct signer_known){ 0 };
}

struct signer_known_entry *signer_known_find(const struct signer_known *known, int64_t reservation)
{
	const struct signer_known_entry wanted = { .reservation = reservation };
	uint32_t at = *head_of(known, &wanted, BY_RESERVATION);
	while (at != 0 && known->entries[at].reservation != reservation)
		at = known->entries[at].next[BY_RESERVATION];
	return at == 0 ? NULL : &known->entries[at];
}

/* Signed, being signed, or still to be asked for. */
static bool holds_its_key(
	const struct signer_known *known, const struct signer_known_entry *entry, int64_t now_at)
{
	return entry->outcome != 0 || entry->job != NULL ||
		now_at <= entry->reserved_at + known->unanswerable;
}

bool signer_known_conflicts(
	const struct signer_known *known, const struct signer_known_entry *entry, int64_t now_at)
{
	for (uint32_t at = *head_of(known, entry, BY_SERIAL); at != 0;
		at = known->entries[at].next[BY_SERIAL])
		if (memcmp(known->entries[at].serial, entry->serial, SERIAL_LEN) == 0)
			return true;
	for (uint32_t at = *head_of(known, entry, BY_KEY); at != 0;
		at = known->entries[at].next[BY_KEY])
		if (memcmp(known->entries[at].key_tag, entry->key_tag, SIGNER_KEY_TAG_LEN) == 0 &&
			holds_its_key(known, &known->entries[at], now_at))
			return true;
	return false;
}

/* Takes an entry out of the list of its hash. */
static void unlink_entry(struct signer_known *known, uint32_t number, enum key key)
{
	uint32_t *link = head_of(known, &known->entries[number], key);
	while (*link != number)
		link = &known->entries[*link].next[key];
	*link = known->entries[number].next[key];
}

static void forget_oldest(struct signer_known *known)
{
	uint32_t number = known->oldest;
	struct signer_known_entry *entry = &known->entries[number];
	assert(entry->job == NULL);
	for (enum key key = 0; key < KEYS; key++)
		unlink_entry(known, number, key);
	known->oldest = entry->later;
	if (known->oldest == 0)
		known->newest = 0;
	*entry = (struct signer_known_entry){ .later = known->vacant };
	known->vacant = number;
}

/* Whether the oldest entry is older than `age` and nobody needs it. */
static bool is_oldest_older(const struct signer_known *known, int64_t now_at, int64_t age)
{
	const struct signer_known_entry *oldest = &known->entries[known->oldest];
	return known->oldest != 0 && oldest->job == NULL && oldest->stamped_at + age < now_at;
}

/* Number of a free entry, 0 when there is none. */
static uint32_t take_vacant(struct signer_known *known)
{
	uint32_t number = known->vacant;
	if (number != 0)
		known->vacant = known->entries[number].later;
	else if (known->used < known->capacity)
		number = ++known->used;
	return number;
}

int signer_known_add(struct signer_known *known, const struct signer_known_entry *entry,
	int64_t now_at, struct signer_known_entry **ret_entry)
{
	while (is_oldest_older(known, now_at, SIGNER_KNOWN_KEEP))
		forget_oldest(known);
	uint32_t number = take_vacant(known);
	/* When full, what can no longer be asked for makes room before its time. */
	if (number == 0 && is_oldest_older(known, now_at, known->unanswerable)) {
		forget_oldest(known);
		number = take_vacant(known);
	}
	if (number == 0)
		return SIGNER_KNOWN_FULL;

	struct signer_known_entry *place = &known->entries[number];
	*place = *entry;
	place->later = 0;
	for (enum key key = 0; key < KEYS; key++) {
		uint32_t *head = head_of(known, place, key);
		place->next[key] = *head;
		*head = number;
	}
	if (known->newest == 0)
		known->oldest = number;
	else
		known->entries[known->newest].later = number;
	known->newest = number;
	*ret_entry = place;
	return 0;
}
