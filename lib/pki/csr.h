/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PKCS#10 requests (RFC 2986): strict DER, version 1, one signature by the key itself, nothing
 * requested. Only the key is taken from it. Touches memory only, allocates no more than a stranger's
 * key of PKI_KEY_BITS_MAX needs.
 */
#pragma once

#include "pki/key.h"

#define PKI_CSR_MAX 8192       /* octets of DER */
#define PKI_CSR_TEXT_MAX 12288 /* octets of PEM */

/*
 * PEM text to DER, appended to `ret_der` (which has room for PKI_CSR_MAX): one block "CERTIFICATE
 * REQUEST" or "NEW CERTIFICATE REQUEST" (RFC 7468 7), nothing else but white space. PKI_REFUSED
 * with CSR_MALFORMED, also beyond the maxima.
 */
int pki_csr_from_text(
	const char *text, size_t len, struct buffer *ret_der, enum refusal *ret_refusal) MUST_CHECK;
/*
 * The whole check of one DER request. PKI_REFUSED with the first that holds, what is cheap before
 * what costs: CSR_TRAILING (octets behind it), CSR_MALFORMED (no strict DER of a request),
 * CSR_VERSION, CSR_ATTRIBUTES (any), those of pki_public_key_check(), CSR_SIGNATURE_ALGORITHM (not
 * RSA PKCS#1 v1.5 with SHA-256, SHA-384 or SHA-512), CSR_SIGNATURE_WRONG.
 */
int pki_csr_check(struct bytes der, struct pki_public_key *ret_key, enum refusal *ret_refusal)
	MUST_CHECK;
