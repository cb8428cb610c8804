/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes DER (X.690): tag, length, content, in reading order, into a buffer. Inside the room only.
 * The first fault sticks and later calls do nothing, so that a structure is written as it reads and
 * judged once, by pki_der_end(). Never reads DER (tlv.h does), never touches anything but memory.
 */
#pragma once

#include "base/bytes.h"

#define PKI_DER_DEPTH_MAX 16  /* structures open at a time */
#define PKI_DER_HEADER_MAX 10 /* octets of a tag and its length */

enum pki_der_tag {
	DER_BOOLEAN = 0x01,
	DER_INTEGER = 0x02,
	DER_BIT_STRING = 0x03,
	DER_OCTET_STRING = 0x04,
	DER_NULL = 0x05,
	DER_OID = 0x06,
	DER_ENUMERATED = 0x0a,
	DER_UTF8_STRING = 0x0c,
	DER_PRINTABLE_STRING = 0x13,
	DER_IA5_STRING = 0x16,
	DER_UTC_TIME = 0x17,
	DER_GENERALIZED_TIME = 0x18,
	DER_SEQUENCE = 0x30,
	DER_SET = 0x31,
};

/* Context-specific tags: of a primitive (IMPLICIT), and of what holds other elements. */
#define DER_CONTEXT(number_) ((uint8_t)(0x80 | (number_)))
#define DER_CONTEXT_HOLDER(number_) ((uint8_t)(0xa0 | (number_)))

struct pki_der {
	struct buffer *out; /* borrowed */
	size_t first;       /* its length at the beginning */
	int fault;
	size_t depth;
	size_t content[PKI_DER_DEPTH_MAX]; /* where the content of each open structure begins */
};

/* Appends to `out` (borrowed) from now on. */
struct pki_der pki_der_begin(struct buffer *out);
/* The fault that stuck, or 0; all must be closed. After a fault `out` is as it was at the beginning. */
int pki_der_end(struct pki_der *der) MUST_CHECK;

/* Opens and closes a structure; the length is settled when it closes. */
void pki_der_open(struct pki_der *der, uint8_t tag);
void pki_der_close(struct pki_der *der);

/* Octets that are DER already. */
void pki_der_raw(struct pki_der *der, struct bytes octets);
/* A tag and a length of 64 bits, for content that goes elsewhere. */
void pki_der_header(struct pki_der *der, uint8_t tag, uint64_t len);
/* One element with that content as it is. */
void pki_der_element(struct pki_der *der, uint8_t tag, struct bytes content);
void pki_der_text(struct pki_der *der, uint8_t tag, const char *text);
/* INTEGER from big-endian octets of a number that is not negative, in its shortest form. */
void pki_der_unsigned(struct pki_der *der, struct bytes octets);
void pki_der_number(struct pki_der *der, uint64_t number);
/* OBJECT IDENTIFIER from dotted text; FAULT_SETTINGS when it is none. */
void pki_der_oid(struct pki_der *der, const char *dotted);
/* BIT STRING, the last `unused` (0 to 7) bits of its last octet unused. */
void pki_der_bits(struct pki_der *der, struct bytes octets, unsigned int unused);
/*
 * Time of RFC 5280 4.1.2.5, to the second: UTCTime from 1950 to 2049, else GeneralizedTime.
 * FAULT_LIMIT outside the years 1950 to 9999.
 */
void pki_der_time(struct pki_der *der, int64_t instant_at);
/* Octets of a tag and a length. */
size_t pki_der_header_len(uint64_t len);
