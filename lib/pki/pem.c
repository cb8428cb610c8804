/* SPDX-License-Identifier: Apache-2.0 */
#include "pki/pem.h"

#include <string.h>

#include "base/fault.h"

#define LINE_CHARACTERS 64 /* RFC 7468 2 */
#define LABEL_MAX 64       /* octets of a boundary's label */

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static bool is_white(uint8_t octet)
{
	return octet == ' ' || octet == '\t' || octet == '\r' || octet == '\n';
}

static void skip_white(struct bytes *rest)
{
	while (rest->len > 0 && is_white(rest->data[0])) {
		rest->data++;
		rest->len--;
	}
}

static bool take_text(struct bytes *rest, const char *text)
{
	size_t len = strlen(text);
	if (rest->len < len || memcmp(rest->data, text, len) != 0)
		return false;
	rest->data += len;
	rest->len -= len;
	return true;
}

/* "-----BEGIN label-----" */
static bool take_boundary(struct bytes *rest, const char *word, const char *label)
{
	struct bytes left = *rest;
	if (!take_text(&left, "-----") || !take_text(&left, word) || !take_text(&left, label) ||
		!take_text(&left, "-----"))
		return false;
	*rest = left;
	return true;
}

/* The value of a Base64 digit, -1 for anything else. */
static int digit_value(uint8_t octet)
{
	if (octet >= 'A' && octet <= 'Z')
		return octet - 'A';
	if (octet >= 'a' && octet <= 'z')
		return octet - 'a' + 26;
	if (octet >= '0' && octet <= '9')
		return octet - '0' + 52;
	if (octet == '+')
		return 62;
	return octet == '/' ? 63 : -1;
}

/* Takes four digits, white space between them or not; the last one or two may be padding. */
static bool take_group(struct bytes *rest, uint8_t out[3], size_t *ret_len)
{
	uint32_t bits = 0;
	size_t padding = 0;
	for (int i = 0; i < 4; i++) {
		skip_white(rest);
		if (rest->len == 0)
			return false;
		uint8_t octet = *rest->data++;
		rest->len--;
		int value = octet == '=' && i >= 2 ? 0 : digit_value(octet);
		if (value < 0 || (padding > 0 && octet != '='))
			return false;
		padding += octet == '=' ? 1 : 0;
		bits = bits << 6 | (uint32_t)value;
	}
	if ((bits & ((1u << (8 * padding)) - 1)) != 0) /* a second spelling of the same octets */
		return false;
	for (int i = 0; i < 3; i++)
		out[i] = (uint8_t)(bits >> (16 - 8 * i));
	*ret_len = 3 - padding;
	return true;
}

/* Base64 up to the closing boundary. */
static int decode_body(struct bytes *rest, struct buffer *der)
{
	size_t len = 3;
	for (skip_white(rest); rest->len > 0 && rest->data[0] != '-'; skip_white(rest)) {
		uint8_t group[3];
		if (len < 3 || !take_group(rest, group, &len)) /* nothing follows padding */
			return PKI_PEM_BAD;
		int r = buffer_append(der, (struct bytes){ group, len });
		if (r < 0)
			return fault_trace(r);
	}
	return 0;
}

int pki_pem_decode(struct bytes text, const char *const labels[], struct buffer *ret_der)
{
	const char *label = NULL;
	size_t first = ret_der->len;
	skip_white(&text);
	for (; *labels != NULL && label == NULL; labels++)
		if (take_boundary(&text, "BEGIN ", *labels))
			label = *labels;
	if (label == NULL)
		return PKI_PEM_BAD;

	int r = decode_body(&text, ret_der);
	if (r == 0) {
		bool is_closed = take_boundary(&text, "END ", label);
		skip_white(&text);
		if (!is_closed || text.len > 0)
			r = PKI_PEM_BAD;
	}
	if (r != 0)
		ret_der->len = first;
	return r < 0 ? fault_trace(r) : r;
}

static int boundary_append(const char *word, const char *label, struct buffer *text)
{
	int r = buffer_printf(text, "-----%s %.*s-----\n", word, LABEL_MAX, label);
	return r < 0 ? fault_trace(r) : 0;
}

/* One line of up to 48 octets. */
static int line_append(struct bytes octets, struct buffer *text)
{
	char line[LINE_CHARACTERS + 1];
	size_t len = 0;
	for (size_t i = 0; i < octets.len; i += 3) {
		size_t left = octets.len - i;
		uint32_t bits = (uint32_t)octets.data[i] << 16;
		bits |= left > 1 ? (uint32_t)octets.data[i + 1] << 8 : 0;
		bits |= left > 2 ? octets.data[i + 2] : 0;
		line[len++] = digits[bits >> 18];
		line[len++] = digits[bits >> 12 & 0x3f];
		line[len++] = '=';
		line[len++] = '=';
		if (left > 1)
			line[len - 2] = digits[bits >> 6 & 0x3f];
		if (left > 2)
			line[len - 1] = digits[bits & 0x3f];
	}
	line[len++] = '\n';
	int r = buffer_append(text, (struct bytes){ (uint8_t *)line, len });
	return r < 0 ? fault_trace(r) : 0;
}

int pki_pem_encode(const char *label, struct bytes der, struct buffer *ret_text)
{
	const size_t step = LINE_CHARACTERS / 4 * 3;
	size_t first = ret_text->len;
	int r = boundary_append("BEGIN", label, ret_text);
	for (size_t i = 0; r == 0 && i < der.len; i += step) {
		size_t left = der.len - i;
		r = line_append(
			(struct bytes){ der.data + i, left < step ? left : step }, ret_text);
	}
	if (r == 0)
		r = boundary_append("END", label, ret_text);
	if (r < 0) {
		ret_text->len = first;
		return fault_trace(r);
	}
	return 0;
}
