/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One record of the journal's chain: its header, 256 octets of big-endian fields, as
 * docs/journal.md draws it. The header holds no personal data, only the salted digest of the
 * body, so that a body can be erased (L1) while the chain still verifies. Touches memory only.
 */
#pragma once

#include "base/digest.h"
#include "wire/message.h"

#define SIGNER_RECORD_LEN 256 /* octets of a header in the chain */
#define SIGNER_SALT_LEN 32    /* octets before each body, drawn for it */
#define SIGNER_KEY_TAG_LEN 16
#define SIGNER_BODY_MAX 8192 /* octets of a body with its salt */

struct signer_record {
	int64_t position;
	enum journal_kind kind;
	int64_t stamped_at;
	int64_t reservation;    /* intents and outcomes */
	int64_t reserved_at;    /* intents */
	int64_t refers;         /* outcome: of its intent; acknowledged: up to there */
	int64_t signed_at;      /* outcomes: the clock just after signing; 0 in others */
	uint8_t id[SERIAL_LEN]; /* intent: serial; genesis: the signer's id */
	uint8_t key_tag[SIGNER_KEY_TAG_LEN]; /* intent: signer_record_key_tag() */
	struct digest body; /* SHA-256(salt || body); genesis: CA key; acknowledged: hash there */
	uint32_t segment; /* month of the body, YYYYMM; of the latest body before if it has none */
	uint64_t body_offset;
	uint32_t body_len;    /* with salt; 0: none, and body_offset is the segment's end */
	int64_t durable;      /* everything up to there had been synced when this was appended */
	int64_t acknowledged; /* highest position acknowledged so far, this one included */
	int64_t crl_number;   /* of the latest CRL so far, this one included */
	int64_t crl_this_update_at;
	struct digest previous; /* hash of the record before, zeros of the genesis */
	struct digest hash;     /* of this header without these octets */
};

_Static_assert(SIGNER_ID_LEN == SERIAL_LEN, "a signer's id stands where serials stand");

/* Writes the header and its hash, which is put into `record` too. */
int signer_record_encode(struct signer_record *record, uint8_t out[SIGNER_RECORD_LEN]) MUST_CHECK;
#define SIGNER_RECORD_BAD 1 /* not a header, or its hash is not of it */
int signer_record_decode(const uint8_t octets[SIGNER_RECORD_LEN], struct signer_record *ret_record)
	MUST_CHECK;

/* What tells one key from another within this journal: the start of SHA-256(signer id || SPKI). */
int signer_record_key_tag(const uint8_t signer[SIGNER_ID_LEN], struct bytes spki,
	uint8_t ret_tag[SIGNER_KEY_TAG_LEN]) MUST_CHECK;
