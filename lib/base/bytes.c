/* SPDX-License-Identifier: Apache-2.0 */
#include "base/bytes.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>

#include "base/fault.h"

#define FIRST_CAPACITY 64 /* octets */

struct bytes bytes_of_text(const char *text)
{
	return (struct bytes){ (const uint8_t *)text, strlen(text) };
}

bool bytes_equal(struct bytes a, struct bytes b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

bool bytes_equal_secretly(struct bytes a, struct bytes b)
{
	return a.len == b.len && (a.len == 0 || CRYPTO_memcmp(a.data, b.data, a.len) == 0);
}

void buffer_done(struct buffer *buffer)
{
	free(buffer->data);
	*buffer = BUFFER(buffer->max);
}

void buffer_clear(struct buffer *buffer)
{
	buffer->len = 0;
}

/* Makes the capacity at least `len` more than what is filled. */
static int reserve(struct buffer *buffer, size_t len)
{
	if (len > buffer->max - buffer->len)
		return fault_new(FAULT_LIMIT, "a buffer of at most %zu octets has no room for %zu",
			buffer->max, len);
	size_t needed = buffer->len + len;
	if (needed <= buffer->capacity)
		return 0;

	size_t capacity = buffer->capacity > 0 ? buffer->capacity : FIRST_CAPACITY;
	while (capacity < needed && capacity <= buffer->max / 2)
		capacity *= 2;
	if (capacity < needed || capacity > buffer->max)
		capacity = buffer->max;
	uint8_t *data = realloc(buffer->data, capacity);
	if (data == NULL)
		return fault_new(FAULT_MEMORY, "no memory for %zu octets", capacity);
	buffer->data = data;
	buffer->capacity = capacity;
	return 0;
}

int buffer_extend(struct buffer *buffer, size_t len, uint8_t **ret_place)
{
	int r = reserve(buffer, len);
	if (r < 0)
		return fault_trace(r);
	*ret_place = buffer->data + buffer->len;
	buffer->len += len;
	return 0;
}

int buffer_append(struct buffer *buffer, struct bytes octets)
{
	if (octets.len == 0)
		return 0;
	uint8_t *place;
	int r = buffer_extend(buffer, octets.len, &place);
	if (r < 0)
		return fault_trace(r);
	memcpy(place, octets.data, octets.len);
	return 0;
}

int buffer_append_text(struct buffer *buffer, const char *text)
{
	int r = buffer_append(buffer, bytes_of_text(text));
	return r < 0 ? fault_trace(r) : 0;
}

int buffer_printf(struct buffer *buffer, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	int len = vsnprintf(NULL, 0, format, args);
	va_end(args);
	assert(len >= 0);

	/* vsnprintf() writes a terminator, which is no part of the buffer's content. */
	char *text = malloc((size_t)len + 1);
	if (text == NULL)
		return fault_new(FAULT_MEMORY, "no memory for %d octets", len);
	va_start(args, format);
	(void)vsnprintf(text, (size_t)len + 1, format, args);
	va_end(args);
	int r = buffer_append(buffer, (struct bytes){ (uint8_t *)text, (size_t)len });
	free(text);
	return r < 0 ? fault_trace(r) : 0;
}

struct bytes buffer_bytes(const struct buffer *buffer)
{
	return (struct bytes){ buffer->data, buffer->len };
}

void hex_encode(struct bytes octets, char *out)
{
	static const char digits[] = "0123456789abcdef";
	for (size_t i = 0; i < octets.len; i++) {
		*out++ = digits[octets.data[i] >> 4];
		*out++ = digits[octets.data[i] & 0x0f];
	}
	*out = '\0';
}

/* Value of a hexadecimal digit of either case, -1 for anything else. */
static int digit_value(char digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	if (digit >= 'a' && digit <= 'f')
		return digit - 'a' + 10;
	if (digit >= 'A' && digit <= 'F')
		return digit - 'A' + 10;
	return -1;
}

int hex_decode(const char *text, uint8_t *out, size_t size, size_t *ret_len)
{
	size_t len = strlen(text);
	if (len % 2 != 0 || len / 2 > size)
		return HEX_BAD;
	/* All is judged before anything is written: `out` is untouched on HEX_BAD. */
	for (size_t i = 0; i < len; i++)
		if (digit_value(text[i]) < 0)
			return HEX_BAD;
	for (size_t i = 0; i < len / 2; i++)
		out[i] = (uint8_t)(digit_value(text[2 * i]) << 4 | digit_value(text[2 * i + 1]));
	*ret_len = len / 2;
	return 0;
}
