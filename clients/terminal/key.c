/* SPDX-License-Identifier: Apache-2.0 */
#include "terminal/key.h"

#include <openssl/pem.h>
#include <openssl/x509.h>

#include "base/fault.h"
#include "base/file.h"
#include "pki/key.h"

#define KEY_FILE_MAX 16384 /* octets of PEM */
#define KEY_MODE 0600

CLEANUP_DEFINE(bio_done, BIO, BIO_free_all)
CLEANUP_DEFINE(request_done, X509_REQ, X509_REQ_free)

int terminal_key_make(const char *path, const struct secret *password, EVP_PKEY **ret_key)
{
	CLEANUP(terminal_key_done) EVP_PKEY *key = NULL;
	BUFFER_CLEANUP struct buffer pem = BUFFER(KEY_FILE_MAX);
	int r = pki_private_key_make(TERMINAL_KEY_BITS, &key);
	if (r == 0)
		r = pki_private_key_encode(key, password, &pem);
	if (r == 0)
		r = file_create(path, buffer_bytes(&pem), KEY_MODE);
	if (r < 0)
		return fault_trace(r);
	if (r == FILE_EXISTS)
		return TERMINAL_KEY_THERE;
	*ret_key = STEAL(key);
	return 0;
}

int terminal_key_load(const char *path, const struct secret *password, EVP_PKEY **ret_key)
{
	int r = pki_private_key_load(path, password, ret_key);
	return r < 0 ? fault_trace(r) : 0;
}

int terminal_key_request(EVP_PKEY *key, struct buffer *ret_pem)
{
	CLEANUP(request_done) X509_REQ *request = X509_REQ_new();
	CLEANUP(bio_done) BIO *bio = BIO_new(BIO_s_mem());
	if (request == NULL || bio == NULL || X509_REQ_set_version(request, 0) != 1 ||
		X509_REQ_set_pubkey(request, key) != 1 ||
		X509_REQ_sign(request, key, EVP_sha256()) <= 0 ||
		PEM_write_bio_X509_REQ(bio, request) != 1)
		return fault_new(FAULT_CRYPTO, "no CSR of this key");
	char *text = NULL;
	long len = BIO_get_mem_data(bio, &text);
	int r = buffer_append(ret_pem, (struct bytes){ (const uint8_t *)text, (size_t)len });
	if (r == 0)
		r = buffer_append(ret_pem, (struct bytes){ (const uint8_t *)"", 1 });
	return r < 0 ? fault_trace(r) : 0;
}
