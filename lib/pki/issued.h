/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What must be looked at in a certificate that came from elsewhere: the signer's answer before it is
 * recorded, a client's before it is registered. Strict DER of the parts read; no signature is
 * verified here. Touches memory only.
 */
#pragma once

#include "base/digest.h"
#include "model/application.h"

#define PKI_PEER_TEXT_MAX 16384 /* octets of a client certificate's PEM */
#define PKI_PEER_MAX 12288      /* octets of its DER */

struct pki_issued {
	struct bytes tbs; /* TBSCertificate; borrows, as the next */
	uint8_t serial[SERIAL_LEN];
	struct bytes spki; /* SubjectPublicKeyInfo */
};

#define PKI_ISSUED_BAD 1 /* not one certificate with such parts, or something follows it */
int pki_issued_read(struct bytes der, struct pki_issued *ret_issued) MUST_CHECK;

/*
 * SHA-256 of the DER of one certificate in PEM, by which a TLS client is known. PKI_ISSUED_BAD
 * unless it is one block that OpenSSL reads as an X.509 certificate of version 3.
 */
int pki_issued_fingerprint(struct bytes pem, struct digest *ret_fingerprint) MUST_CHECK;
