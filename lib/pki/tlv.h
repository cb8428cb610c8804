/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads strict DER (X.690): what has two encodings is refused in all but the one. Inside the room
 * only. Works on borrowed octets, allocates nothing, never goes past their end.
 */
#pragma once

#include "base/bytes.h"
#include "pki/der.h"

#define PKI_TLV_DEPTH_MAX 16 /* nesting that pki_tlv_is_strict() follows */

/* One element; both borrow from where it was read. */
struct pki_tlv {
	uint8_t tag;
	struct bytes whole; /* tag, length and content */
	struct bytes content;
};

/*
 * Takes the next element off `rest`: single-octet tag, definite length in its shortest form. False
 * when there is none; then `rest` and the result are untouched.
 */
bool pki_tlv_next(struct bytes *rest, struct pki_tlv *ret_element);
/* The same, and its tag must be `tag`; gives the content. */
bool pki_tlv_take(struct bytes *rest, uint8_t tag, struct bytes *ret_content);
/* The same for a whole element whose octets must be `expected`. */
bool pki_tlv_take_octets(struct bytes *rest, struct bytes expected);
/* An INTEGER that is not negative, in its shortest form, without the zero before a top bit. */
bool pki_tlv_take_unsigned(struct bytes *rest, struct bytes *ret_octets);
/* A BIT STRING without unused bits. */
bool pki_tlv_take_bits(struct bytes *rest, struct bytes *ret_octets);
/* A Time as RFC 5280 4.1.2.5 has it. */
bool pki_tlv_take_time(struct bytes *rest, int64_t *ret_at);

/*
 * Whether `octets` is elements only, to the last octet and the innermost one: SEQUENCE and SET are
 * constructed and no other universal type is, integers and booleans are in their one form, the
 * members of a SET ascend (10.3, 11.6).
 */
bool pki_tlv_is_strict(struct bytes octets);
/* Whether `octets` begins with one element of tag SEQUENCE, and how long that is. */
bool pki_tlv_first_len(struct bytes octets, size_t *ret_len);

/* The key bits of a SubjectPublicKeyInfo, for identifiers (RFC 5280 4.2.1.2). */
bool pki_tlv_key_bits(struct bytes spki, struct bytes *ret_bits);
