/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Textual encodings of RFC 7468: exactly one block. Inside the room only. Touches memory only; never
 * sees a secret (private keys are encrypted inside).
 */
#pragma once

#include "base/bytes.h"

#define PKI_PEM_BAD 1 /* not one block of such a label, or not strict Base64 */

/*
 * Decodes one block whose label is one of `labels` (up to a NULL) and around which only white space
 * stands; no headers. Appends to `ret_der`, whose maximum is FAULT_LIMIT.
 */
int pki_pem_decode(struct bytes text, const char *const labels[], struct buffer *ret_der)
	MUST_CHECK;
/* Appends a block in lines of 64 characters. */
int pki_pem_encode(const char *label, struct bytes der, struct buffer *ret_text) MUST_CHECK;
