/* SPDX-License-Identifier: Apache-2.0 */
#include "terminal/card.h"

#include <errno.h>
#include <limits.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/file.h"
#include "model/application.h"

#define FILE_MODE 0644

CLEANUP_DEFINE(bio_done, BIO, BIO_free_all)
CLEANUP_DEFINE(x509_done, X509, X509_free)

int terminal_card_check(const char *folder)
{
	struct stat status;
	if (stat(folder, &status) != 0 || access(folder, W_OK | X_OK) != 0)
		return fault_new(FAULT_SETTINGS, "%s: %s", folder, strerrordesc_np(errno));
	if (!S_ISDIR(status.st_mode))
		return fault_new(FAULT_SETTINGS, "%s: no folder", folder);
	return 0;
}

static X509 *parse(const char *pem)
{
	CLEANUP(bio_done) BIO *bio = BIO_new_mem_buf(pem, -1);
	return bio != NULL ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
}

static bool serial_is(const X509 *certificate, const char *hex)
{
	uint8_t serial[SERIAL_LEN], found[SERIAL_LEN] = { 0 };
	const ASN1_INTEGER *number = X509_get0_serialNumber(certificate);
	size_t len = (size_t)ASN1_STRING_length(number);
	if (serial_from_hex(hex, serial) != 0 || len > SERIAL_LEN)
		return false;
	/* OpenSSL keeps no leading zeros. */
	memcpy(found + SERIAL_LEN - len, ASN1_STRING_get0_data(number), len);
	return memcmp(found, serial, SERIAL_LEN) == 0;
}

static bool is_ours(X509 *certificate, X509 *ca, const struct terminal_card *card)
{
	return serial_is(certificate, card->serial) &&
		X509_NAME_cmp(X509_get_issuer_name(certificate), X509_get_subject_name(ca)) == 0 &&
		X509_verify(certificate, X509_get0_pubkey(ca)) == 1 &&
		(card->key == NULL || EVP_PKEY_eq(X509_get0_pubkey(certificate), card->key) == 1);
}

static int write_text(const char *folder, const char *name, const char *text)
{
	char path[PATH_MAX];
	int len = snprintf(path, sizeof(path), "%s/%s", folder, name);
	if (len < 0 || (size_t)len >= sizeof(path))
		return fault_new(FAULT_SETTINGS, "%s: too long a path", folder);
	int r = file_replace(path, bytes_of_text(text), FILE_MODE);
	return r < 0 ? fault_trace(r) : 0;
}

int terminal_card_write(const char *folder, const struct terminal_card *card)
{
	CLEANUP(x509_done) X509 *certificate = parse(card->certificate);
	CLEANUP(x509_done) X509 *ca = parse(card->ca);
	bool ours = certificate != NULL && ca != NULL && is_ours(certificate, ca, card);
	ERR_clear_error();
	if (!ours)
		return TERMINAL_CARD_FOREIGN;
	int r = write_text(folder, TERMINAL_CARD_CERTIFICATE, card->certificate);
	if (r == 0)
		r = write_text(folder, TERMINAL_CARD_CA, card->ca);
	return r < 0 ? fault_trace(r) : 0;
}
