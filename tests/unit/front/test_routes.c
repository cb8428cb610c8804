/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <string.h>

#include "front/routes.h"

/* docs/api.md's table, row by row. */
static const struct {
	const char *method, *path;
	unsigned access;
} expected[] = {
	{ "POST", "/v1/applications", HTTP_TERMINAL },
	{ "GET", "/v1/applications/{id}", HTTP_TERMINAL },
	{ "POST", "/v1/applications/{id}/fee", HTTP_TERMINAL },
	{ "POST", "/v1/applications/{id}/csr", HTTP_TERMINAL },
	{ "GET", "/v1/applications/{id}/certificate", HTTP_TERMINAL },
	{ "POST", "/v1/applications/{id}/delivery", HTTP_TERMINAL },
	{ "POST", "/v1/certificates/{serial}/revocation", HTTP_TERMINAL | HTTP_OPERATOR },
	{ "GET", "/v1/certificates/{serial}", HTTP_TERMINAL | HTTP_OPERATOR | HTTP_AUDITOR },
	{ "POST", "/v1/municipalities", HTTP_OPERATOR },
	{ "POST", "/v1/clients", HTTP_OPERATOR },
	{ "PUT", "/v1/clients/{id}/suspension", HTTP_OPERATOR },
	{ "POST", "/v1/crls", HTTP_OPERATOR },
	{ "GET", "/v1/ledger/leaves", HTTP_AUDITOR },
	{ "GET", "/v1/service",
		HTTP_TERMINAL | HTTP_REGISTRY | HTTP_OPERATOR | HTTP_AUDITOR | HTTP_VERIFIER },
};

static void test_they_are_the_documented_ones(void **state)
{
	(void)state;
	size_t count;
	const struct http_route *routes = front_routes(&count);
	assert_int_equal(count, LENGTH_OF(expected));
	for (size_t i = 0; i < count; i++) {
		assert_string_equal(routes[i].method, expected[i].method);
		assert_string_equal(routes[i].path, expected[i].path);
		assert_int_equal(routes[i].access, expected[i].access);
	}
}

static void test_nothing_is_public_but_health(void **state)
{
	(void)state;
	size_t count;
	const struct http_route *routes = front_routes(&count);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(routes[i].access & HTTP_PUBLIC, 0);
	routes = front_routes_health(&count);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(routes[i].access, HTTP_PUBLIC);
}

static void test_what_writes_has_a_body(void **state)
{
	(void)state;
	size_t count;
	const struct http_route *routes = front_routes(&count);
	for (size_t i = 0; i < count; i++) {
		bool reads = strcmp(routes[i].method, "GET") == 0;
		assert_true(reads == (routes[i].media == NULL));
	}
}

static void test_names_differ(void **state)
{
	(void)state;
	size_t count;
	const struct http_route *routes = front_routes(&count);
	for (size_t i = 0; i <= count; i++)
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(front_routes_name(i), front_routes_name(j));
	assert_int_equal(front_routes_index(&routes[3]), 3);
	assert_string_equal(front_routes_name(front_routes_index(&routes[3])), "csr");
	assert_string_equal(front_routes_name(front_routes_index(NULL)), "none");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_they_are_the_documented_ones),
		cmocka_unit_test(test_nothing_is_public_but_health),
		cmocka_unit_test(test_what_writes_has_a_body),
		cmocka_unit_test(test_names_differ),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
