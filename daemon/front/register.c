/* SPDX-License-Identifier: Apache-2.0 */
#include "front/register.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"

_Static_assert((FRONT_REGISTER_SLOTS & (FRONT_REGISTER_SLOTS - 1)) == 0, "a mask finds the slot");
_Static_assert(STORE_CLIENTS_MAX < UINT16_MAX, "a slot holds the index");

int front_register_init(struct front_register *clients)
{
	*clients = (struct front_register){ 0 };
	int why = pthread_rwlock_init(&clients->lock, NULL);
	return why != 0 ? fault_new(FAULT_MEMORY, "register: %s", strerrordesc_np(why)) : 0;
}

void front_register_done(struct front_register *clients)
{
	free(clients->clients);
	(void)pthread_rwlock_destroy(&clients->lock);
}

/* A fingerprint is as good as random: any of its octets make a hash. */
static size_t first_slot(const struct digest *fingerprint)
{
	uint32_t hash;
	memcpy(&hash, fingerprint->octets, sizeof(hash));
	return hash & (FRONT_REGISTER_SLOTS - 1);
}

/* The slot that holds the fingerprint, or the free one where it would go. */
static size_t find_slot(const struct front_register *clients, const struct digest *fingerprint)
{
	size_t slot = first_slot(fingerprint);
	while (clients->slots[slot] != 0 &&
		!digest_equal(&clients->clients[clients->slots[slot] - 1].fingerprint, fingerprint))
		slot = (slot + 1) & (FRONT_REGISTER_SLOTS - 1);
	return slot;
}

static void fill(struct front_register *clients, struct client *list, size_t count)
{
	clients->clients = list;
	clients->count = count;
	clients->loaded = true;
	memset(clients->slots, 0, sizeof(clients->slots));
	for (size_t i = 0; i < count; i++)
		clients->slots[find_slot(clients, &list[i].fingerprint)] = (uint16_t)(i + 1);
}

void front_register_replace(
	struct front_register *clients, struct client *list, size_t count, int64_t version)
{
	assert(count <= STORE_CLIENTS_MAX);
	(void)pthread_rwlock_wrlock(&clients->lock);
	struct client *old = list;
	if (!clients->loaded || version >= clients->version) {
		old = clients->clients;
		clients->version = version;
		fill(clients, list, count);
	}
	(void)pthread_rwlock_unlock(&clients->lock);
	free(old);
}

int front_register_load(struct front_register *clients, struct store *store)
{
	struct client *list = NULL;
	size_t count;
	int64_t version;
	int r = store_client_list(store, &list, &count, &version);
	if (r < 0)
		return fault_trace(r);
	front_register_replace(clients, list, count, version);
	return 0;
}

size_t front_register_count(struct front_register *clients)
{
	(void)pthread_rwlock_rdlock(&clients->lock);
	size_t count = clients->count;
	(void)pthread_rwlock_unlock(&clients->lock);
	return count;
}

enum http_peer_state front_register_find(
	struct front_register *clients, const struct digest *fingerprint, struct client *ret_client)
{
	enum http_peer_state state = HTTP_PEER_UNKNOWN;
	(void)pthread_rwlock_rdlock(&clients->lock);
	uint16_t index = clients->slots[find_slot(clients, fingerprint)];
	if (!clients->loaded) {
		state = HTTP_PEER_REGISTER_MISSING;
	} else if (index != 0) {
		*ret_client = clients->clients[index - 1];
		state = ret_client->suspended ? HTTP_PEER_SUSPENDED : HTTP_PEER_KNOWN;
	}
	(void)pthread_rwlock_unlock(&clients->lock);
	return state;
}
