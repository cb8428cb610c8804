/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/fault.h"
#include "base/service.h"

int __wrap_sd_notify(int unset, const char *text);
int __wrap_sd_notifyf(int unset, const char *format, ...);
int __wrap_sd_listen_fds_with_names(int unset, char ***ret_names);
int __wrap_sd_is_socket(int fd, int family, int type, int listening);

static char notified[512];

int __wrap_sd_notify(int unset, const char *text)
{
	assert_int_equal(unset, 0);
	(void)snprintf(notified, sizeof(notified), "%s", text);
	return 1;
}

int __wrap_sd_notifyf(int unset, const char *format, ...)
{
	assert_int_equal(unset, 0);
	va_list args;
	va_start(args, format);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	(void)vsnprintf(notified, sizeof(notified), format, args);
#pragma GCC diagnostic pop
	va_end(args);
	return 1;
}

static int sockets_answer, socket_is_good;

int __wrap_sd_listen_fds_with_names(int unset, char ***ret_names)
{
	assert_int_equal(unset, 0);
	if (sockets_answer <= 0)
		return sockets_answer;
	char **names = calloc(3, sizeof(*names));
	names[0] = strdup("https");
	names[1] = strdup("metrics");
	*ret_names = names;
	return 2;
}

int __wrap_sd_is_socket(int fd, int family, int type, int listening)
{
	(void)family;
	(void)type;
	assert_in_range(fd, 3, 4);
	assert_int_equal(listening, 1);
	return socket_is_good;
}

static void test_words_to_the_service_manager(void **state)
{
	(void)state;
	service_ready();
	assert_string_equal(notified, "READY=1");
	service_stopping();
	assert_string_equal(notified, "STOPPING=1");
	service_watchdog();
	assert_string_equal(notified, "WATCHDOG=1");
	long long at = 0;
	service_reloading();
	assert_int_equal(sscanf(notified, "RELOADING=1\nMONOTONIC_USEC=%lld", &at), 1);
	assert_true(at > 0);
	service_status("%d requests", 7);
	assert_string_equal(notified, "STATUS=7 requests");
	service_status("%s", "one\nMAINPID=1");
	assert_string_equal(notified, "STATUS=one");
}

/* Something open and blocking where the service manager puts what it hands over. */
static void open_at(int place)
{
	int fd = open("/dev/null", O_RDONLY);
	assert_true(fd >= 0);
	assert_int_equal(dup2(fd, place), place);
	if (fd != place)
		assert_int_equal(close(fd), 0);
}

static void assert_nonblocking(int fd)
{
	assert_int_equal(fcntl(fd, F_GETFL) & O_NONBLOCK, O_NONBLOCK);
}

static void test_sockets_by_name(void **state)
{
	(void)state;
	int fd = 77;
	open_at(3);
	open_at(4);
	sockets_answer = 0;
	assert_int_equal(service_socket("https", &fd), SERVICE_NO_SOCKET);
	sockets_answer = -22;
	assert_int_equal(service_socket("https", &fd), -FAULT_SETTINGS);
	sockets_answer = 2;
	socket_is_good = 0;
	assert_int_equal(service_socket("https", &fd), -FAULT_SETTINGS);
	socket_is_good = 1;
	assert_int_equal(service_socket("http", &fd), SERVICE_NO_SOCKET);
	assert_int_equal(fd, 77);
	assert_int_equal(service_socket("https", &fd), 0);
	assert_int_equal(fd, 3);
	assert_nonblocking(3);
	assert_int_equal(service_socket("metrics", &fd), 0);
	assert_int_equal(fd, 4);
	assert_nonblocking(4);
}

static void test_credentials_by_name(void **state)
{
	(void)state;
	char folder[] = "/tmp/hakko-service-XXXXXX";
	assert_non_null(mkdtemp(folder));
	char file[64];
	(void)snprintf(file, sizeof(file), "%s/ca.pin", folder);
	char *path = NULL;
	assert_int_equal(unsetenv("CREDENTIALS_DIRECTORY"), 0);
	assert_int_equal(service_credential_path("ca.pin", &path), SERVICE_NO_CREDENTIAL);
	assert_int_equal(setenv("CREDENTIALS_DIRECTORY", "relative", 1), 0);
	assert_int_equal(service_credential_path("ca.pin", &path), SERVICE_NO_CREDENTIAL);
	assert_int_equal(setenv("CREDENTIALS_DIRECTORY", folder, 1), 0);
	assert_int_equal(service_credential_path("ca.pin", &path), SERVICE_NO_CREDENTIAL);
	assert_null(path);

	FILE *out = fopen(file, "w");
	assert_non_null(out);
	assert_int_equal(fclose(out), 0);
	assert_int_equal(service_credential_path("ca.pin", &path), 0);
	assert_string_equal(path, file);
	free(path);
	assert_int_equal(unlink(file), 0);
	assert_int_equal(rmdir(folder), 0);
}

/* Runs in a child: the signals stay blocked and ignored there. */
static int signals_in_child(void)
{
	static const int signals[] = { SIGTERM, SIGINT, SIGHUP };
	int fd;
	if (service_signals_open(&fd) != 0)
		return 1;
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
	if (poll(&poll_fd, 1, 0) != 0)
		return 2;
	for (size_t i = 0; i < LENGTH_OF(signals); i++) {
		int got = 0;
		(void)kill(getpid(), signals[i]);
		if (poll(&poll_fd, 1, 10000) != 1 || service_signal_read(fd, &got) != 0 ||
			got != signals[i])
			return 3;
	}
	(void)raise(SIGPIPE);
	return service_signal_read(-1, &fd) == -FAULT_IO ? 0 : 4;
}

static void test_signals_are_read_from_a_descriptor(void **state)
{
	(void)state;
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0)
		_exit(signals_in_child());
	int status;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words_to_the_service_manager),
		cmocka_unit_test(test_sockets_by_name),
		cmocka_unit_test(test_credentials_by_name),
		cmocka_unit_test(test_signals_are_read_from_a_descriptor),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
