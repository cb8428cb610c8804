/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The register of clients in memory: who a TLS certificate belongs to, asked in every handshake
 * and for every request by many threads, changed rarely. Each errand's first transaction asks
 * the database again, so a late change here never lets anyone in. Touches memory only.
 */
#pragma once

#include <pthread.h>

#include "http/server.h"
#include "model/municipality.h"
#include "store/client.h"

#define FRONT_REGISTER_SLOTS (4 * STORE_CLIENTS_MAX) /* a power of two */

struct front_register {
	pthread_rwlock_t lock;
	bool loaded;
	int64_t version;
	size_t count;
	struct client *clients;               /* on the heap, in no order */
	uint16_t slots[FRONT_REGISTER_SLOTS]; /* open addressing: index + 1, 0 free */
};

int front_register_init(struct front_register *clients) MUST_CHECK;
void front_register_done(struct front_register *clients);
/*
 * Takes `list` (on the heap, at most STORE_CLIENTS_MAX) of that version; an older one than the
 * register has is dropped, so readers may overtake each other.
 */
void front_register_replace(
	struct front_register *clients, struct client *list, size_t count, int64_t version);
/* Reads it from the database: by the watch, and by whoever has just changed it. */
int front_register_load(struct front_register *clients, struct store *store) MUST_CHECK;
size_t front_register_count(struct front_register *clients);
/* HTTP_PEER_REGISTER_MISSING until the first replacement. Fills the client when it is known. */
enum http_peer_state front_register_find(struct front_register *clients,
	const struct digest *fingerprint, struct client *ret_client);
