/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/field.h"

#include <assert.h>
#include <limits.h>
#include <string.h>

#include "base/fault.h"

_Static_assert(sizeof(int) == 4, "a small field is an int or an enum of four octets");

static int put_small(const struct wire_field *field, const uint8_t *place, struct buffer *frame)
{
	int value;
	memcpy(&value, place, sizeof(value));
	if (value < field->min || value > field->max)
		return fault_new(FAULT_LIMIT, "a field of %d to %d", field->min, field->max);
	int r = wire_put_u32(frame, (uint32_t)value);
	return r < 0 ? fault_trace(r) : 0;
}

static int put_octets(const struct wire_field *field, const uint8_t *message, struct buffer *frame)
{
	size_t len;
	memcpy(&len, message + field->len_offset, sizeof(len));
	if (len > field->size)
		return fault_new(FAULT_LIMIT, "%zu octets for a field of %zu", len, field->size);
	int r = wire_put_bytes(frame, (struct bytes){ message + field->offset, len });
	return r < 0 ? fault_trace(r) : 0;
}

static int put_borrowed(const struct wire_field *field, const uint8_t *place, struct buffer *frame)
{
	struct bytes octets;
	memcpy(&octets, place, sizeof(octets));
	if (octets.len > field->size)
		return fault_new(
			FAULT_LIMIT, "%zu octets for a field of %zu", octets.len, field->size);
	int r = wire_put_bytes(frame, octets);
	return r < 0 ? fault_trace(r) : 0;
}

static int put_field(const struct wire_field *field, const uint8_t *message, struct buffer *frame)
{
	const uint8_t *place = message + field->offset;
	int64_t i64;
	uint32_t u32;

	switch (field->type) {
	case FIELD_I64:
		memcpy(&i64, place, sizeof(i64));
		return wire_put_i64(frame, i64);
	case FIELD_U32:
		memcpy(&u32, place, sizeof(u32));
		return wire_put_u32(frame, u32);
	case FIELD_SMALL:
		return put_small(field, place, frame);
	case FIELD_FIXED:
		return wire_put_fixed(frame, (struct bytes){ place, field->size });
	case FIELD_TEXT:
		assert(memchr(place, '\0', field->size) != NULL);
		return wire_put_text(frame, (const char *)place);
	case FIELD_OCTETS:
		return put_octets(field, message, frame);
	case FIELD_BORROWED:
		return put_borrowed(field, place, frame);
	}
	assert(false); /* the tables have no other type */
	return 0;
}

int wire_fields_put(
	const struct wire_field *table, size_t count, const void *message, struct buffer *frame)
{
	for (size_t i = 0; i < count; i++) {
		int r = put_field(&table[i], message, frame);
		if (r < 0)
			return fault_trace(r);
	}
	return 0;
}

static void get_small(const struct wire_field *field, struct wire_reader *reader, uint8_t *place)
{
	uint32_t sent = wire_get_u32(reader);
	if (sent > INT_MAX || (int)sent < field->min || (int)sent > field->max) {
		reader->failed = true;
		return;
	}
	int value = (int)sent;
	memcpy(place, &value, sizeof(value));
}

static void get_octets(const struct wire_field *field, struct wire_reader *reader, uint8_t *message)
{
	struct bytes octets = wire_get_bytes(reader, field->size);
	if (octets.len > 0)
		memcpy(message + field->offset, octets.data, octets.len);
	memcpy(message + field->len_offset, &octets.len, sizeof(octets.len));
}

static void get_field(const struct wire_field *field, struct wire_reader *reader, uint8_t *message)
{
	uint8_t *place = message + field->offset;
	int64_t i64;
	uint32_t u32;
	struct bytes octets;

	switch (field->type) {
	case FIELD_I64:
		i64 = wire_get_i64(reader);
		memcpy(place, &i64, sizeof(i64));
		break;
	case FIELD_U32:
		u32 = wire_get_u32(reader);
		memcpy(place, &u32, sizeof(u32));
		break;
	case FIELD_SMALL:
		get_small(field, reader, place);
		break;
	case FIELD_FIXED:
		wire_get_fixed(reader, place, field->size);
		break;
	case FIELD_TEXT:
		wire_get_text(reader, (char *)place, field->size);
		break;
	case FIELD_OCTETS:
		get_octets(field, reader, message);
		break;
	case FIELD_BORROWED:
		octets = wire_get_bytes(reader, field->size);
		memcpy(place, &octets, sizeof(octets));
		break;
	}
}

void wire_fields_get(
	const struct wire_field *table, size_t count, struct wire_reader *reader, void *message)
{
	for (size_t i = 0; i < count && !reader->failed; i++)
		get_field(&table[i], reader, message);
}
