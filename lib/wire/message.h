/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The messages of the line, one struct and one encode/decode pair each; both sides use the same.
 * Decoders answer WIRE_BAD for anything that is not exactly such a message.
 */
#pragma once

#include "model/application.h"
#include "model/programme.h"
#include "model/resident.h"
#include "wire/frame.h"

#define WIRE_CSR_MAX 8192
#define WIRE_CODE_MAX 48
#define WIRE_JOURNAL_RECORDS_MAX 64
#define SIGNER_ID_LEN 16 /* random, made with the journal */

/* A place in the signer's journal: records are numbered from 1 without gap. */
struct journal_place {
	int64_t position;
	struct digest hash; /* of the record's header, which chains the one before */
};

/* WIRE_ISSUE: certify this reservation. The signer takes the key from the CSR. */
struct wire_issue {
	struct reservation reservation; /* spki must equal the CSR's */
	struct resident resident;       /* only what the certificate holds is sent */
	struct bytes csr;               /* DER, borrowed */
};
/* Answer: the certificate and the place of its intent. */
struct wire_issued {
	uint8_t der[CERTIFICATE_MAX];
	size_t der_len;
	struct digest tbs; /* SHA-256 of the to-be-signed bytes */
	struct journal_place place;
};

/* WIRE_JOURNAL: acknowledge everything up to `acknowledged`, give the records after `after`. */
struct wire_journal_request {
	struct journal_place acknowledged; /* position 0: nothing new to acknowledge */
	int64_t after;
	uint32_t limit; /* records, at most WIRE_JOURNAL_RECORDS_MAX */
};
/* A record on the wire without its certificate. */
#define WIRE_JOURNAL_RECORD_LEN (8 + 32 + 4 + 8 + 8 + SERIAL_LEN + 32 + 4)
/* One record as the journal answers it; only intents carry a certificate. */
enum journal_kind {
	JOURNAL_GENESIS = 1,
	JOURNAL_INTENT = 2,  /* to-be-signed bytes of a certificate, before the key touches them */
	JOURNAL_OUTCOME = 3, /* the signature over an intent */
	JOURNAL_CRL = 4,     /* number, header digest and digest of a CRL, before it is signed */
	JOURNAL_ACKNOWLEDGED = 5, /* the database holds everything up to a position */
};
struct wire_journal_record {
	struct journal_place place;
	enum journal_kind kind;
	int64_t stamped_at;
	int64_t reservation;          /* intents */
	uint8_t serial[SERIAL_LEN];   /* intents */
	struct digest tbs;            /* intents */
	uint8_t der[CERTIFICATE_MAX]; /* intents whose outcome is journalled; else der_len 0 */
	size_t der_len;
};
struct wire_journal {
	uint8_t signer[SIGNER_ID_LEN];
	struct journal_place head;
	struct journal_place acknowledged;
	uint32_t count;
	/* Large: keep it on the heap. Fewer than asked for may be given so that the frame fits. */
	struct wire_journal_record records[WIRE_JOURNAL_RECORDS_MAX];
};

/* WIRE_CRL_BEGIN, WIRE_CRL_ENTRIES … (raw octets), WIRE_CRL_END; the end alone is answered. */
struct wire_crl_begin {
	int64_t number;
	int64_t this_update_at;
	int64_t next_update_at;
	uint64_t entries_len;
	uint64_t count;
};
#define WIRE_CRL_PART_MAX 4096
struct wire_crl_signed {
	uint8_t outer[WIRE_CRL_PART_MAX];
	size_t outer_len; /* CertificateList's tag and length, then TBSCertList up to the entries */
	uint8_t rest[WIRE_CRL_PART_MAX];
	size_t rest_len; /* after the entries: trailer and signature part */
	struct journal_place place;
};

/* WIRE_STATUS has no fields. */
struct wire_status {
	uint8_t signer[SIGNER_ID_LEN];
	enum service_kind kind;
	int64_t now_at;
	int64_t closing_at;
	struct digest ca_key; /* SHA-256 of the CA key's SubjectPublicKeyInfo */
	struct digest profile;
	int64_t crl_validity_s;
	int64_t ca_not_after_at;
	struct journal_place head, acknowledged;
};

/* WIRE_REFUSED: code of refusal.def and, for operators, one English line without personal data. */
struct wire_refused {
	char code[WIRE_CODE_MAX];
	char text[256];
};

int wire_issue_encode(const struct wire_issue *message, struct buffer *ret_frame) MUST_CHECK;
int wire_issue_decode(struct wire_reader *reader, struct wire_issue *ret_message) MUST_CHECK;
int wire_issued_encode(const struct wire_issued *message, struct buffer *ret_frame) MUST_CHECK;
int wire_issued_decode(struct wire_reader *reader, struct wire_issued *ret_message) MUST_CHECK;
int wire_journal_request_encode(
	const struct wire_journal_request *message, struct buffer *ret_frame) MUST_CHECK;
int wire_journal_request_decode(
	struct wire_reader *reader, struct wire_journal_request *ret_message) MUST_CHECK;
int wire_journal_encode(const struct wire_journal *message, struct buffer *ret_frame) MUST_CHECK;
int wire_journal_decode(struct wire_reader *reader, struct wire_journal *ret_message) MUST_CHECK;
int wire_crl_begin_encode(const struct wire_crl_begin *message, struct buffer *ret_frame)
	MUST_CHECK;
int wire_crl_begin_decode(struct wire_reader *reader, struct wire_crl_begin *ret_message)
	MUST_CHECK;
int wire_crl_entries_encode(struct bytes entries, struct buffer *ret_frame) MUST_CHECK;
int wire_crl_signed_encode(const struct wire_crl_signed *message, struct buffer *ret_frame)
	MUST_CHECK;
int wire_crl_signed_decode(struct wire_reader *reader, struct wire_crl_signed *ret_message)
	MUST_CHECK;
int wire_status_encode(const struct wire_status *message, struct buffer *ret_frame) MUST_CHECK;
int wire_status_decode(struct wire_reader *reader, struct wire_status *ret_message) MUST_CHECK;
int wire_refused_encode(const struct wire_refused *message, struct buffer *ret_frame) MUST_CHECK;
int wire_refused_decode(struct wire_reader *reader, struct wire_refused *ret_message) MUST_CHECK;
