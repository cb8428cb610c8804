/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A municipality (市区町村) and its counter, and the clients (terminals and others) that speak
 * to the service. Data only.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/digest.h"

#define MUNICIPALITY_CODE_LEN 5    /* digits of the nationwide code, without its check digit */
#define MUNICIPALITY_NAME_MAX 120  /* octets, Japanese */
#define MUNICIPALITY_ROMAJI_MAX 64 /* octets, as in the subject DN: "Shiroi-shi" */

struct municipality {
	char code[MUNICIPALITY_CODE_LEN + 1];
	char name[MUNICIPALITY_NAME_MAX + 1];
	char romaji[MUNICIPALITY_ROMAJI_MAX + 1];
	int64_t closing_at; /* P2: its own earlier end, or PROGRAMME_OPEN_END */
};

enum client_role {
	CLIENT_TERMINAL = 1,
	CLIENT_REGISTRY = 2,
	CLIENT_OPERATOR = 3,
	CLIENT_AUDITOR = 4,
	CLIENT_VERIFIER = 5,
};

const char *client_role_name(enum client_role role);
#define CLIENT_ROLE_BAD 1
int client_role_from_text(const char *text, enum client_role *ret_role) MUST_CHECK;

#define CLIENT_NAME_MAX 64 /* octets */

/* One registered client: the SHA-256 of its TLS certificate is its identity. */
struct client {
	int64_t id;
	struct digest fingerprint;
	enum client_role role;
	char municipality[MUNICIPALITY_CODE_LEN + 1]; /* "" unless a terminal */
	char name[CLIENT_NAME_MAX + 1];
	bool suspended;
};

#define CLERK_MAX 64 /* octets of a clerk's name as the terminal asserts it (L4) */
