/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/x509.h>

#include "base/file.h"
#include "pki/csr.h"
#include "pki/pem.h"

const char *fixture_path(const char *name)
{
	static char path[4096];
	int len = snprintf(path, sizeof(path), "%s/%s", GOLDEN_FOLDER, name);
	assert(len > 0 && (size_t)len < sizeof(path));
	return path;
}

struct secret fixture_secret(const char *text)
{
	struct secret secret;
	int r = secret_init(&secret, strlen(text));
	assert(r == 0);
	memcpy(secret.data, text, strlen(text));
	return secret;
}

struct pki_profile fixture_profile(void)
{
	struct pki_profile profile = { 0 };
	for (size_t i = 0; i < pki_profile_settings_count; i++) {
		const struct setting *row = &pki_profile_settings[i];
		const char *text = row->fallback != NULL ? row->fallback : FIXTURE_CRL_URI;
		int64_t number = row->type == SETTING_NUMBER ? strtoll(text, NULL, 10) : 0;
		if (row->type == SETTING_NUMBER)
			memcpy((char *)&profile + row->offset, &number, sizeof(number));
		else
			memcpy((char *)&profile + row->offset, &text, sizeof(text));
	}
	return profile;
}

static void key_fill(struct reservation *reservation)
{
	static const char *const labels[] = { "PUBLIC KEY", NULL };
	struct buffer text = BUFFER(0), spki = BUFFER(SPKI_MAX);
	int r = file_read(fixture_path("pki-applicant-public-key.pem"), 4096, &text);
	assert(r == 0);
	r = pki_pem_decode(buffer_bytes(&text), labels, &spki);
	assert(r == 0);
	memcpy(reservation->spki, spki.data, spki.len);
	reservation->spki_len = spki.len;
	buffer_done(&text);
	buffer_done(&spki);
}

void fixture_subject(const struct pki_ca *ca, struct pki_subject *subject)
{
	*subject = (struct pki_subject){
		.reservation = {
			.id = 1,
			.municipality = "12232",
			.romaji = "Shiroi-shi",
			.serial = { 0x00, 0x9f, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14 },
			.cn = "2015090110203012232007K",
			.ca_key_id = ca->key_digest,
		},
		.resident = {
			.municipality = "12232",
			.name = "白井　花子",
			.name_flags = "00000",
			.address = "千葉県白井市復１１２３",
			.address_flags = "00000010000",
			.birth = { ERA_SHOWA, 1980, 2, 17 },
			.sex = SEX_FEMALE,
		},
	};
	/* 2015-09-01 10:20:30.654321 JST; three years end with 2018-08-31. */
	int r = instant_from_text(
		"2015-09-01T10:20:30.654321+09:00", &subject->reservation.reserved_at);
	assert(r == 0);
	r = instant_from_text("2018-08-31T23:59:59+09:00", &subject->reservation.not_after_at);
	assert(r == 0);
	key_fill(&subject->reservation);
}

void fixture_open(struct fixture *fixture)
{
	struct secret passphrase = fixture_secret(FIXTURE_PASSPHRASE);
	int r = pki_private_key_load(fixture_path("pki-ca-key.pem"), &passphrase, &fixture->key);
	assert(r == 0);
	secret_done(&passphrase);
	r = pki_ca_load(fixture_path("pki-ca.pem"), &fixture->ca);
	assert(r == 0);
	fixture->profile = fixture_profile();
	fixture_subject(&fixture->ca, &fixture->subject);
}

void fixture_close(struct fixture *fixture)
{
	EVP_PKEY_free(fixture->key);
	pki_ca_done(&fixture->ca);
}

struct buffer fixture_certificate(const struct fixture *fixture)
{
	struct buffer tbs = BUFFER(PKI_TBS_MAX), der = BUFFER(CERTIFICATE_MAX);
	uint8_t signature[PKI_SIGNATURE_MAX];
	size_t len = 0;
	int r = pki_certificate_build(&fixture->profile, &fixture->ca, &fixture->subject, &tbs);
	assert(r == 0);
	r = pki_sign(fixture->key, buffer_bytes(&tbs), signature, &len);
	assert(r == 0);
	r = pki_certificate_assemble(
		&fixture->ca, buffer_bytes(&tbs), (struct bytes){ signature, len }, &der);
	assert(r == 0);
	buffer_done(&tbs);
	return der;
}

struct buffer fixture_request(EVP_PKEY *key)
{
	X509_REQ *request = X509_REQ_new();
	int r = X509_REQ_set_pubkey(request, key);
	assert(r == 1);
	r = X509_REQ_sign(request, key, EVP_sha256());
	assert(r > 0);
	uint8_t *octets = NULL;
	int len = i2d_X509_REQ(request, &octets);
	assert(len > 0);
	struct buffer der = BUFFER(PKI_CSR_MAX);
	r = buffer_append(&der, (struct bytes){ octets, (size_t)len });
	assert(r == 0);
	OPENSSL_free(octets);
	X509_REQ_free(request);
	return der;
}
