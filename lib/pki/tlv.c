/* SPDX-License-Identifier: Apache-2.0 */
#include "pki/tlv.h"

#include <string.h>

#include "base/calendar.h"

#define TAG_CLASS 0xc0
#define TAG_CONSTRUCTED 0x20
#define TAG_NUMBER 0x1f /* all ones: the tag goes on, which none of ours does */
#define LENGTH_LONG 0x80

/* Reads the length behind the tag; false unless it is definite and in its shortest form. */
static bool take_length(struct bytes *rest, size_t *ret_len)
{
	if (rest->len == 0)
		return false;
	uint8_t first = rest->data[0];
	size_t tail = first & LENGTH_LONG ? first & 0x7fu : 0;
	if (tail > sizeof(uint32_t) || (first == LENGTH_LONG) || rest->len < 1 + tail)
		return false;
	size_t len = tail == 0 ? first : 0;
	for (size_t i = 1; i <= tail; i++)
		len = len << 8 | rest->data[i];
	if (tail > 0 && (len < LENGTH_LONG || rest->data[1] == 0))
		return false;
	rest->data += 1 + tail;
	rest->len -= 1 + tail;
	*ret_len = len;
	return true;
}

bool pki_tlv_next(struct bytes *rest, struct pki_tlv *ret_element)
{
	struct bytes left = *rest;
	if (left.len == 0 || (left.data[0] & TAG_NUMBER) == TAG_NUMBER)
		return false;
	uint8_t tag = *left.data++;
	left.len--;
	size_t len;
	if (!take_length(&left, &len) || len > left.len)
		return false;

	size_t whole_len = (size_t)(left.data - rest->data) + len;
	*ret_element = (struct pki_tlv){
		.tag = tag,
		.whole = { rest->data, whole_len },
		.content = { left.data, len },
	};
	rest->data += whole_len;
	rest->len -= whole_len;
	return true;
}

bool pki_tlv_take(struct bytes *rest, uint8_t tag, struct bytes *ret_content)
{
	struct bytes left = *rest;
	struct pki_tlv element;
	if (!pki_tlv_next(&left, &element) || element.tag != tag)
		return false;
	*rest = left;
	*ret_content = element.content;
	return true;
}

bool pki_tlv_take_octets(struct bytes *rest, struct bytes expected)
{
	struct bytes left = *rest;
	struct pki_tlv element;
	if (!pki_tlv_next(&left, &element) || !bytes_equal(element.whole, expected))
		return false;
	*rest = left;
	return true;
}

/* X.690 8.3.2: neither empty nor with nine equal bits in front. */
static bool integer_is_strict(struct bytes content)
{
	if (content.len == 0)
		return false;
	if (content.len == 1)
		return true;
	bool next_top = (content.data[1] & 0x80) != 0;
	return !(content.data[0] == 0x00 && !next_top) && !(content.data[0] == 0xff && next_top);
}

bool pki_tlv_take_unsigned(struct bytes *rest, struct bytes *ret_octets)
{
	struct bytes left = *rest;
	struct bytes content;
	if (!pki_tlv_take(&left, DER_INTEGER, &content) || !integer_is_strict(content) ||
		(content.data[0] & 0x80) != 0)
		return false;
	if (content.len > 1 && content.data[0] == 0) {
		content.data++;
		content.len--;
	}
	*rest = left;
	*ret_octets = content;
	return true;
}

bool pki_tlv_take_bits(struct bytes *rest, struct bytes *ret_octets)
{
	struct bytes left = *rest;
	struct bytes content;
	if (!pki_tlv_take(&left, DER_BIT_STRING, &content) || content.len == 0 ||
		content.data[0] != 0)
		return false;
	*rest = left;
	*ret_octets = (struct bytes){ content.data + 1, content.len - 1 };
	return true;
}

/* Reads two digits, -1 for anything else. */
static int two_digits(const uint8_t *text)
{
	if (text[0] < '0' || text[0] > '9' || text[1] < '0' || text[1] > '9')
		return -1;
	return (text[0] - '0') * 10 + (text[1] - '0');
}

/* "YYMMDDhhmmssZ" or "YYYYMMDDhhmmssZ" in the years that are its own. */
static bool time_from_text(struct bytes text, bool is_short, struct civil_time *ret_civil)
{
	size_t year_len = is_short ? 2 : 4;
	if (text.len != year_len + 11 || text.data[text.len - 1] != 'Z')
		return false;
	int field[7] = { 0 }; /* century, year, month, day, hour, minute, second */
	for (size_t i = is_short ? 1 : 0, at = 0; i < LENGTH_OF(field); i++, at += 2) {
		field[i] = two_digits(text.data + at);
		if (field[i] < 0)
			return false;
	}
	if (is_short)
		field[0] = field[1] < 50 ? 20 : 19;
	*ret_civil = (struct civil_time){
		.date = { field[0] * 100 + field[1], field[2], field[3] },
		.hour = field[4],
		.minute = field[5],
		.second = field[6],
	};
	bool is_own_year = is_short || ret_civil->date.year >= 2050;
	return is_own_year && date_exists(ret_civil->date) && field[4] < 24 && field[5] < 60 &&
		field[6] < 60;
}

bool pki_tlv_take_time(struct bytes *rest, int64_t *ret_at)
{
	struct bytes left = *rest;
	struct pki_tlv element;
	struct civil_time civil;
	if (!pki_tlv_next(&left, &element))
		return false;
	if (element.tag != DER_UTC_TIME && element.tag != DER_GENERALIZED_TIME)
		return false;
	if (!time_from_text(element.content, element.tag == DER_UTC_TIME, &civil))
		return false;
	*rest = left;
	*ret_at = instant_of_jst(civil) + JST_OFFSET; /* the text is UTC */
	return true;
}

/* DER compares the members of a SET OF by their octets, the shorter padded with zeros. */
static int set_compare(struct bytes a, struct bytes b)
{
	size_t len = a.len < b.len ? a.len : b.len;
	int order = memcmp(a.data, b.data, len);
	return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

/* The rules of one universal primitive type's content. */
static bool primitive_is_strict(struct pki_tlv element)
{
	struct bytes content = element.content;
	if (element.tag == DER_BOOLEAN)
		return content.len == 1 && (content.data[0] == 0x00 || content.data[0] == 0xff);
	if (element.tag == DER_INTEGER || element.tag == DER_ENUMERATED)
		return integer_is_strict(content);
	if (element.tag == DER_NULL)
		return content.len == 0;
	if (element.tag == DER_OID)
		return content.len > 0 && (content.data[content.len - 1] & 0x80) == 0;
	if (element.tag == DER_BIT_STRING)
		return content.len > 0 && content.data[0] <= 7 &&
			(content.len > 1 || content.data[0] == 0);
	return true;
}

/* Pushes the content of what is constructed; recursion would let a stranger choose our depth. */
static bool enter(struct pki_tlv element, struct pki_tlv stack[PKI_TLV_DEPTH_MAX], size_t *depth)
{
	unsigned int number = element.tag & TAG_NUMBER;
	bool is_universal = (element.tag & TAG_CLASS) == 0;
	bool is_constructed = (element.tag & TAG_CONSTRUCTED) != 0;
	bool is_list = number == (DER_SEQUENCE & TAG_NUMBER) || number == (DER_SET & TAG_NUMBER);
	if (is_universal && is_constructed != is_list)
		return false;
	if (!is_constructed)
		return !is_universal || primitive_is_strict(element);
	if (*depth == PKI_TLV_DEPTH_MAX)
		return false;
	stack[*depth] = element;
	stack[*depth].whole = (struct bytes){ NULL, 0 }; /* from now on: the member before */
	(*depth)++;
	return true;
}

bool pki_tlv_is_strict(struct bytes octets)
{
	struct pki_tlv stack[PKI_TLV_DEPTH_MAX] = { { .content = octets } };
	size_t depth = 1;
	while (depth > 0) {
		struct pki_tlv *top = &stack[depth - 1];
		struct pki_tlv element;
		if (top->content.len == 0) {
			depth--;
			continue;
		}
		if (!pki_tlv_next(&top->content, &element))
			return false;
		if (top->tag == DER_SET && top->whole.len > 0 &&
			set_compare(top->whole, element.whole) > 0)
			return false;
		top->whole = element.whole;
		if (!enter(element, stack, &depth))
			return false;
	}
	return true;
}

bool pki_tlv_first_len(struct bytes octets, size_t *ret_len)
{
	struct pki_tlv element;
	if (!pki_tlv_next(&octets, &element) || element.tag != DER_SEQUENCE)
		return false;
	*ret_len = element.whole.len;
	return true;
}

bool pki_tlv_key_bits(struct bytes spki, struct bytes *ret_bits)
{
	struct bytes content, algorithm;
	return pki_tlv_take(&spki, DER_SEQUENCE, &content) && spki.len == 0 &&
		pki_tlv_take(&content, DER_SEQUENCE, &algorithm) &&
		pki_tlv_take_bits(&content, ret_bits) && content.len == 0;
}
