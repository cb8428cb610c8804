/* SPDX-License-Identifier: Apache-2.0 */
#include "pki/der.h"

#include <assert.h>
#include <string.h>

#include "base/calendar.h"
#include "base/fault.h"

#define SHORT_MAX 0x7f /* longest length that is its own octet (X.690 8.1.3.4) */
#define LONG_FORM 0x80 /* bit that says so of any other */
#define OID_OCTETS_MAX 64
#define OID_ARC_MAX UINT32_MAX

struct pki_der pki_der_begin(struct buffer *out)
{
	return (struct pki_der){ .out = out, .first = out->len };
}

int pki_der_end(struct pki_der *der)
{
	if (der->fault < 0) {
		der->out->len = der->first;
		return fault_trace(der->fault);
	}
	assert(der->depth == 0);
	return 0;
}

void pki_der_raw(struct pki_der *der, struct bytes octets)
{
	if (der->fault < 0)
		return;
	int r = buffer_append(der->out, octets);
	if (r < 0)
		der->fault = fault_trace(r);
}

/* Octets that follow the first octet of a length. */
static size_t length_tail(uint64_t len)
{
	if (len <= SHORT_MAX)
		return 0;
	size_t tail = 1;
	while (tail < sizeof(len) && len >> (8 * tail) != 0)
		tail++;
	return tail;
}

/* Writes the octets of a length and says how many they are. */
static size_t length_encode(uint64_t len, uint8_t out[PKI_DER_HEADER_MAX - 1])
{
	size_t tail = length_tail(len);
	out[0] = tail == 0 ? (uint8_t)len : (uint8_t)(LONG_FORM | tail);
	for (size_t i = 0; i < tail; i++)
		out[1 + i] = (uint8_t)(len >> (8 * (tail - 1 - i)));
	return 1 + tail;
}

size_t pki_der_header_len(uint64_t len)
{
	return 2 + length_tail(len);
}

void pki_der_header(struct pki_der *der, uint8_t tag, uint64_t len)
{
	uint8_t header[PKI_DER_HEADER_MAX] = { tag };
	size_t header_len = 1 + length_encode(len, header + 1);
	pki_der_raw(der, (struct bytes){ header, header_len });
}

void pki_der_open(struct pki_der *der, uint8_t tag)
{
	assert(der->depth < PKI_DER_DEPTH_MAX);
	/* Room for a short length; pki_der_close() moves the content when it needs a long one. */
	pki_der_raw(der, (struct bytes){ (uint8_t[]){ tag, 0 }, 2 });
	der->content[der->depth++] = der->out->len;
}

void pki_der_close(struct pki_der *der)
{
	assert(der->depth > 0);
	size_t start = der->content[--der->depth];
	if (der->fault < 0)
		return;

	size_t len = der->out->len - start;
	size_t tail = length_tail(len);
	uint8_t *unused;
	int r = buffer_extend(der->out, tail, &unused);
	if (r < 0) {
		der->fault = fault_trace(r);
		return;
	}
	uint8_t *content = der->out->data + start;
	memmove(content + tail, content, len);
	uint8_t length[PKI_DER_HEADER_MAX - 1];
	memcpy(content - 1, length, length_encode(len, length));
}

void pki_der_element(struct pki_der *der, uint8_t tag, struct bytes content)
{
	pki_der_header(der, tag, content.len);
	pki_der_raw(der, content);
}

void pki_der_text(struct pki_der *der, uint8_t tag, const char *text)
{
	pki_der_element(der, tag, bytes_of_text(text));
}

void pki_der_unsigned(struct pki_der *der, struct bytes octets)
{
	while (octets.len > 0 && octets.data[0] == 0) {
		octets.data++;
		octets.len--;
	}
	/* A set top bit would make it negative, and zero has one octet (X.690 8.3). */
	bool padded = octets.len == 0 || (octets.data[0] & 0x80) != 0;
	pki_der_header(der, DER_INTEGER, octets.len + (padded ? 1 : 0));
	if (padded)
		pki_der_raw(der, (struct bytes){ (uint8_t[]){ 0 }, 1 });
	pki_der_raw(der, octets);
}

void pki_der_number(struct pki_der *der, uint64_t number)
{
	uint8_t octets[sizeof(number)];
	for (size_t i = 0; i < sizeof(number); i++)
		octets[i] = (uint8_t)(number >> (8 * (sizeof(number) - 1 - i)));
	pki_der_unsigned(der, BYTES(octets));
}

/* Takes one arc and the dot behind it, if any. */
static bool take_arc(const char **dotted, uint64_t *ret_arc)
{
	const char *p = *dotted;
	if (*p < '0' || *p > '9' || (p[0] == '0' && p[1] >= '0' && p[1] <= '9'))
		return false;
	uint64_t arc = 0;
	for (; *p >= '0' && *p <= '9'; p++) {
		arc = arc * 10 + (uint64_t)(*p - '0');
		if (arc > OID_ARC_MAX)
			return false;
	}
	if (*p == '.') {
		p++;
		if (*p == '\0')
			return false;
	}
	*dotted = p;
	*ret_arc = arc;
	return true;
}

/* Appends an arc in base 128, all octets but the last marked (X.690 8.19.2). */
static bool put_arc(uint64_t arc, uint8_t out[OID_OCTETS_MAX], size_t *len)
{
	size_t count = 1;
	while (arc >> (7 * count) != 0)
		count++;
	if (*len + count > OID_OCTETS_MAX)
		return false;
	for (size_t i = count; i-- > 0;)
		out[(*len)++] = (uint8_t)(((arc >> (7 * i)) & 0x7f) | (i > 0 ? 0x80 : 0));
	return true;
}

static bool oid_encode(const char *dotted, uint8_t out[OID_OCTETS_MAX], size_t *ret_len)
{
	uint64_t first, second, arc;
	size_t len = 0;
	if (!take_arc(&dotted, &first) || !take_arc(&dotted, &second) || first > 2 ||
		(first < 2 && second > 39) || !put_arc(first * 40 + second, out, &len))
		return false;
	while (*dotted != '\0')
		if (!take_arc(&dotted, &arc) || !put_arc(arc, out, &len))
			return false;
	*ret_len = len;
	return true;
}

void pki_der_oid(struct pki_der *der, const char *dotted)
{
	uint8_t octets[OID_OCTETS_MAX];
	size_t len;
	if (der->fault < 0)
		return;
	if (!oid_encode(dotted, octets, &len)) {
		der->fault = fault_new(FAULT_SETTINGS, "%.40s: no object identifier", dotted);
		return;
	}
	pki_der_element(der, DER_OID, (struct bytes){ octets, len });
}

void pki_der_bits(struct pki_der *der, struct bytes octets, unsigned int unused)
{
	assert(unused <= 7 && (octets.len > 0 || unused == 0));
	pki_der_header(der, DER_BIT_STRING, octets.len + 1);
	pki_der_raw(der, (struct bytes){ (uint8_t[]){ (uint8_t)unused }, 1 });
	pki_der_raw(der, octets);
}

static uint8_t *put_two_digits(uint8_t *out, int number)
{
	*out++ = (uint8_t)('0' + number / 10);
	*out++ = (uint8_t)('0' + number % 10);
	return out;
}

void pki_der_time(struct pki_der *der, int64_t instant_at)
{
	struct civil_time civil = utc_of_instant(instant_at);
	if (der->fault < 0)
		return;
	if (civil.date.year < 1950 || civil.date.year > 9999) {
		der->fault = fault_new(
			FAULT_LIMIT, "the year %d has no place in a certificate", civil.date.year);
		return;
	}
	bool is_short = civil.date.year < 2050;
	uint8_t text[sizeof("YYYYMMDDhhmmssZ")];
	uint8_t *p = text;
	if (!is_short)
		p = put_two_digits(p, civil.date.year / 100);
	p = put_two_digits(p, civil.date.year % 100);
	p = put_two_digits(p, civil.date.month);
	p = put_two_digits(p, civil.date.day);
	p = put_two_digits(p, civil.hour);
	p = put_two_digits(p, civil.minute);
	p = put_two_digits(p, civil.second);
	*p++ = 'Z';
	pki_der_element(der, is_short ? DER_UTC_TIME : DER_GENERALIZED_TIME,
		(struct bytes){ text, (size_t)(p - text) });
}
