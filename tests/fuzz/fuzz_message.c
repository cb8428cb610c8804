/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every decoder: the first octet says which, the rest is a frame. What decodes has exactly one
 * encoding, so it must encode to the same octets again.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "wire/message.h"

static struct wire_issue issue;
static struct wire_issued issued;
static struct wire_journal_request journal_request;
static struct wire_journal journal;
static struct wire_crl_begin crl_begin;
static struct wire_crl_signed crl_signed;
static struct wire_status status;
static struct wire_refused refused;

#define MESSAGE(name_)                                                                             \
	static int name_##_again(struct wire_reader *reader, struct buffer *frame)                 \
	{                                                                                          \
		if (wire_##name_##_decode(reader, &name_) != 0)                                    \
			return WIRE_BAD;                                                           \
		return wire_##name_##_encode(&name_, frame);                                       \
	}

MESSAGE(issue)
MESSAGE(issued)
MESSAGE(journal_request)
MESSAGE(journal)
MESSAGE(crl_begin)
MESSAGE(crl_signed)
MESSAGE(status)
MESSAGE(refused)

static int (*const messages[])(struct wire_reader *reader, struct buffer *frame) = {
	issue_again,
	issued_again,
	journal_request_again,
	journal_again,
	crl_begin_again,
	crl_signed_again,
	status_again,
	refused_again,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	enum wire_verb verb;
	struct wire_reader reader;
	if (len < 1 || wire_frame_open((struct bytes){ data + 1, len - 1 }, &verb, &reader) != 0)
		return 0;
	struct bytes fields = reader.rest;
	BUFFER_CLEANUP struct buffer frame = WIRE_BUFFER;
	int r = messages[data[0] % LENGTH_OF(messages)](&reader, &frame);
	if (r == WIRE_BAD)
		return 0;
	if (r < 0 || frame.len != WIRE_HEAD_LEN + fields.len ||
		memcmp(frame.data + WIRE_HEAD_LEN, fields.data, fields.len) != 0)
		abort();
	return 0;
}
