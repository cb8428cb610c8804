/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the tests of the room share: a rehearsal CA with a fixed key (tests/golden/pki-ca-key.pem, no
 * secret of anybody's), the shipped profile, and one applicant. Reads files of tests/golden.
 */
#pragma once

#include "pki/certificate.h"
#include "pki/key.h"

#define FIXTURE_PASSPHRASE "golden-passphrase"
#define FIXTURE_CRL_URI "http://crl.example.jp/crl/"

struct fixture {
	EVP_PKEY *key; /* the CA's */
	struct pki_ca ca;
	struct pki_profile profile;
	struct pki_subject subject;
};

/* Aborts where anything fails: without it there is no test. */
void fixture_open(struct fixture *fixture);
void fixture_close(struct fixture *fixture);
/* The profile of the shipped settings, with FIXTURE_CRL_URI. */
struct pki_profile fixture_profile(void);
/* An applicant of Shiroi, with the public key of tests/golden/pki-applicant-public-key.pem. */
void fixture_subject(const struct pki_ca *ca, struct pki_subject *subject);
/* A secret holding a text; secret_done() it. */
struct secret fixture_secret(const char *text);
/* Path of a file of tests/golden; valid until the next call. */
const char *fixture_path(const char *name);
/* Builds, signs and assembles; buffer_done() it. */
struct buffer fixture_certificate(const struct fixture *fixture);
/* A request of that key, DER, by OpenSSL; buffer_done() it. */
struct buffer fixture_request(EVP_PKEY *key);
