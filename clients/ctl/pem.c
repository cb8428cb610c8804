/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/pem.h"

#include <openssl/err.h>
#include <openssl/pem.h>

#include "base/fault.h"
#include "base/file.h"

CLEANUP_DEFINE(bio_done, BIO, BIO_free_all)
CLEANUP_DEFINE(x509_done, X509, X509_free)

/* A block that is all there is of it: nothing but the certificate goes over the line. */
static int encode(X509 *certificate, struct buffer *ret_text, struct buffer *ret_der)
{
	CLEANUP(bio_done) BIO *bio = BIO_new(BIO_s_mem());
	char *text = NULL;
	unsigned char *der = NULL;
	int len = i2d_X509(certificate, &der);
	if (len <= 0)
		return fault_new(FAULT_CRYPTO, "a certificate does not encode");
	int r = buffer_append(ret_der, (struct bytes){ der, (size_t)len });
	OPENSSL_free(der);
	if (r < 0)
		return fault_trace(r);
	if (bio == NULL || PEM_write_bio_X509(bio, certificate) != 1)
		return fault_new(FAULT_CRYPTO, "a certificate does not encode");
	long text_len = BIO_get_mem_data(bio, &text);
	r = buffer_append(ret_text, (struct bytes){ (const uint8_t *)text, (size_t)text_len });
	if (r == 0)
		r = buffer_append(ret_text, BYTES("\0"));
	return r < 0 ? fault_trace(r) : 0;
}

int ctl_pem_load(const char *path, struct buffer *ret_text, struct buffer *ret_der)
{
	BUFFER_CLEANUP struct buffer content = BUFFER(0);
	int r = file_read(path, CTL_PEM_MAX, &content);
	if (r == FILE_ABSENT)
		return fault_new(FAULT_SETTINGS, "%s: no such file", path);
	if (r < 0)
		return fault_trace(r);
	CLEANUP(bio_done) BIO *bio = BIO_new_mem_buf(content.data, (int)content.len);
	CLEANUP(x509_done)
	X509 *certificate = bio != NULL ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
	ERR_clear_error();
	if (certificate == NULL)
		return fault_new(FAULT_SETTINGS, "%s: no PEM certificate", path);
	r = encode(certificate, ret_text, ret_der);
	return r < 0 ? fault_trace(r) : 0;
}

int ctl_pem_fingerprint(const char *path, struct digest *ret_fingerprint)
{
	BUFFER_CLEANUP struct buffer text = BUFFER(2 * CTL_PEM_MAX);
	BUFFER_CLEANUP struct buffer der = BUFFER(CTL_PEM_MAX);
	int r = ctl_pem_load(path, &text, &der);
	if (r == 0)
		r = digest_of(buffer_bytes(&der), ret_fingerprint);
	return r < 0 ? fault_trace(r) : 0;
}
