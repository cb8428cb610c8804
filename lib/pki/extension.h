/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Extensions that certificates of users, CAs and CRLs share (RFC 5280 4.2, 5.2). Inside the room
 * only. Writes DER, touches memory only.
 */
#pragma once

#include "pki/ca.h"
#include "pki/der.h"

#define PKI_OID_SUBJECT_KEY_ID "2.5.29.14"
#define PKI_OID_KEY_USAGE "2.5.29.15"
#define PKI_OID_SUBJECT_ALT_NAME "2.5.29.17"
#define PKI_OID_ISSUER_ALT_NAME "2.5.29.18"
#define PKI_OID_BASIC_CONSTRAINTS "2.5.29.19"
#define PKI_OID_CRL_NUMBER "2.5.29.20"
#define PKI_OID_CRL_REASON "2.5.29.21"
#define PKI_OID_CRL_POINTS "2.5.29.31"
#define PKI_OID_POLICIES "2.5.29.32"
#define PKI_OID_AUTHORITY_KEY_ID "2.5.29.35"
#define PKI_OID_AUTHORITY_INFO "1.3.6.1.5.5.7.1.1"

/* GeneralName (4.2.1.6); a directoryName is EXPLICIT because Name is a CHOICE. */
#define PKI_GENERAL_NAME_OTHER DER_CONTEXT_HOLDER(0)
#define PKI_GENERAL_NAME_DIRECTORY DER_CONTEXT_HOLDER(4)
#define PKI_GENERAL_NAME_URI DER_CONTEXT(6)

/* The first octet of a KeyUsage, bit 0 on top (4.2.1.3). */
#define PKI_KEY_USAGE_DIGITAL_SIGNATURE 0x80u
#define PKI_KEY_USAGE_NON_REPUDIATION 0x40u
#define PKI_KEY_USAGE_CERT_SIGN 0x04u
#define PKI_KEY_USAGE_CRL_SIGN 0x02u

/* Opens an Extension up to its value, which the caller writes; then _close(). */
void pki_extension_open(struct pki_der *der, const char *oid, bool is_critical);
void pki_extension_close(struct pki_der *der);

void pki_extension_key_usage(struct pki_der *der, unsigned int usage); /* critical */
void pki_extension_subject_key_id(struct pki_der *der, struct bytes key_id);
void pki_extension_authority_key_id(struct pki_der *der, struct bytes key_id);
/* subjectAltName or issuerAltName holding one directoryName: pki_name_japanese(). */
void pki_extension_alt_name(
	struct pki_der *der, const char *oid, const char *organisation, const char *units);
/* Opens and closes cRLDistributionPoints with one point, whose names the caller writes. */
void pki_extension_crl_point_open(struct pki_der *der);
void pki_extension_crl_point_close(struct pki_der *der);
/* A GeneralName of kind uniformResourceIdentifier: `prefix` and `rest`. */
void pki_extension_uri(struct pki_der *der, const char *prefix, const char *rest);

/* SHA-1 of the key bits of a SubjectPublicKeyInfo (4.2.1.2 method 1); FAULT_LIMIT if it is none. */
int pki_extension_key_id(struct bytes spki, uint8_t ret_key_id[PKI_KEY_ID_LEN]) MUST_CHECK;
