/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Certificate files as people hand them over. Reads one file.
 */
#pragma once

#include "base/bytes.h"
#include "base/digest.h"

#define CTL_PEM_MAX 16384 /* octets of a file */

/*
 * The first certificate of a PEM file: its text as in the file (terminated) and its DER; the
 * caller's buffers grow. FAULT_SETTINGS when it holds none.
 */
int ctl_pem_load(const char *path, struct buffer *ret_text, struct buffer *ret_der) MUST_CHECK;
/* SHA-256 of the DER: how the service knows a client. */
int ctl_pem_fingerprint(const char *path, struct digest *ret_fingerprint) MUST_CHECK;
