/* SPDX-License-Identifier: Apache-2.0 */
#include "signer/record.h"

#include <assert.h>
#include <endian.h>
#include <string.h>

#include "base/fault.h"

#define MAGIC "hakkojr1"
#define MAGIC_LEN 8
#define HASHED_LEN (SIGNER_RECORD_LEN - DIGEST_LEN) /* the hash stands last */

/* A number of the header, 4 or 8 octets by its member. */
struct number {
	size_t member, size, place;
};

#define NUMBER(member_, place_)                                                                    \
	{                                                                                          \
		offsetof(struct signer_record, member_),                                           \
			sizeof(((struct signer_record *)NULL)->member_), (place_)                  \
	}

static const struct number numbers[] = {
	NUMBER(position, 8),
	NUMBER(stamped_at, 16),
	NUMBER(kind, 24),
	NUMBER(segment, 28),
	NUMBER(body_offset, 32),
	NUMBER(body_len, 40),
	NUMBER(reservation, 48),
	NUMBER(reserved_at, 56),
	NUMBER(refers, 64),
	NUMBER(durable, 72),
	NUMBER(acknowledged, 80),
	NUMBER(crl_number, 88),
	NUMBER(crl_this_update_at, 96),
	NUMBER(signed_at, 136),
};

/* What is left free, and has to be zero. */
static const struct {
	size_t place, len;
} zeros[] = { { 44, 4 }, { 144, 16 } };

/* Octets of the header. */
struct octets {
	size_t member, len, place;
};

#define OCTETS(member_, place_)                                                                    \
	{                                                                                          \
		offsetof(struct signer_record, member_),                                           \
			sizeof(((struct signer_record *)NULL)->member_), (place_)                  \
	}

static const struct octets octets[] = {
	OCTETS(id, 104),
	OCTETS(key_tag, 120),
	OCTETS(body, 160),
	OCTETS(previous, 192),
};

_Static_assert(sizeof(enum journal_kind) == 4, "the kind is a number of 4 octets");
_Static_assert(sizeof(struct digest) == DIGEST_LEN, "a digest is its octets");

static void number_store(const struct number *number, const uint8_t *record, uint8_t *out)
{
	uint64_t value64;
	uint32_t value32;
	if (number->size == sizeof(value64)) {
		memcpy(&value64, record + number->member, sizeof(value64));
		value64 = htobe64(value64);
		memcpy(out + number->place, &value64, sizeof(value64));
		return;
	}
	assert(number->size == sizeof(value32));
	memcpy(&value32, record + number->member, sizeof(value32));
	value32 = htobe32(value32);
	memcpy(out + number->place, &value32, sizeof(value32));
}

static void number_load(const struct number *number, const uint8_t *in, uint8_t *record)
{
	uint64_t value64;
	uint32_t value32;
	if (number->size == sizeof(value64)) {
		memcpy(&value64, in + number->place, sizeof(value64));
		value64 = be64toh(value64);
		memcpy(record + number->member, &value64, sizeof(value64));
		return;
	}
	memcpy(&value32, in + number->place, sizeof(value32));
	value32 = be32toh(value32);
	memcpy(record + number->member, &value32, sizeof(value32));
}

static bool is_free_zero(const uint8_t *in)
{
	static const uint8_t zero[SIGNER_RECORD_LEN];
	for (size_t i = 0; i < LENGTH_OF(zeros); i++)
		if (memcmp(in + zeros[i].place, zero, zeros[i].len) != 0)
			return false;
	return true;
}

int signer_record_encode(struct signer_record *record, uint8_t out[SIGNER_RECORD_LEN])
{
	memset(out, 0, SIGNER_RECORD_LEN);
	memcpy(out, MAGIC, MAGIC_LEN);
	const uint8_t *members = (const uint8_t *)record;
	for (size_t i = 0; i < LENGTH_OF(numbers); i++)
		number_store(&numbers[i], members, out);
	for (size_t i = 0; i < LENGTH_OF(octets); i++)
		memcpy(out + octets[i].place, members + octets[i].member, octets[i].len);

	int r = digest_of((struct bytes){ out, HASHED_LEN }, &record->hash);
	if (r < 0)
		return fault_trace(r);
	memcpy(out + HASHED_LEN, record->hash.octets, DIGEST_LEN);
	return 0;
}

int signer_record_decode(const uint8_t in[SIGNER_RECORD_LEN], struct signer_record *ret_record)
{
	struct digest hash;
	if (memcmp(in, MAGIC, MAGIC_LEN) != 0 || !is_free_zero(in))
		return SIGNER_RECORD_BAD;
	int r = digest_of((struct bytes){ in, HASHED_LEN }, &hash);
	if (r < 0)
		return fault_trace(r);
	if (memcmp(in + HASHED_LEN, hash.octets, DIGEST_LEN) != 0)
		return SIGNER_RECORD_BAD;

	struct signer_record record = { .hash = hash };
	uint8_t *members = (uint8_t *)&record;
	for (size_t i = 0; i < LENGTH_OF(numbers); i++)
		number_load(&numbers[i], in, members);
	for (size_t i = 0; i < LENGTH_OF(octets); i++)
		memcpy(members + octets[i].member, in + octets[i].place, octets[i].len);
	if (record.kind < JOURNAL_GENESIS || record.kind > JOURNAL_ACKNOWLEDGED ||
		record.position < 1 || record.durable >= record.position ||
		record.body_len > SIGNER_BODY_MAX)
		return SIGNER_RECORD_BAD;
	*ret_record = record;
	return 0;
}

int signer_record_key_tag(
	const uint8_t signer[SIGNER_ID_LEN], struct bytes spki, uint8_t ret_tag[SIGNER_KEY_TAG_LEN])
{
	const struct bytes pieces[] = { { signer, SIGNER_ID_LEN }, spki };
	struct digest digest;
	int r = digest_of_pieces(pieces, LENGTH_OF(pieces), &digest);
	if (r < 0)
		return fault_trace(r);
	memcpy(ret_tag, digest.octets, SIGNER_KEY_TAG_LEN);
	return 0;
}
