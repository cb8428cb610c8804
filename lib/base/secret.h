/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Secrets: locked in memory, kept out of core files, wiped by their destructor. Only the signer,
 * the terminal and the ceremony command hold any.
 *
 * Locking and keeping out of core files are best effort: where RLIMIT_MEMLOCK forbids the lock
 * the secret works all the same, but may reach swap. The units set LimitMEMLOCK and forbid
 * swap, and secret_harden_process() forbids core files altogether.
 */
#pragma once

#include "base/bytes.h"

#define SECRET_MAX 65536 /* octets */

struct secret {
	uint8_t *data;
	size_t len;
	size_t mapped_len;
};

#define SECRET_CLEANUP __attribute__((cleanup(secret_done)))

/* Room for `len` octets (1 to SECRET_MAX, else FAULT_LIMIT), zeroed. */
int secret_init(struct secret *secret, size_t len) MUST_CHECK;
/* Wipes and forgets; an all zero secret needs none of it. */
void secret_done(struct secret *secret);
/*
 * Reads a whole regular file of 1 to SECRET_MAX octets; a single trailing newline is cut when
 * `is_text`. FAULT_SETTINGS when it is absent, empty, too long, or its mode lets others at it.
 */
int secret_load(struct secret *secret, const char *path, bool is_text) MUST_CHECK;
/* No core files and no ptrace for this process from now on. */
int secret_harden_process(void) MUST_CHECK;
