/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "front/register.h"

/* A fingerprint of its own; the first octets, which make the hash, are the same for every fourth. */
static struct digest fingerprint(uint32_t number)
{
	struct digest digest = { 0 };
	uint32_t hash = number / 4;
	memcpy(digest.octets, &hash, sizeof(hash));
	memcpy(digest.octets + 8, &number, sizeof(number));
	return digest;
}

static struct client *make_clients(size_t count)
{
	struct client *list = calloc(count, sizeof(*list));
	assert_non_null(list);
	for (size_t i = 0; i < count; i++) {
		list[i].id = (int64_t)i + 1;
		list[i].fingerprint = fingerprint((uint32_t)i);
		list[i].suspended = i % 10 == 0;
	}
	return list;
}

static void test_unknown_before_the_first_reading(void **state)
{
	(void)state;
	static struct front_register clients;
	struct client client;
	struct digest digest = fingerprint(1);
	assert_int_equal(front_register_init(&clients), 0);
	assert_int_equal(
		front_register_find(&clients, &digest, &client), HTTP_PEER_REGISTER_MISSING);
	front_register_replace(&clients, NULL, 0, 1);
	assert_int_equal(front_register_find(&clients, &digest, &client), HTTP_PEER_UNKNOWN);
	front_register_done(&clients);
}

static void test_each_is_found_and_nobody_else(void **state)
{
	(void)state;
	static struct front_register clients;
	assert_int_equal(front_register_init(&clients), 0);
	front_register_replace(&clients, make_clients(STORE_CLIENTS_MAX), STORE_CLIENTS_MAX, 1);
	assert_int_equal(front_register_count(&clients), STORE_CLIENTS_MAX);
	for (uint32_t i = 0; i < 2 * STORE_CLIENTS_MAX; i++) {
		struct client client = { 0 };
		struct digest digest = fingerprint(i);
		enum http_peer_state found = front_register_find(&clients, &digest, &client);
		if (i >= STORE_CLIENTS_MAX) {
			assert_int_equal(found, HTTP_PEER_UNKNOWN);
			continue;
		}
		assert_int_equal(found, i % 10 == 0 ? HTTP_PEER_SUSPENDED : HTTP_PEER_KNOWN);
		assert_int_equal(client.id, i + 1);
	}
	front_register_done(&clients);
}

static void test_a_replacement_forgets(void **state)
{
	(void)state;
	static struct front_register clients;
	struct client client;
	struct digest first = fingerprint(3), last = fingerprint(90);
	assert_int_equal(front_register_init(&clients), 0);
	front_register_replace(&clients, make_clients(100), 100, 1);
	assert_int_equal(front_register_find(&clients, &last, &client), HTTP_PEER_SUSPENDED);
	front_register_replace(&clients, make_clients(50), 50, 1);
	assert_int_equal(front_register_find(&clients, &last, &client), HTTP_PEER_UNKNOWN);
	assert_int_equal(front_register_find(&clients, &first, &client), HTTP_PEER_KNOWN);
	front_register_done(&clients);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_unknown_before_the_first_reading),
		cmocka_unit_test(test_each_is_found_and_nobody_else),
		cmocka_unit_test(test_a_replacement_forgets),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
