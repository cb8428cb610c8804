/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An application (申請) and what becomes of it: the reservation of a certificate's contents, the
 * certificate, its revocation. The life cycle is one table, from which the drawing in the
 * manual and the test against the database's constraint come. Data and its names only.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/calendar.h"
#include "base/digest.h"
#include "model/municipality.h"

#define APPLICATION_ID_LEN 26 /* "ap_" and 23 lower-case base32 digits: 115 random bits */
#define RECEIPT_NUMBER_MAX 32 /* octets of a fee's receipt number (P6) */
#define SERIAL_LEN 16         /* octets: 127 random bits, top bit 0 */
#define SERIAL_HEX_SIZE 33    /* its text, lower-case hexadecimal, with terminator */
#define CN_LEN 23             /* characters of the subject's CN (profile) */
#define SPKI_MAX 1024         /* octets of a DER SubjectPublicKeyInfo: RSA-4096 needs 550 */
#define CERTIFICATE_MAX 8192  /* octets of a DER certificate */

enum application_kind { APPLICATION_ISSUANCE = 1, APPLICATION_RENEWAL = 2 };

enum application_state {
	APPLICATION_RECEIVED = 1,
	APPLICATION_INQUIRY_DUE,
	APPLICATION_INQUIRY_SENT,
	APPLICATION_APPROVED,
	APPLICATION_ISSUING,
	APPLICATION_ISSUED,
	APPLICATION_DELIVERED,
	APPLICATION_REFUSED,
	APPLICATION_WITHDRAWN,
	APPLICATION_LAPSED,
	APPLICATION_DISCARDED,
};

const char *application_state_name(enum application_state state);
#define APPLICATION_STATE_BAD 1
int application_state_from_text(const char *text, enum application_state *ret_state) MUST_CHECK;
/* Whether an application in it bars the person from another (P8): neither issued nor ended. */
bool application_state_is_open(enum application_state state);

/* A row of the life cycle: the only steps there are. */
struct application_step {
	enum application_state from, to;
	const char *event; /* "csr reserved", for the drawing and for log sentences */
};

const struct application_step *application_steps(size_t *ret_count_of_rows);
bool application_step_exists(enum application_state from, enum application_state to);

struct application {
	char id[APPLICATION_ID_LEN + 1];
	enum application_kind kind;
	enum application_state state;
	char municipality[MUNICIPALITY_CODE_LEN + 1];
	int64_t resident_id;
	int64_t terminal_id; /* client that opened it */
	int64_t opened_at;
	bool fee_paid;
	int32_t fee_yen; /* when paid */
};

/* Everything that goes into the to-be-signed bytes, as the database reserved it. */
struct reservation {
	int64_t id;
	char application[APPLICATION_ID_LEN + 1];
	int64_t record_id; /* the resident's record whose items are certified */
	char municipality[MUNICIPALITY_CODE_LEN + 1];
	char romaji[MUNICIPALITY_ROMAJI_MAX + 1];
	uint8_t serial[SERIAL_LEN];
	int64_t reserved_at;  /* its second is notBefore */
	int64_t not_after_at; /* P5 */
	char cn[CN_LEN + 1];
	struct digest ca_key_id; /* SHA-256 of the CA key's SubjectPublicKeyInfo */
	struct digest profile;   /* SHA-256 of the profile (pki/profile.h) */
	uint8_t spki[SPKI_MAX];  /* the applicant's key, DER */
	size_t spki_len;
	bool abandoned;
};

/* A certificate as recorded. */
struct certificate {
	uint8_t serial[SERIAL_LEN];
	char application[APPLICATION_ID_LEN + 1];
	int64_t not_after_at;
	uint8_t der[CERTIFICATE_MAX];
	size_t der_len;
};

/* Causes of rules R1 to R8. */
enum revocation_cause {
	REVOCATION_UNWANTED = 1,  /* R1 */
	REVOCATION_COMPROMISE,    /* R2 */
	REVOCATION_MOVEMENT,      /* R3 */
	REVOCATION_INCORRECT,     /* R4 */
	REVOCATION_CA_COMPROMISE, /* R5 */
	REVOCATION_RENEWED,       /* R6 */
	REVOCATION_DISCARDED,     /* R7 */
	REVOCATION_CARD_LAPSED,   /* R8 */
};

struct revocation_cause_text {
	enum revocation_cause cause;
	const char *name; /* in the API: "unwanted" */
	const char *rule; /* "R1" */
	int crl_reason;   /* RFC 5280 5.3.1; 0 (unspecified) is left out of the CRL */
};

/* Row of a cause; NULL when `cause` is none. */
const struct revocation_cause_text *revocation_cause_text(enum revocation_cause cause);
#define REVOCATION_CAUSE_BAD 1
int revocation_cause_from_text(const char *text, enum revocation_cause *ret_cause) MUST_CHECK;

/* How the applicant's key pair came to be (K3). */
enum key_maker { KEY_BY_APPLICANT = 1, KEY_BY_STAFF = 2, KEY_BY_REPRESENTATIVE = 3 };

void serial_to_hex(const uint8_t serial[SERIAL_LEN], char out[SERIAL_HEX_SIZE]);
#define SERIAL_BAD 1 /* not 32 lower-case hexadecimal digits, or the top bit is set */
int serial_from_hex(const char *text, uint8_t ret_serial[SERIAL_LEN]) MUST_CHECK;
