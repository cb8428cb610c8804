/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The signer's journal: what the key is about to do, first on disk (docs/journal.md has the exact
 * format). Appending gathers, one signer_journal_sync() makes all of it durable. Of one thread.
 * A failed write or sync ends it: every later call faults, the process has to end, and nothing is
 * ever retried on those descriptors. Touches one folder, which it locks.
 */
#pragma once

#include "signer/record.h"

struct signer_journal;

/* What the caller says of a new record; the journal adds the rest. */
struct signer_entry {
	enum journal_kind kind;
	int64_t stamped_at; /* never before the last record's (L4) */
	int64_t reservation;
	int64_t reserved_at;
	int64_t refers;
	int64_t signed_at; /* JOURNAL_OUTCOME; not after stamped_at */
	uint8_t id[SERIAL_LEN];
	uint8_t key_tag[SIGNER_KEY_TAG_LEN];
	struct digest digest;                   /* kinds without a body */
	int64_t crl_number, crl_this_update_at; /* JOURNAL_CRL */
	struct bytes body;                      /* at most SIGNER_BODY_MAX - SIGNER_SALT_LEN */
};

/*
 * Opens the journal in `folder`, makes one when the folder is empty, cuts a torn tail off
 * (signer/recover.h). FAULT_SETTINGS when another process has it or it is of another CA key,
 * FAULT_STATE when it is damaged: that needs a person.
 */
int signer_journal_open(const char *folder, const struct digest *ca_key, int64_t now_at,
	struct signer_journal **ret_journal) MUST_CHECK;
void signer_journal_close(struct signer_journal *journal);

/* Gathers one record; it is on disk only after the next write and durable after the next sync. */
int signer_journal_append(struct signer_journal *journal, const struct signer_entry *entry,
	struct journal_place *ret_place) MUST_CHECK;
/* Hands what was gathered to the kernel: it survives this process, not yet the host. */
int signer_journal_write(struct signer_journal *journal) MUST_CHECK;
/* Writes and makes everything appended so far durable; nothing to do costs nothing. */
int signer_journal_sync(struct signer_journal *journal) MUST_CHECK;
bool signer_journal_is_durable(const struct signer_journal *journal);

/* The signer's id, from the first record. */
const uint8_t *signer_journal_id(const struct signer_journal *journal);
/* The last record appended, durable or not; borrowed until the next append. */
const struct signer_record *signer_journal_last(const struct signer_journal *journal);
/* The last durable record's place. */
struct journal_place signer_journal_head(const struct signer_journal *journal);

#define JOURNAL_ABSENT 1 /* no such position, or the body was erased (L1) */
/* Reads a written record; FAULT_STATE when it is not what was written. JOURNAL_ABSENT. */
int signer_journal_read(struct signer_journal *journal, int64_t position,
	struct signer_record *ret_record) MUST_CHECK;
/* Its body without the salt, in the cleared buffer. JOURNAL_ABSENT; FAULT_STATE when damaged. */
int signer_journal_read_body(struct signer_journal *journal, const struct signer_record *record,
	struct buffer *ret_body) MUST_CHECK;

#define JOURNAL_SCAN_STOP 1
/* Reads on in blocks from `first`, calling `visit` for each, until it answers JOURNAL_SCAN_STOP. */
int signer_journal_scan(struct signer_journal *journal, int64_t first,
	int (*visit)(const struct signer_record *record, void *context), void *context) MUST_CHECK;
