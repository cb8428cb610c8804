/* SPDX-License-Identifier: Apache-2.0 */
/*
 * OpenSSL's handles that release themselves. Inside the room only. Touches nothing.
 */
#pragma once

#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "base/cleanup.h"

CLEANUP_DEFINE(pki_handle_key_done, EVP_PKEY, EVP_PKEY_free)
CLEANUP_DEFINE(pki_handle_key_context_done, EVP_PKEY_CTX, EVP_PKEY_CTX_free)
CLEANUP_DEFINE(pki_handle_digest_context_done, EVP_MD_CTX, EVP_MD_CTX_free)
CLEANUP_DEFINE(pki_handle_number_done, BIGNUM, BN_free)
CLEANUP_DEFINE(pki_handle_certificate_done, X509, X509_free)
CLEANUP_DEFINE(pki_handle_pkcs8_done, PKCS8_PRIV_KEY_INFO, PKCS8_PRIV_KEY_INFO_free)
CLEANUP_DEFINE(pki_handle_encrypted_done, X509_SIG, X509_SIG_free)
