/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An applicant's RSA key, for checking signatures by it. Inside the room only. Touches memory only.
 */
#pragma once

#include "pki/key.h"

/* The numbers of an RSA key; they borrow from its SPKI. */
struct pki_public_key_numbers {
	struct bytes modulus;
	struct bytes exponent;
};

/* Like pki_public_key_check(), and gives the numbers instead of a copy. */
int pki_public_key_judge(struct bytes spki, struct pki_public_key_numbers *ret_numbers,
	enum refusal *ret_refusal) MUST_CHECK;
/* Copies an SPKI that was judged good. */
int pki_public_key_copy(struct bytes spki, struct pki_public_key *ret_key) MUST_CHECK;
/* Gives OpenSSL's handle (EVP_PKEY_free()) of an RSA key. */
int pki_public_key_open(const struct pki_public_key_numbers *numbers, EVP_PKEY **ret_key)
	MUST_CHECK;
