/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The key pair is made and its CSR submitted (K3).
 */
#pragma once

#include <openssl/evp.h>

#include "base/secret.h"
#include "terminal/counter.h"

/* Where the key is, and what becomes of it. */
struct terminal_key_place {
	const char *key_file;
	const struct secret *password;
	bool may_be_there; /* an earlier try of the same application may have made it */
};

/* Makes the key, or loads the one of an earlier try. CLIENT_REFUSED (K4). EVP_PKEY_free() it. */
int terminal_csr_key(const struct client_call *call, const struct terminal_key_place *place,
	EVP_PKEY **ret_key) MUST_CHECK;
/* The password of rule K1 from a file; CLIENT_REFUSED. secret_done() it. */
int terminal_csr_password(
	const struct client_call *call, const char *path, struct secret *ret_password) MUST_CHECK;
/* Submits; a repeat with the same key gives the same certificate. CLIENT_REFUSED. */
int terminal_csr_submit(struct terminal_counter *counter, const char *id, const char *made_by,
	EVP_PKEY *key, struct client_answer *ret_certificate) MUST_CHECK;
/* Writes the answer to the folder that stands for the card (K5, K6). CLIENT_REFUSED. */
int terminal_csr_write(const struct client_call *call, const char *folder,
	const struct client_answer *certificate, EVP_PKEY *key) MUST_CHECK;
