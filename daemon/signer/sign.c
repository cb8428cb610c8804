/* SPDX-License-Identifier: Apache-2.0 */
#include "signer/sign.h"

#include "base/fault.h"

CLEANUP_DEFINE(context_done, EVP_PKEY_CTX, EVP_PKEY_CTX_free)

/* A context for signing or verifying SHA-256 digests, with the key's usual padding (PKCS#1 v1.5). */
static EVP_PKEY_CTX *digest_context(EVP_PKEY *key, int (*init)(EVP_PKEY_CTX *context))
{
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(key, NULL);
	if (context != NULL && init(context) == 1 &&
		EVP_PKEY_CTX_set_signature_md(context, EVP_sha256()) == 1)
		return context;
	EVP_PKEY_CTX_free(context);
	return NULL;
}

/* A CRL is hashed as its entries stream by, so only its digest is at hand (signer/crl.c). */
static int sign_crl(EVP_PKEY *key, struct signer_job *job)
{
	CLEANUP(context_done) EVP_PKEY_CTX *signing = digest_context(key, EVP_PKEY_sign_init);
	CLEANUP(context_done) EVP_PKEY_CTX *verifying = digest_context(key, EVP_PKEY_verify_init);
	if (signing == NULL || verifying == NULL)
		return fault_new(FAULT_CRYPTO, "the CA key cannot sign");
	size_t len = sizeof(job->signature);
	if (EVP_PKEY_sign(signing, job->signature, &len, job->digest.octets, DIGEST_LEN) != 1)
		return fault_new(FAULT_CRYPTO, "signing a CRL failed");
	/* A signature with an error in it would give an RSA key away. */
	if (EVP_PKEY_verify(verifying, job->signature, len, job->digest.octets, DIGEST_LEN) != 1)
		return fault_new(FAULT_CRYPTO, "the CA key made a wrong signature");
	job->signature_len = len;
	return 0;
}

static int sign_certificate(EVP_PKEY *key, struct signer_job *job)
{
	size_t len;
	int r = pki_sign(key, (struct bytes){ job->tbs, job->tbs_len }, job->signature, &len);
	if (r < 0)
		return fault_trace(r);
	job->signature_len = len;
	return 0;
}

int signer_sign_job(EVP_PKEY *key, struct signer_job *job)
{
	int r = job->kind == SIGNER_JOB_CRL ? sign_crl(key, job) : sign_certificate(key, job);
	return r < 0 ? fault_trace(r) : 0;
}
