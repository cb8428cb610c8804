/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A leaf of the ledger before it has a place: what happened, when, at whose word. Data only;
 * its octets are made by ledger/leaf.h.
 */
#pragma once

#include <stdint.h>

#include "model/application.h"

enum leaf_kind {
	LEAF_ISSUANCE = 1,
	LEAF_DELIVERY = 2,
	LEAF_REVOCATION = 3,
	LEAF_CRL = 4,
	LEAF_ABANDONMENT = 5, /* a reservation given up, its serial burnt */
	LEAF_CLOCK = 6,       /* the rehearsal's clock was moved */
	LEAF_CLIENT = 7,      /* a client was registered, suspended or resumed */
	LEAF_CA = 8,          /* a CA key was registered */
};

const char *leaf_kind_name(enum leaf_kind kind);
#define LEAF_KIND_BAD 1
int leaf_kind_from_text(const char *text, enum leaf_kind *ret_kind) MUST_CHECK;

/* Texts are borrowed; NULL or "" means the leaf's detail has no such line. */
struct leaf {
	enum leaf_kind kind;
	int64_t happened_at;
	const char *municipality;
	int64_t client_id; /* 0: none */
	const char *clerk; /* asserted by the client */
	const char *application;
	const uint8_t *serial;            /* SERIAL_LEN octets */
	const struct digest *tbs;         /* of the to-be-signed bytes */
	const struct digest *certificate; /* of the DER certificate or CRL */
	const struct digest *profile;
	const struct digest *person; /* salted commitment to the personal record */
	const char *subject; /* what it is about, in the kind's own words: CRL number, cause */
};

#define LEAF_LEN 42          /* octets of a public leaf */
#define LEAF_SALT_LEN 32     /* random octets */
#define LEAF_DETAIL_MAX 2048 /* octets */

/* What is stored of a leaf before it has a place; made by ledger/leaf.h. */
struct leaf_octets {
	uint8_t octets[LEAF_LEN];
	uint8_t salt[LEAF_SALT_LEN];
	size_t detail_len;
	char detail[LEAF_DETAIL_MAX]; /* UTF-8, not terminated */
};
