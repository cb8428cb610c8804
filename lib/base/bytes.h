/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Octets: a borrowed view (struct bytes) and a growing store with a maximum (struct buffer),
 * with hexadecimal and Base64 text. Touches memory only.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"

/* A borrowed run of octets; `data` may be NULL only when `len` is 0. */
struct bytes {
	const uint8_t *data;
	size_t len;
};

/* Grows on the heap up to `max` octets; all zero except `max` is a valid empty buffer. */
struct buffer {
	uint8_t *data;
	size_t len;
	size_t capacity;
	size_t max;
};

#define BYTES(array_) ((struct bytes){ (const uint8_t *)(array_), sizeof(array_) })
#define BUFFER(max_) ((struct buffer){ .max = (max_) })
#define BUFFER_CLEANUP __attribute__((cleanup(buffer_done)))

/* Borrows the octets of a string, without its terminator. */
struct bytes bytes_of_text(const char *text);
bool bytes_equal(struct bytes a, struct bytes b);
/* Takes as long for equal as for different octets of one length. */
bool bytes_equal_secretly(struct bytes a, struct bytes b);

void buffer_done(struct buffer *buffer);
void buffer_clear(struct buffer *buffer);
/* Appending faults with FAULT_LIMIT beyond `max`, FAULT_MEMORY without memory; then unchanged. */
int buffer_append(struct buffer *buffer, struct bytes octets) MUST_CHECK;
int buffer_append_text(struct buffer *buffer, const char *text) MUST_CHECK;
int buffer_printf(struct buffer *buffer, const char *format, ...) PRINTF_LIKE(2, 3) MUST_CHECK;
/* Makes room for `len` more octets and gives their place; the caller fills all of them. */
int buffer_extend(struct buffer *buffer, size_t len, uint8_t **ret_place) MUST_CHECK;
struct bytes buffer_bytes(const struct buffer *buffer);

/* Lower-case hexadecimal; `out` has room for 2 * len + 1 and is terminated. */
void hex_encode(struct bytes octets, char *out);
#define HEX_BAD 1 /* odd length, a foreign digit, or more than `size` octets */
int hex_decode(const char *text, uint8_t *out, size_t size, size_t *ret_len) MUST_CHECK;
