/* SPDX-License-Identifier: Apache-2.0 */
#include "pki/text.h"

#include <stdint.h>
#include <string.h>

#define CODE_MAX UINT32_C(0x10ffff)

/* Octets of the character that begins with `first`, 0 when none does. */
static size_t character_len(uint8_t first)
{
	if (first < 0x80)
		return 1;
	if (first >= 0xc2 && first < 0xe0)
		return 2;
	if (first >= 0xe0 && first < 0xf0)
		return 3;
	return first >= 0xf0 && first < 0xf5 ? 4 : 0;
}

/* Reads one character of `len` octets; false when it is cut off or has a shorter form. */
static bool take_character(const char **text, uint32_t *ret_code)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const uint8_t *p = (const uint8_t *)*text;
	size_t len = character_len(p[0]);
	if (len == 0)
		return false;
	uint32_t code = len == 1 ? p[0] : p[0] & (0x7fu >> len);
	for (size_t i = 1; i < len; i++) {
		if ((p[i] & 0xc0) != 0x80) /* the terminator as well */
			return false;
		code = code << 6 | (p[i] & 0x3fu);
	}
	if (code < least[len] || code > CODE_MAX || (code >= 0xd800 && code <= 0xdfff))
		return false;
	*text += len;
	*ret_code = code;
	return true;
}

bool pki_text_characters(const char *text, size_t *ret_count)
{
	size_t count = 0;
	for (; *text != '\0'; count++) {
		uint32_t code;
		if (!take_character(&text, &code))
			return false;
		if (code < 0x20 || (code >= 0x7f && code <= 0x9f))
			return false;
	}
	*ret_count = count;
	return true;
}

bool pki_text_is_uri(const char *text)
{
	static const char prefix[] = "http://";
	if (strncmp(text, prefix, sizeof(prefix) - 1) != 0 || text[sizeof(prefix) - 1] == '\0')
		return false;
	for (; *text != '\0'; text++)
		if (*text <= ' ' || *text > '~' || strchr("\"<>\\^`{|}", *text) != NULL)
			return false;
	return true;
}
