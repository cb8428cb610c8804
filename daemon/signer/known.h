/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The reservations of the last minutes: what was journalled for them, so that a repeat gets the
 * same bytes and nothing is certified twice. An index by reservation, serial and key, of bounded size.
 * Touches memory only.
 */
#pragma once

#include "signer/record.h"

#define SIGNER_KNOWN_KEEP (5 * MINUTE) /* entries are kept so long if there is room */

struct signer_job;

/* A reservation whose intent is journalled. */
struct signer_known_entry {
	int64_t reservation;
	int64_t reserved_at;
	int64_t stamped_at;     /* of the intent */
	int64_t intent;         /* position */
	int64_t outcome;        /* position, 0: none yet */
	struct signer_job *job; /* being signed now, NULL: not */
	uint8_t serial[SERIAL_LEN];
	uint8_t key_tag[SIGNER_KEY_TAG_LEN];
	uint32_t next[3]; /* of the same hash, by reservation, serial, key; 0: none */
	uint32_t later;   /* the one that came after it; 0: none */
};

struct signer_known {
	struct signer_known_entry *entries; /* entry 0 is none */
	uint32_t *heads[3];
	uint32_t capacity, buckets;
	uint32_t used;           /* entries ever used */
	uint32_t vacant;         /* list of freed ones, by `later` */
	uint32_t oldest, newest; /* list by age */
	int64_t unanswerable;    /* microseconds after which an unanswered intent is never signed */
};

/* Room for `capacity` entries, touched as they are needed. */
int signer_known_init(struct signer_known *known, uint32_t capacity, int64_t clock_skew) MUST_CHECK;
void signer_known_done(struct signer_known *known);

/* NULL when it is not known. */
struct signer_known_entry *signer_known_find(const struct signer_known *known, int64_t reservation);
/*
 * Whether another reservation has that serial, or has that key and is signed, being signed or may
 * still be. One that nobody signed in time does not stand in a new one's way.
 */
bool signer_known_conflicts(
	const struct signer_known *known, const struct signer_known_entry *entry, int64_t now_at);

#define SIGNER_KNOWN_FULL 1 /* the oldest may still be asked again */
/* Forgets what is too old and adds the entry, which must not be known yet. */
int signer_known_add(struct signer_known *known, const struct signer_known_entry *entry,
	int64_t now_at, struct signer_known_entry **ret_entry) MUST_CHECK;
