/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Gives the Python tests of this folder what the room makes, and what it says:
 *
 *	sample ca KEY.pem                a new rehearsal CA certificate of that key, DER
 *	sample certificate [CASE]        a user certificate, DER ("long": the longest items, "plain":
 *	                                 without the optional URIs)
 *	sample crl COUNT NUMBER          a CRL of COUNT entries, DER
 *	sample profile                   the profile's digest, hexadecimal
 *	sample csr < LINES               for each line, a CSR in hexadecimal: the refusal's code or "ok"
 *	sample speed                     microseconds a TBS, a CSR check, a factor check, a signature
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/fault.h"
#include "fixture.h"
#include "pki/crl.h"
#include "pki/csr.h"
#include "pki/factor.h"

static int check(int r)
{
	if (r < 0) {
		char text[1024];
		(void)fprintf(stderr, "%s\n", fault_describe(text, sizeof(text)));
		exit(1);
	}
	return r;
}

static void put(struct buffer *octets)
{
	size_t put = fwrite(octets->data, 1, octets->len, stdout);
	assert(put == octets->len);
	buffer_done(octets);
}

static void sample_ca(const char *path)
{
	struct secret passphrase = fixture_secret(FIXTURE_PASSPHRASE);
	EVP_PKEY *key = NULL;
	check(pki_private_key_load(path, &passphrase, &key));
	secret_done(&passphrase);
	struct pki_ca_request request = {
		.kind = SERVICE_REHEARSAL,
		.organisation = "JPKI",
		.prefecture = "Chiba",
		.alt_organisation = "公的個人認証サービス",
		.alt_units = "千葉県|千葉県知事",
		.years = 10,
	};
	check(instant_from_text("2013-04-01T09:00:00+09:00", &request.not_before_at));
	struct buffer der = BUFFER(PKI_CA_CERTIFICATE_MAX);
	check(pki_ca_make(&request, key, &der));
	EVP_PKEY_free(key);
	put(&der);
}

/* The longest text: 200 characters of three octets. */
static void fill(char text[RESIDENT_TEXT_MAX + 1], char flags[RESIDENT_CHARACTERS_MAX + 1])
{
	text[0] = '\0';
	for (size_t i = 0; i < RESIDENT_CHARACTERS_MAX; i++) {
		memcpy(text + 3 * i, "龍", sizeof("龍"));
		flags[i] = i % 2 == 0 ? '0' : '1';
	}
	flags[RESIDENT_CHARACTERS_MAX] = '\0';
}

static void sample_certificate(const char *kind)
{
	struct fixture fixture;
	fixture_open(&fixture);
	struct resident *resident = &fixture.subject.resident;
	fixture.profile.ocsp_uri = "http://ocsp.example.jp/";
	fixture.profile.ca_issuers_uri = "http://crl.example.jp/ca/";
	if (strcmp(kind, "long") == 0) {
		fill(resident->name, resident->name_flags);
		fill(resident->address, resident->address_flags);
		resident->birth = (struct birth_date){ ERA_UNKNOWN, 0, 0, 0 };
		resident->sex = SEX_UNKNOWN;
	}
	if (strcmp(kind, "plain") == 0) {
		fixture.profile.ocsp_uri = "";
		fixture.profile.ca_issuers_uri = "";
	}
	struct buffer der = fixture_certificate(&fixture);
	put(&der);
	fixture_close(&fixture);
}

/* Entry number `i` from 0: serials from one octet to sixteen, all reasons in turn. */
static struct pki_crl_entry entry_of(uint64_t i, int64_t this_update_at)
{
	struct pki_crl_entry entry = { .reason = (int)(i % 6) };
	entry.revoked_at = this_update_at - (int64_t)(i % 1000) * DAY;
	size_t len = i < SERIAL_LEN ? i + 1 : SERIAL_LEN;
	entry.serial[SERIAL_LEN - len] = i < SERIAL_LEN ? 0x40 : 0x41;
	for (size_t j = 0; i >= SERIAL_LEN && j < 8; j++)
		entry.serial[SERIAL_LEN - 1 - j] = (uint8_t)(i >> (8 * j));
	return entry;
}

static void sample_crl(uint64_t count, int64_t number)
{
	struct fixture fixture;
	fixture_open(&fixture);
	struct pki_crl_request request = { .number = number, .count = count };
	check(instant_from_text("2015-09-02T03:00:00Z", &request.this_update_at));
	request.next_update_at = request.this_update_at + 48 * HOUR;
	struct buffer list = BUFFER(SIZE_MAX / 4), tbs = BUFFER(SIZE_MAX / 4);
	struct buffer crl = BUFFER(SIZE_MAX / 4);
	for (uint64_t i = 0; i < count; i++) {
		struct pki_crl_entry entry = entry_of(i, request.this_update_at);
		check(pki_crl_entry_build(&entry, &list));
	}
	request.entries_len = list.len;
	check(pki_crl_header_build(&fixture.ca, &request, &tbs));
	check(buffer_append(&tbs, buffer_bytes(&list)));
	check(pki_crl_trailer_build(&fixture.ca, &request, &tbs));

	uint8_t octets[PKI_SIGNATURE_MAX];
	size_t len = 0;
	check(pki_sign(fixture.key, buffer_bytes(&tbs), octets, &len));
	const struct bytes signature = { octets, len };
	check(pki_crl_outer_build(&fixture.ca, tbs.len, signature, &crl));
	check(buffer_append(&crl, buffer_bytes(&tbs)));
	check(pki_crl_signature_build(&fixture.ca, signature, &crl));
	put(&crl);
	buffer_done(&list);
	buffer_done(&tbs);
	fixture_close(&fixture);
}

static void sample_profile(void)
{
	const struct pki_profile profile = fixture_profile();
	struct digest digest;
	char text[DIGEST_HEX_SIZE];
	check(pki_profile_digest(&profile, &digest));
	digest_to_text(&digest, text);
	(void)puts(text);
}

static void sample_csr(void)
{
	static char line[4 * PKI_CSR_MAX];
	static uint8_t der[2 * PKI_CSR_MAX];
	while (fgets(line, sizeof(line), stdin) != NULL) {
		size_t len = 0;
		line[strcspn(line, "\n")] = '\0';
		int r = check(hex_decode(line, der, sizeof(der), &len));
		assert(r == 0);
		struct pki_public_key key;
		enum refusal refusal = REFUSAL_NONE;
		r = check(pki_csr_check((struct bytes){ der, len }, &key, &refusal));
		(void)puts(r == PKI_REFUSED ? refusal_text(refusal)->code : "ok");
	}
}

#define ROUNDS 2000

/* Prints the mean of ROUNDS rounds since `begun_us`. */
static void speed_put(const char *what, int64_t begun_us)
{
	(void)printf("%-12s %7.1f us\n", what, (double)(monotonic_us() - begun_us) / ROUNDS);
}

static void sample_speed(void)
{
	struct fixture fixture;
	fixture_open(&fixture);
	struct buffer csr = fixture_request(fixture.key), tbs = BUFFER(PKI_TBS_MAX);
	struct pki_public_key key;
	enum refusal refusal;
	uint8_t signature[PKI_SIGNATURE_MAX];
	size_t len = 0;
	int64_t begun_us = monotonic_us();
	for (int i = 0; i < ROUNDS; i++) {
		buffer_clear(&tbs);
		check(pki_certificate_build(&fixture.profile, &fixture.ca, &fixture.subject, &tbs));
	}
	speed_put("tbs", begun_us);
	begun_us = monotonic_us();
	for (int i = 0; i < ROUNDS; i++)
		check(pki_csr_check(buffer_bytes(&csr), &key, &refusal));
	speed_put("csr", begun_us);
	begun_us = monotonic_us();
	for (int i = 0; i < ROUNDS; i++) /* a modulus stands behind 33 octets of its SPKI */
		(void)pki_factor_is_found((struct bytes){ key.spki + 33, 256 });
	speed_put("factor", begun_us);
	begun_us = monotonic_us();
	for (int i = 0; i < ROUNDS; i++)
		check(pki_sign(fixture.key, buffer_bytes(&tbs), signature, &len));
	speed_put("sign", begun_us);
	buffer_done(&csr);
	buffer_done(&tbs);
	fixture_close(&fixture);
}

int main(int argc, char **argv)
{
	const char *errand = argc > 1 ? argv[1] : "";
	if (strcmp(errand, "ca") == 0 && argc == 3)
		sample_ca(argv[2]);
	else if (strcmp(errand, "certificate") == 0)
		sample_certificate(argc > 2 ? argv[2] : "");
	else if (strcmp(errand, "crl") == 0 && argc == 4)
		sample_crl(strtoull(argv[2], NULL, 10), strtoll(argv[3], NULL, 10));
	else if (strcmp(errand, "profile") == 0)
		sample_profile();
	else if (strcmp(errand, "csr") == 0)
		sample_csr();
	else if (strcmp(errand, "speed") == 0)
		sample_speed();
	else
		return 2;
	return 0;
}
