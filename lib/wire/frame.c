/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/frame.h"

#include <assert.h>
#include <endian.h>
#include <string.h>

#include "base/fault.h"

#define LENGTH_LEN 4 /* octets of the length word, which does not count itself */

int wire_frame_begin(struct buffer *frame, enum wire_verb verb)
{
	buffer_clear(frame);
	uint8_t *head;
	int r = buffer_extend(frame, WIRE_HEAD_LEN, &head);
	if (r < 0)
		return fault_trace(r);
	memset(head, 0, LENGTH_LEN);
	head[LENGTH_LEN] = WIRE_VERSION;
	head[LENGTH_LEN + 1] = (uint8_t)(verb >> 8);
	head[LENGTH_LEN + 2] = (uint8_t)verb;
	return 0;
}

int wire_put_u8(struct buffer *frame, uint8_t value)
{
	int r = buffer_append(frame, (struct bytes){ &value, sizeof(value) });
	return r < 0 ? fault_trace(r) : 0;
}

int wire_put_u32(struct buffer *frame, uint32_t value)
{
	uint32_t octets = htobe32(value);
	int r = buffer_append(frame, (struct bytes){ (uint8_t *)&octets, sizeof(octets) });
	return r < 0 ? fault_trace(r) : 0;
}

int wire_put_i64(struct buffer *frame, int64_t value)
{
	uint64_t octets = htobe64((uint64_t)value);
	int r = buffer_append(frame, (struct bytes){ (uint8_t *)&octets, sizeof(octets) });
	return r < 0 ? fault_trace(r) : 0;
}

int wire_put_fixed(struct buffer *frame, struct bytes octets)
{
	int r = buffer_append(frame, octets);
	return r < 0 ? fault_trace(r) : 0;
}

int wire_put_bytes(struct buffer *frame, struct bytes octets)
{
	if (octets.len > WIRE_FRAME_MAX)
		return fault_new(FAULT_LIMIT, "%zu octets for a frame", octets.len);
	int r = wire_put_u32(frame, (uint32_t)octets.len);
	if (r < 0)
		return fault_trace(r);
	r = buffer_append(frame, octets);
	return r < 0 ? fault_trace(r) : 0;
}

int wire_put_text(struct buffer *frame, const char *text)
{
	int r = wire_put_bytes(frame, bytes_of_text(text));
	return r < 0 ? fault_trace(r) : 0;
}

int wire_frame_end(struct buffer *frame)
{
	assert(frame->len >= WIRE_HEAD_LEN);
	size_t len = frame->len - LENGTH_LEN;
	if (len > WIRE_FRAME_MAX)
		return fault_new(FAULT_LIMIT, "a frame of %zu octets", len);
	uint32_t word = htobe32((uint32_t)len);
	memcpy(frame->data, &word, sizeof(word));
	return 0;
}

int wire_frame_open(struct bytes frame, enum wire_verb *ret_verb, struct wire_reader *ret_reader)
{
	const size_t head_len = WIRE_HEAD_LEN - LENGTH_LEN;
	if (frame.len < head_len || frame.len > WIRE_FRAME_MAX || frame.data[0] != WIRE_VERSION)
		return WIRE_BAD;
	*ret_verb = (enum wire_verb)(frame.data[1] << 8 | frame.data[2]);
	*ret_reader = (struct wire_reader){
		.rest = { frame.data + head_len, frame.len - head_len },
	};
	return 0;
}

/* The next `len` octets, NULL (and failed for good) when there are not so many. */
static const uint8_t *take(struct wire_reader *reader, size_t len)
{
	if (reader->failed || reader->rest.len < len) {
		reader->failed = true;
		return NULL;
	}
	const uint8_t *place = reader->rest.data;
	reader->rest.data += len;
	reader->rest.len -= len;
	return place;
}

uint8_t wire_get_u8(struct wire_reader *reader)
{
	const uint8_t *place = take(reader, 1);
	return place == NULL ? 0 : *place;
}

uint32_t wire_get_u32(struct wire_reader *reader)
{
	uint32_t octets;
	const uint8_t *place = take(reader, sizeof(octets));
	if (place == NULL)
		return 0;
	memcpy(&octets, place, sizeof(octets));
	return be32toh(octets);
}

int64_t wire_get_i64(struct wire_reader *reader)
{
	uint64_t octets;
	const uint8_t *place = take(reader, sizeof(octets));
	if (place == NULL)
		return 0;
	memcpy(&octets, place, sizeof(octets));
	return (int64_t)be64toh(octets);
}

void wire_get_fixed(struct wire_reader *reader, uint8_t *out, size_t len)
{
	const uint8_t *place = take(reader, len);
	if (place == NULL)
		memset(out, 0, len);
	else
		memcpy(out, place, len);
}

struct bytes wire_get_bytes(struct wire_reader *reader, size_t max)
{
	uint32_t len = wire_get_u32(reader);
	if (len > max)
		reader->failed = true;
	const uint8_t *place = take(reader, len);
	return place == NULL ? (struct bytes){ NULL, 0 } : (struct bytes){ place, len };
}

void wire_get_text(struct wire_reader *reader, char *out, size_t size)
{
	assert(size > 0);
	struct bytes text = wire_get_bytes(reader, size - 1);
	if (text.len > 0 && memchr(text.data, '\0', text.len) != NULL) {
		reader->failed = true;
		text.len = 0;
	}
	if (text.len > 0)
		memcpy(out, text.data, text.len);
	out[text.len] = '\0';
}

int wire_reader_end(const struct wire_reader *reader)
{
	return reader->failed || reader->rest.len > 0 ? WIRE_BAD : 0;
}
