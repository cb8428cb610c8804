/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The fields of a message as a table, read by encoder and decoder alike, so that the two cannot
 * part. Internal to the room. Touches memory only.
 */
#pragma once

#include <stddef.h>

#include "wire/frame.h"

enum wire_field_type {
	FIELD_I64,      /* int64_t or uint64_t: 8 octets */
	FIELD_U32,      /* uint32_t: 4 octets */
	FIELD_SMALL,    /* int or enum, from min to max: 4 octets */
	FIELD_FIXED,    /* uint8_t[size]: as they are */
	FIELD_TEXT,     /* char[size], terminated: 4 octets of length, octets without NUL */
	FIELD_OCTETS,   /* uint8_t[size] of which the size_t at len_offset counts: length, octets */
	FIELD_BORROWED, /* struct bytes of at most `size`: length, octets */
};

struct wire_field {
	enum wire_field_type type;
	size_t offset;     /* into the message's struct */
	size_t size;       /* FIXED, TEXT, OCTETS, BORROWED */
	size_t len_offset; /* OCTETS */
	int min, max;      /* SMALL */
};

/* Appends the fields in the table's order. FAULT_LIMIT: no room, or a value beyond its field. */
int wire_fields_put(const struct wire_field *table, size_t count, const void *message,
	struct buffer *frame) MUST_CHECK;
/* Reads them; the reader has failed if one is not what the table says. */
void wire_fields_get(
	const struct wire_field *table, size_t count, struct wire_reader *reader, void *message);
