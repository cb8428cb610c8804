/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/fault.h"
#include "http/query.h"
#include "http/route.h"

static int errand(struct http_request *request, void *worker)
{
	(void)request;
	(void)worker;
	return 0;
}

static const struct http_route routes[] = {
	{ "GET", "/v1/things/{id}", HTTP_PUBLIC, NULL, errand, "thing" },
	{ "GET", "/v1/things/all", HTTP_PUBLIC, NULL, errand, "shadowed" },
	{ "POST", "/v1/things", HTTP_PUBLIC, NULL, errand, "make" },
	{ "PUT", "/v1/things/{id}/of/{other}", HTTP_PUBLIC, NULL, errand, "both" },
	{ "HEAD", "/only-head", HTTP_PUBLIC, NULL, errand, "head" },
	{ "GET", "/", HTTP_PUBLIC, NULL, errand, "root" },
};
static const struct http_server_settings settings = {
	.routes = routes,
	.route_count = LENGTH_OF(routes),
};

static struct http_request request;
static const char *allow;

/* Name of the errand found, or of what became of it. */
static const char *found(const char *method, const char *address)
{
	struct http_path path;
	const struct http_route *route = NULL;

	arena_done(&request.arena);
	request = (struct http_request){ .arena = ARENA(65536), .method = method };
	int r = http_route_split(&request, address, strlen(address), &path);
	if (r == 0)
		r = http_route_find(&settings, &request, &path, &route, &allow);
	return r == 0                       ? route->errand_name
		: r == HTTP_ROUTE_BAD       ? "bad"
		: r == HTTP_ROUTE_NOT_FOUND ? "none"
		: r == HTTP_ROUTE_METHOD    ? "method"
					    : "fault";
}

static void test_found(void **state)
{
	(void)state;
	assert_string_equal(found("GET", "/v1/things/7"), "thing");
	assert_string_equal(request.parameters[0], "7");
	assert_string_equal(found("GET", "/v1/things/all"), "thing");
	assert_string_equal(found("HEAD", "/v1/things/7"), "thing");
	assert_string_equal(found("POST", "/v1/things"), "make");
	assert_string_equal(found("PUT", "/v1/things/a%2Fb/of/%E5%8D%B0"), "both");
	assert_string_equal(request.parameters[0], "a/b");
	assert_string_equal(request.parameters[1], "印");
	assert_string_equal(request.path, "/v1/things/a/b/of/印");
	assert_string_equal(found("GET", "/%761/things/x"), "thing");
	assert_string_equal(found("GET", "/"), "root");
	assert_string_equal(found("GET", "https://host:8443/v1/things/7"), "thing");
	assert_string_equal(found("HEAD", "/only-head"), "head");
}

static void test_not_found(void **state)
{
	static const char *const addresses[] = { "/v1", "/v1/", "/v1/things/", "/v1/things//",
		"/v1//things/7", "/V1/things/7", "/v1/things/7/", "/v1/things/7/of", "/v1/thing",
		"/v1/thingss/7", "/v1%2Fthings/7", "//", "/v1/things/7/of//",
		"/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17" };
	char address[HTTP_PARAMETER_MAX + 20] = "/v1/things/";

	(void)state;
	for (size_t i = 0; i < LENGTH_OF(addresses); i++)
		assert_string_equal(found("GET", addresses[i]), "none");
	size_t len = strlen(address);
	memset(address + len, 'x', HTTP_PARAMETER_MAX);
	assert_string_equal(found("GET", address), "thing");
	address[len + HTTP_PARAMETER_MAX] = 'x';
	assert_string_equal(found("GET", address), "none");
}

static void test_bad(void **state)
{
	static const char *const addresses[] = { "", "*", "v1", "%2Fv1", "/%00", "/v1/%", "/\x80",
		"http://", "http://host", "ftp://host/v1" };

	(void)state;
	for (size_t i = 0; i < LENGTH_OF(addresses); i++)
		assert_string_equal(found("GET", addresses[i]), "bad");
}

static void test_methods(void **state)
{
	(void)state;
	assert_string_equal(found("GET", "/v1/things"), "method");
	assert_string_equal(allow, "POST");
	assert_string_equal(found("POST", "/v1/things/7"), "method");
	assert_string_equal(allow, "GET, HEAD");
	assert_string_equal(found("get", "/v1/things/7"), "method");
	assert_string_equal(found("GET", "/only-head"), "method");
	assert_string_equal(allow, "HEAD");
}

/* 0, or what becomes of a query. */
static int parsed(const char *text)
{
	arena_done(&request.arena);
	request = (struct http_request){ .arena = ARENA(65536) };
	return http_query_parse(&request, text);
}

static void test_queries(void **state)
{
	static const char *const bad[] = { "&", "a&", "&a", "a&&b", "=1", "a=1&a=1", "a=1&%61=2",
		"a=%", "%=a", "a=%00", "a=\xff", "1&2&3&4&5&6&7&8&9" };
	char text[HTTP_QUERY_VALUE_MAX + 10] = "a=";

	(void)state;
	for (size_t i = 0; i < LENGTH_OF(bad); i++)
		assert_int_equal(parsed(bad[i]), HTTP_QUERY_BAD);
	assert_int_equal(parsed(""), 0);
	assert_int_equal(request.query_count, 0);
	assert_int_equal(parsed("from=2015-01-01T00:00:00+09:00&b=%26%3D&c=x=y&d&e="), 0);
	assert_string_equal(http_query(&request, "from"), "2015-01-01T00:00:00+09:00");
	assert_string_equal(http_query(&request, "b"), "&=");
	assert_string_equal(http_query(&request, "c"), "x=y");
	assert_string_equal(http_query(&request, "d"), "");
	assert_string_equal(http_query(&request, "e"), "");
	assert_null(http_query(&request, "f"));
	assert_int_equal(parsed("1&2&3&4&5&6&7&8"), 0);
	memset(text + 2, 'x', HTTP_QUERY_VALUE_MAX);
	assert_int_equal(parsed(text), 0);
	text[2 + HTTP_QUERY_VALUE_MAX] = 'x';
	assert_int_equal(parsed(text), HTTP_QUERY_BAD);
}

static int done(void **state)
{
	(void)state;
	arena_done(&request.arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_found),
		cmocka_unit_test(test_not_found),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_methods),
		cmocka_unit_test(test_queries),
	};

	return cmocka_run_group_tests(tests, NULL, done);
}
