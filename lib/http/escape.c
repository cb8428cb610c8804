/* SPDX-License-Identifier: Apache-2.0 */
#include "http/escape.h"

#include <stdint.h>
#include <string.h>

#include "base/fault.h"

#define LOWEST_OF_2 0x80
#define LOWEST_OF_3 0x800
#define LOWEST_OF_4 0x10000
#define HIGHEST 0x10ffff

static int digit_of(char c)
{
	static const char digits[] = "0123456789abcdef0123456789ABCDEF";
	const char *place = c == '\0' ? NULL : strchr(digits, c);

	return place == NULL ? -1 : (int)((place - digits) % 16);
}

/* Length of the UTF-8 sequence (RFC 3629, 4) at the start of `text`, 0 when it is none. */
static size_t sequence_len(const uint8_t *text, size_t len, uint32_t *ret_character)
{
	static const uint32_t lowest[] = { 0, 0, LOWEST_OF_2, LOWEST_OF_3, LOWEST_OF_4 };
	size_t size = text[0] < 0x80 ? 1
		: text[0] < 0xc0     ? 0
		: text[0] < 0xe0     ? 2
		: text[0] < 0xf0     ? 3
		: text[0] < 0xf8     ? 4
				     : 0;
	if (size == 0 || size > len)
		return 0;
	uint32_t character = size == 1 ? text[0] : text[0] & (0x7fU >> size);

	for (size_t i = 1; i < size; i++) {
		if ((text[i] & 0xc0) != 0x80)
			return 0;
		character = character << 6 | (text[i] & 0x3fU);
	}
	if (character < lowest[size] || character > HIGHEST)
		return 0;
	*ret_character = character;
	return character >= 0xd800 && character <= 0xdfff ? 0 : size;
}

/* Whether it is UTF-8 without the controls of C0, DEL and C1. */
static bool is_plain(const uint8_t *text, size_t len)
{
	for (size_t i = 0; i < len;) {
		uint32_t character = 0;
		size_t size = sequence_len(text + i, len - i, &character);
		if (size == 0 || character < ' ' || (character >= 0x7f && character < 0xa0))
			return false;
		i += size;
	}
	return true;
}

/* Decodes into `out`, which has room for `len` octets; their number, or -1. */
static ptrdiff_t unescape(const char *text, size_t len, uint8_t *out)
{
	size_t out_len = 0;

	for (size_t i = 0; i < len; i++) {
		if ((unsigned char)text[i] >= 0x80)
			return -1;
		if (text[i] != '%') {
			out[out_len++] = (uint8_t)text[i];
			continue;
		}
		int high = i + 2 < len ? digit_of(text[i + 1]) : -1;
		int low = i + 2 < len ? digit_of(text[i + 2]) : -1;
		if (high < 0 || low < 0)
			return -1;
		out[out_len++] = (uint8_t)(high << 4 | low);
		i += 2;
	}
	return (ptrdiff_t)out_len;
}

int http_escape_decode(struct arena *arena, const char *text, size_t len, const char **ret_text)
{
	void *out;
	int r = arena_alloc(arena, len + 1, &out);
	if (r < 0)
		return fault_trace(r);

	ptrdiff_t out_len = unescape(text, len, out);
	if (out_len < 0 || !is_plain(out, (size_t)out_len))
		return HTTP_ESCAPE_BAD;
	((uint8_t *)out)[out_len] = '\0';
	*ret_text = out;
	return 0;
}
