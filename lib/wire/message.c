/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/message.h"

#include <assert.h>
#include <string.h>

#include "base/fault.h"
#include "wire/field.h"

/* One line a field: the member, and what bounds it. */
#define MEMBER_SIZE(type_, member_) sizeof(((type_ *)NULL)->member_)
#define I64(type_, member_)                                                                        \
	{                                                                                          \
		.type = FIELD_I64, .offset = offsetof(type_, member_)                              \
	}
#define SMALL(type_, member_, min_, max_)                                                          \
	{                                                                                          \
		.type = FIELD_SMALL, .offset = offsetof(type_, member_), .min = (min_),            \
		.max = (max_)                                                                      \
	}
#define FIXED(type_, member_)                                                                      \
	{                                                                                          \
		.type = FIELD_FIXED, .offset = offsetof(type_, member_),                           \
		.size = MEMBER_SIZE(type_, member_)                                                \
	}
#define TEXT(type_, member_)                                                                       \
	{                                                                                          \
		.type = FIELD_TEXT, .offset = offsetof(type_, member_),                            \
		.size = MEMBER_SIZE(type_, member_)                                                \
	}
#define OCTETS(type_, member_, len_)                                                               \
	{                                                                                          \
		.type = FIELD_OCTETS, .offset = offsetof(type_, member_),                          \
		.size = MEMBER_SIZE(type_, member_), .len_offset = offsetof(type_, len_)           \
	}

static const struct wire_field issue_fields[] = {
	I64(struct wire_issue, reservation.id),
	TEXT(struct wire_issue, reservation.application),
	I64(struct wire_issue, reservation.record_id),
	TEXT(struct wire_issue, reservation.municipality),
	TEXT(struct wire_issue, reservation.romaji),
	FIXED(struct wire_issue, reservation.serial),
	I64(struct wire_issue, reservation.reserved_at),
	I64(struct wire_issue, reservation.not_after_at),
	TEXT(struct wire_issue, reservation.cn),
	FIXED(struct wire_issue, reservation.ca_key_id),
	FIXED(struct wire_issue, reservation.profile),
	OCTETS(struct wire_issue, reservation.spki, reservation.spki_len),
	TEXT(struct wire_issue, resident.name),
	TEXT(struct wire_issue, resident.name_flags),
	TEXT(struct wire_issue, resident.address),
	TEXT(struct wire_issue, resident.address_flags),
	SMALL(struct wire_issue, resident.birth.era, ERA_UNKNOWN, ERA_REIWA),
	SMALL(struct wire_issue, resident.birth.year, 0, 9999),
	SMALL(struct wire_issue, resident.birth.month, 0, 12),
	SMALL(struct wire_issue, resident.birth.day, 0, 31),
	SMALL(struct wire_issue, resident.sex, SEX_MALE, SEX_UNKNOWN),
	{ .type = FIELD_BORROWED,
		.offset = offsetof(struct wire_issue, csr),
		.size = WIRE_CSR_MAX },
};

static const struct wire_field issued_fields[] = {
	OCTETS(struct wire_issued, der, der_len),
	FIXED(struct wire_issued, tbs),
	I64(struct wire_issued, place.position),
	FIXED(struct wire_issued, place.hash),
};

static const struct wire_field journal_request_fields[] = {
	I64(struct wire_journal_request, acknowledged.position),
	FIXED(struct wire_journal_request, acknowledged.hash),
	I64(struct wire_journal_request, after),
	{ .type = FIELD_U32, .offset = offsetof(struct wire_journal_request, limit) },
};

/* Of wire_journal; as many records as the last field says follow. */
static const struct wire_field journal_fields[] = {
	FIXED(struct wire_journal, signer),
	I64(struct wire_journal, head.position),
	FIXED(struct wire_journal, head.hash),
	I64(struct wire_journal, acknowledged.position),
	FIXED(struct wire_journal, acknowledged.hash),
	{ .type = FIELD_U32, .offset = offsetof(struct wire_journal, count) },
};

static const struct wire_field journal_record_fields[] = {
	I64(struct wire_journal_record, place.position),
	FIXED(struct wire_journal_record, place.hash),
	SMALL(struct wire_journal_record, kind, JOURNAL_GENESIS, JOURNAL_ACKNOWLEDGED),
	I64(struct wire_journal_record, stamped_at),
	I64(struct wire_journal_record, reservation),
	FIXED(struct wire_journal_record, serial),
	FIXED(struct wire_journal_record, tbs),
	OCTETS(struct wire_journal_record, der, der_len),
};

static const struct wire_field crl_begin_fields[] = {
	I64(struct wire_crl_begin, number),
	I64(struct wire_crl_begin, this_update_at),
	I64(struct wire_crl_begin, next_update_at),
	I64(struct wire_crl_begin, entries_len),
	I64(struct wire_crl_begin, count),
};

static const struct wire_field crl_signed_fields[] = {
	OCTETS(struct wire_crl_signed, outer, outer_len),
	OCTETS(struct wire_crl_signed, rest, rest_len),
	I64(struct wire_crl_signed, place.position),
	FIXED(struct wire_crl_signed, place.hash),
};

static const struct wire_field status_fields[] = {
	FIXED(struct wire_status, signer),
	SMALL(struct wire_status, kind, SERVICE_PRODUCTION, SERVICE_REHEARSAL),
	I64(struct wire_status, now_at),
	I64(struct wire_status, closing_at),
	FIXED(struct wire_status, ca_key),
	FIXED(struct wire_status, profile),
	I64(struct wire_status, crl_validity_s),
	I64(struct wire_status, ca_not_after_at),
	I64(struct wire_status, head.position),
	FIXED(struct wire_status, head.hash),
	I64(struct wire_status, acknowledged.position),
	FIXED(struct wire_status, acknowledged.hash),
};

static const struct wire_field refused_fields[] = {
	TEXT(struct wire_refused, code),
	TEXT(struct wire_refused, text),
};

/* A whole frame of the fields of one table. */
static int encode(enum wire_verb verb, const struct wire_field *table, size_t count,
	const void *message, struct buffer *ret_frame)
{
	int r = wire_frame_begin(ret_frame, verb);
	if (r < 0)
		return fault_trace(r);
	r = wire_fields_put(table, count, message, ret_frame);
	if (r < 0)
		return fault_trace(r);
	r = wire_frame_end(ret_frame);
	return r < 0 ? fault_trace(r) : 0;
}

int wire_issue_encode(const struct wire_issue *message, struct buffer *ret_frame)
{
	return encode(WIRE_ISSUE, issue_fields, LENGTH_OF(issue_fields), message, ret_frame);
}

int wire_issue_decode(struct wire_reader *reader, struct wire_issue *ret_message)
{
	struct wire_issue message = { 0 };
	wire_fields_get(issue_fields, LENGTH_OF(issue_fields), reader, &message);
	if (wire_reader_end(reader) != 0)
		return WIRE_BAD;
	*ret_message = message;
	return 0;
}

int wire_issued_encode(const struct wire_issued *message, struct buffer *ret_frame)
{
	return encode(WIRE_ANSWER, issued_fields, LENGTH_OF(issued_fields), message, ret_frame);
}

int wire_issued_decode(struct wire_reader *reader, struct wire_issued *ret_message)
{
	struct wire_issued message = { 0 };
	wire_fields_get(issued_fields, LENGTH_OF(issued_fields), reader, &message);
	if (wire_reader_end(reader) != 0)
		return WIRE_BAD;
	*ret_message = message;
	return 0;
}

int wire_journal_request_encode(
	const struct wire_journal_request *message, struct buffer *ret_frame)
{
	return encode(WIRE_JOURNAL, journal_request_fields, LENGTH_OF(journal_request_fields),
		message, ret_frame);
}

int wire_journal_request_decode(
	struct wire_reader *reader, struct wire_journal_request *ret_message)
{
	struct wire_journal_request message = { 0 };
	wire_fields_get(
		journal_request_fields, LENGTH_OF(journal_request_fields), reader, &message);
	if (wire_reader_end(reader) != 0 || message.limit > WIRE_JOURNAL_RECORDS_MAX ||
		message.after < 0 || message.acknowledged.position < 0)
		return WIRE_BAD;
	*ret_message = message;
	return 0;
}

int wire_journal_encode(const struct wire_journal *message, struct buffer *ret_frame)
{
	assert(message->count <= WIRE_JOURNAL_RECORDS_MAX);
	int r = wire_frame_begin(ret_frame, WIRE_ANSWER);
	if (r < 0)
		return fault_trace(r);
	r = wire_fields_put(journal_fields, LENGTH_OF(journal_fields), message, ret_frame);
	if (r < 0)
		return fault_trace(r);
	for (uint32_t i = 0; i < message->count; i++) {
		r = wire_fields_put(journal_record_fields, LENGTH_OF(journal_record_fields),
			&message->records[i], ret_frame);
		if (r < 0)
			return fault_trace(r);
	}
	r = wire_frame_end(ret_frame);
	return r < 0 ? fault_trace(r) : 0;
}

/* Whether `count` whole records and nothing else follow; the caller's reader stays where it is. */
static bool records_are_whole(struct wire_reader reader, uint32_t count)
{
	struct wire_journal_record record;
	if (count > WIRE_JOURNAL_RECORDS_MAX)
		return false;
	for (uint32_t i = 0; i < count && !reader.failed; i++)
		wire_fields_get(
			journal_record_fields, LENGTH_OF(journal_record_fields), &reader, &record);
	return wire_reader_end(&reader) == 0;
}

int wire_journal_decode(struct wire_reader *reader, struct wire_journal *ret_message)
{
	/* The struct is too large for a copy on the stack: judge first, then read in place. */
	struct wire_reader head = *reader;
	struct wire_journal_head {
		uint8_t octets[offsetof(struct wire_journal, records)];
	} scratch = { { 0 } };
	uint32_t count;
	wire_fields_get(journal_fields, LENGTH_OF(journal_fields), &head, &scratch);
	memcpy(&count, scratch.octets + offsetof(struct wire_journal, count), sizeof(count));
	if (head.failed || !records_are_whole(head, count))
		return WIRE_BAD;

	wire_fields_get(journal_fields, LENGTH_OF(journal_fields), reader, ret_message);
	for (uint32_t i = 0; i < count; i++)
		wire_fields_get(journal_record_fields, LENGTH_OF(journal_record_fields), reader,
			&ret_message->records[i]);
	return wire_reader_end(reader);
}

int wire_crl_begin_encode(const struct wire_crl_begin *message, struct buffer *ret_frame)
{
	return encode(
		WIRE_CRL_BEGIN, crl_begin_fields, LENGTH_OF(crl_begin_fields), message, ret_frame);
}

int wire_crl_begin_decode(struct wire_reader *reader, struct wire_crl_begin *ret_message)
{
	struct wire_crl_begin message = { 0 };
	wire_fields_get(crl_begin_fields, LENGTH_OF(crl_begin_fields), reader, &message);
	if (wire_reader_end(reader) != 0)
		return WIRE_BAD;
	*ret_message = message;
	return 0;
}

int wire_crl_entries_encode(struct bytes entries, struct buffer *ret_frame)
{
	int r = wire_frame_begin(ret_frame, WIRE_CRL_ENTRIES);
	if (r < 0)
		return fault_trace(r);
	r = wire_put_fixed(ret_frame, entries);
	if (r < 0)
		return fault_trace(r);
	r = wire_frame_end(ret_frame);
	return r < 0 ? fault_trace(r) : 0;
}

int wire_crl_signed_encode(const struct wire_crl_signed *message, struct buffer *ret_frame)
{
	return encode(
		WIRE_ANSWER, crl_signed_fields, LENGTH_OF(crl_signed_fields), message, ret_frame);
}

int wire_crl_signed_decode(struct wire_reader *reader, struct wire_crl_signed *ret_message)
{
	struct wire_crl_signed message = { 0 };
	wire_fields_get(crl_signed_fields, LENGTH_OF(crl_signed_fields), reader, &message);
	if (wire_reader_end(reader) != 0)
		return WIRE_BAD;
	*ret_message = message;
	return 0;
}

int wire_status_encode(const struct wire_status *message, struct buffer *ret_frame)
{
	return encode(WIRE_ANSWER, status_fields, LENGTH_OF(status_fields), message, ret_frame);
}

int wire_status_decode(struct wire_reader *reader, struct wire_status *ret_message)
{
	struct wire_status message = { 0 };
	wire_fields_get(status_fields, LENGTH_OF(status_fields), reader, &message);
	if (wire_reader_end(reader) != 0)
		return WIRE_BAD;
	*ret_message = message;
	return 0;
}

int wire_refused_encode(const struct wire_refused *message, struct buffer *ret_frame)
{
	return encode(WIRE_REFUSED, refused_fields, LENGTH_OF(refused_fields), message, ret_frame);
}

int wire_refused_decode(struct wire_reader *reader, struct wire_refused *ret_message)
{
	struct wire_refused message = { 0 };
	wire_fields_get(refused_fields, LENGTH_OF(refused_fields), reader, &message);
	if (wire_reader_end(reader) != 0)
		return WIRE_BAD;
	*ret_message = message;
	return 0;
}
