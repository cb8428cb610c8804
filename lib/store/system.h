/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What this installation is: production or rehearsal, its programme, its CA keys, its clock
 * (hakko.now()), and the migrations that made its schema.
 */
#pragma once

#include "base/digest.h"
#include "model/application.h"
#include "model/leaf.h"
#include "model/programme.h"
#include "store/connection.h"

struct store_system {
	enum service_kind kind;
	struct programme programme; /* of the shipped default, id 1 */
	int64_t now_at;             /* hakko.now() */
	int64_t clock_offset_us;    /* 0 in production */
	int64_t last_recorded_at;   /* latest instant of any leaf, 0: none */
};
int store_system_load(struct store *store, struct store_system *ret_system) MUST_CHECK;
/* Owner: sets the kind once, before anything else is recorded. STORE_EXISTS. */
int store_system_init(struct store *store, enum service_kind kind) MUST_CHECK;
/* Owner, rehearsal: moves hakko.now() by changing the offset, with its leaf. STORE_STALE when the clock would go back past a recorded instant. */
int store_clock_set(struct store *store, int64_t offset_us, const struct leaf *leaf,
	const struct leaf_octets *octets) MUST_CHECK;

/* A CA key known to the database. */
struct store_ca {
	struct digest key; /* SHA-256 of its SubjectPublicKeyInfo */
	int64_t not_after_at;
	uint8_t der[CERTIFICATE_MAX];
	size_t der_len;
};
/* Owner. STORE_EXISTS. */
int store_ca_insert(struct store *store, const struct store_ca *ca, const struct leaf *leaf,
	const struct leaf_octets *octets) MUST_CHECK;
/* The newest CA key; STORE_NOT_FOUND. */
int store_ca_load(struct store *store, struct store_ca *ret_ca) MUST_CHECK;

/* Migrations embedded in the program, in order. */
struct store_migration {
	int number;
	const char *name;
	const char *sql;
	struct digest digest;
};
const struct store_migration *store_migrations(size_t *ret_count_of_rows);
/* Owner: applies what is missing, one transaction each, under an advisory lock; `report` is called for each applied. FAULT_STATE when an applied one's digest differs. Connects by itself since no schema may be there yet. STORE_SCHEMA_NEWER. */
int store_migrate(const char *conninfo, struct deadline deadline,
	void (*report)(const struct store_migration *, void *), void *context) MUST_CHECK;
