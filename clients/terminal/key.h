/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The applicant's key pair in a file, where a real counter has a key-pair device and a card (K3):
 * RSA-2048, encrypted under the applicant's password, and its CSR. The private key is never sent.
 */
#pragma once

#include <openssl/evp.h>

#include "base/secret.h"

#define TERMINAL_KEY_BITS 2048

CLEANUP_DEFINE(terminal_key_done, EVP_PKEY, EVP_PKEY_free)

#define TERMINAL_KEY_THERE 1
/*
 * Makes a key and writes it to `path` (0600, encrypted PKCS#8). TERMINAL_KEY_THERE: the file is
 * there already and stays as it is. EVP_PKEY_free() the key.
 */
int terminal_key_make(const char *path, const struct secret *password, EVP_PKEY **ret_key)
	MUST_CHECK;
/* A key that terminal_key_make() wrote. FAULT_SETTINGS when the password is another. */
int terminal_key_load(const char *path, const struct secret *password, EVP_PKEY **ret_key)
	MUST_CHECK;
/*
 * PEM of a CSR (RFC 2986) that holds the key and nothing else: no name, no attribute. The same
 * key gives the same octets, so a repeat is a repeat. Terminated.
 */
int terminal_key_request(EVP_PKEY *key, struct buffer *ret_pem) MUST_CHECK;
