/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The folder that stands for the card: the certificate and its CA's are checked and written into
 * it (K5, K6). Touches the folder only.
 */
#pragma once

#include <openssl/evp.h>

#include "base/bytes.h"

#define TERMINAL_CARD_CERTIFICATE "certificate.pem"
#define TERMINAL_CARD_CA "ca.pem"

/* FAULT_SETTINGS when `folder` is none or nothing can be written there: known before all else. */
int terminal_card_check(const char *folder) MUST_CHECK;

/* What came from the service. */
struct terminal_card {
	const char *certificate, *ca; /* PEM */
	const char *serial;           /* hexadecimal, as the service named it */
	EVP_PKEY *key;                /* what it must certify; NULL: not known here */
};
#define TERMINAL_CARD_FOREIGN 1
/*
 * Writes both files, whole, over older ones: a repeat writes the same. TERMINAL_CARD_FOREIGN:
 * not this key, not that serial, or not signed by that CA; nothing is written.
 */
int terminal_card_write(const char *folder, const struct terminal_card *card) MUST_CHECK;
