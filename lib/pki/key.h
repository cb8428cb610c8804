/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keys: the CA's private key, and the limits on applicants' public keys. The private key lives in
 * the signer (and in the ceremony command) only. Reads one file where it says so, else touches memory
 * only; never prints or copies a passphrase.
 */
#pragma once

#include <openssl/evp.h>

#include "base/digest.h"
#include "base/secret.h"
#include "model/application.h"
#include "model/refusal.h"

#define PKI_REFUSED 1          /* outcome: `ret_refusal` says why */
#define PKI_SIGNATURE_MAX 1024 /* octets: RSA-4096 needs 512 */
#define PKI_KEY_BITS_MIN 2048  /* of an RSA modulus, applicants' and CA's */
#define PKI_KEY_BITS_MAX 4096
#define PKI_KEY_FILE_MAX 16384        /* octets of a private key's file */
#define PKI_KEY_ITERATIONS_MIN 100000 /* of PBKDF2 in a private key's file */

/* An applicant's public key in its one strict encoding. */
struct pki_public_key {
	uint8_t spki[SPKI_MAX];
	size_t spki_len;
	struct digest digest; /* SHA-256 of spki */
};

/*
 * Profile "the CSR and the key": RSA of 2048 to 4096 bits, e = 65537, modulus odd and without factor
 * below 2^16; SPKI in its canonical encoding, nothing behind it. PKI_REFUSED with KEY_ENCODING,
 * KEY_TYPE, KEY_SIZE, KEY_EXPONENT or KEY_EVEN_OR_SMALL_FACTOR, the first of them in this order.
 * (ROCA, Fermat and block lists come later.)
 */
int pki_public_key_check(
	struct bytes spki, struct pki_public_key *ret_key, enum refusal *ret_refusal) MUST_CHECK;

/*
 * One PEM block "ENCRYPTED PRIVATE KEY" (PKCS#8) and nothing else. FAULT_SETTINGS when it is absent,
 * cannot be unlocked, is protected by less than PBES2 with AES-256-CBC and scrypt or PBKDF2 with
 * HMAC-SHA-256 and PKI_KEY_ITERATIONS_MIN rounds, or is no CA key: RSA of 2048 to 4096 bits with
 * e = 65537, or EC P-256 or P-384. The passphrase is borrowed. Gives the key (EVP_PKEY_free()).
 */
int pki_private_key_load(const char *path, const struct secret *passphrase, EVP_PKEY **ret_key)
	MUST_CHECK;
/* Makes an RSA key of `bits` (2048 to 4096, else FAULT_SETTINGS), e = 65537. Gives it. */
int pki_private_key_make(int bits, EVP_PKEY **ret_key) MUST_CHECK;
/* Appends the PEM that pki_private_key_load() takes; the passphrase is borrowed. */
int pki_private_key_encode(EVP_PKEY *key, const struct secret *passphrase, struct buffer *ret_pem)
	MUST_CHECK;

/* SHA-256 of a key's SubjectPublicKeyInfo. */
int pki_key_digest(const EVP_PKEY *key, struct digest *ret_digest) MUST_CHECK;
/* Whether a key may be a CA's: types and sizes as for pki_private_key_load(). */
bool pki_key_is_for_ca(const EVP_PKEY *key);
/*
 * AlgorithmIdentifier of what pki_sign() makes with this key: sha256WithRSAEncryption, or
 * ecdsa-with-SHA256 for an EC key. Borrows for ever. The key must be pki_key_is_for_ca().
 */
struct bytes pki_key_signature_algorithm(const EVP_PKEY *key);

/*
 * Signs `octets` by pki_key_signature_algorithm() and verifies the result before giving it:
 * FAULT_CRYPTO when the processor or a fault attack spoilt it. Any number of threads may use one key.
 */
int pki_sign(EVP_PKEY *key, struct bytes octets, uint8_t signature[PKI_SIGNATURE_MAX],
	size_t *ret_len) MUST_CHECK;
/* Verifies by the same algorithm. */
#define PKI_SIGNATURE_WRONG 1
int pki_verify(EVP_PKEY *key, struct bytes octets, struct bytes signature) MUST_CHECK;
