/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/fault.h"
#include "http/server.h"

static atomic_int opened, closed;

static int errand(struct http_request *request, void *worker)
{
	(void)worker;
	return http_reply_bytes(request, 200, "text/plain", bytes_of_text("x"));
}

/* The third worker cannot be opened. */
static int third_fails(void *context, void **ret_worker)
{
	(void)context;
	*ret_worker = NULL;
	return ++opened == 3 ? fault_new(FAULT_DATABASE, "no third connection") : 0;
}

static void count_closed(void *worker)
{
	(void)worker;
	closed++;
}

static const struct http_route routes[] = {
	{ "GET", "/", HTTP_PUBLIC, NULL, errand, "root" },
};

static struct http_server_settings sound(void)
{
	struct http_server_settings settings = {
		.threads = 1,
		.workers = 4,
		.queue_max = 1,
		.connections_max = 1,
		.idle_timeout_s = 1,
		.request_deadline_s = 1,
		.routes = routes,
		.route_count = LENGTH_OF(routes),
	};

	assert_int_equal(http_listen("127.0.0.1:0", &settings.listen_fd), 0);
	return settings;
}

static void test_starts_and_stops(void **state)
{
	(void)state;
	for (int i = 0; i < 20; i++) {
		struct http_server_settings settings = sound();
		struct http_server *server;
		assert_int_equal(http_server_start(&settings, &server), 0);
		http_server_stop(server, deadline_after_ms(1000));
		/* The socket was the server's. */
		assert_int_equal(close(settings.listen_fd), -1);
	}
}

static void test_a_worker_that_cannot_be_opened(void **state)
{
	struct http_server_settings settings = sound();
	struct http_server *server;

	(void)state;
	settings.worker_open = third_fails;
	settings.worker_close = count_closed;
	assert_int_equal(http_server_start(&settings, &server), -FAULT_DATABASE);
	assert_non_null(strstr(fault_text(), "no third connection"));
	assert_int_equal(opened, 4);
	assert_int_equal(closed, 3);
	/* The socket is still the caller's. */
	assert_int_equal(close(settings.listen_fd), 0);
}

static void test_settings_that_make_no_server(void **state)
{
	const size_t numbers[] = {
		offsetof(struct http_server_settings, threads),
		offsetof(struct http_server_settings, workers),
		offsetof(struct http_server_settings, queue_max),
		offsetof(struct http_server_settings, connections_max),
		offsetof(struct http_server_settings, idle_timeout_s),
		offsetof(struct http_server_settings, request_deadline_s),
	};
	const int64_t wrong[] = { 0, -1, INT64_MAX };
	struct http_server_settings settings = sound();
	struct http_server *server;

	(void)state;
	for (size_t i = 0; i < LENGTH_OF(numbers) * LENGTH_OF(wrong); i++) {
		struct http_server_settings changed = settings;
		memcpy((char *)&changed + numbers[i / LENGTH_OF(wrong)],
			&wrong[i % LENGTH_OF(wrong)], sizeof(int64_t));
		assert_int_equal(http_server_start(&changed, &server), -FAULT_SETTINGS);
	}
	settings.tls = true;
	assert_int_equal(http_server_start(&settings, &server), -FAULT_SETTINGS);
	assert_int_equal(close(settings.listen_fd), 0);
}

static void test_addresses(void **state)
{
	static const char *const wrong[] = { "", "127.0.0.1", "127.0.0.1:", ":", "::1:80",
		"127.0.0.1:http", "127.0.0.1:99999", "[127.0.0.1:80", "no host:80" };
	struct sockaddr_storage address;
	socklen_t len = sizeof(address);
	int fd = -1;

	(void)state;
	for (size_t i = 0; i < LENGTH_OF(wrong); i++)
		assert_int_equal(http_listen(wrong[i], &fd), -FAULT_SETTINGS);
	assert_int_equal(fd, -1);
	assert_int_equal(http_listen("127.0.0.1:0", &fd), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &len), 0);
	assert_int_equal(address.ss_family, AF_INET);

	char taken[32];
	int other;
	(void)snprintf(taken, sizeof(taken), "127.0.0.1:%d",
		ntohs(((struct sockaddr_in *)(void *)&address)->sin_port));
	assert_int_equal(http_listen(taken, &other), -FAULT_SETTINGS);
	assert_int_equal(close(fd), 0);
	if (http_listen("[::1]:0", &fd) == 0)
		assert_int_equal(close(fd), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_starts_and_stops),
		cmocka_unit_test(test_a_worker_that_cannot_be_opened),
		cmocka_unit_test(test_settings_that_make_no_server),
		cmocka_unit_test(test_addresses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
