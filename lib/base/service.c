/* SPDX-License-Identifier: Apache-2.0 */
#include "base/service.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <systemd/sd-daemon.h>

#include "base/clock.h"
#include "base/fault.h"

#define STATUS_MAX 256 /* octets */

/* A service manager that does not listen is no reason to stop: the answers are not looked at. */

void service_ready(void)
{
	(void)sd_notify(0, "READY=1");
}

void service_stopping(void)
{
	(void)sd_notify(0, "STOPPING=1");
}

void service_reloading(void)
{
	(void)sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%lld", (long long)monotonic_us());
}

void service_watchdog(void)
{
	(void)sd_notify(0, "WATCHDOG=1");
}

void service_status(const char *format, ...)
{
	char status[STATUS_MAX];
	va_list args;
	va_start(args, format);
	(void)vsnprintf(status, sizeof(status), format, args);
	va_end(args);
	/* A second line would be read as another assignment. */
	status[strcspn(status, "\n")] = '\0';
	(void)sd_notifyf(0, "STATUS=%s", status);
}

static void names_done(char ***names)
{
	for (char **name = *names; name != NULL && *name != NULL; name++)
		free(*name);
	free(*names);
}

int service_socket(const char *name, int *ret_fd)
{
	__attribute__((cleanup(names_done))) char **names = NULL;
	int count = sd_listen_fds_with_names(0, &names);
	if (count < 0)
		return fault_new(FAULT_SETTINGS, "sockets of the service manager: %s",
			strerrordesc_np(-count));
	int place = 0;
	while (place < count && strcmp(names[place], name) != 0)
		place++;
	if (place == count)
		return SERVICE_NO_SOCKET;

	int fd = SD_LISTEN_FDS_START + place;
	if (sd_is_socket(fd, AF_UNSPEC, SOCK_STREAM, 1) <= 0)
		return fault_new(FAULT_SETTINGS, "socket %s does not listen for streams", name);
	/* systemd hands it over blocking, unless the unit says NonBlocking=. */
	int flags = fcntl(fd, F_GETFL);
	if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0)
		return fault_new(FAULT_IO, "socket %s: %s", name, strerrordesc_np(errno));
	*ret_fd = fd;
	return 0;
}

int service_credential_path(const char *name, char **ret_path)
{
	assert(strchr(name, '/') == NULL);
	const char *folder = getenv("CREDENTIALS_DIRECTORY");
	if (folder == NULL || folder[0] != '/')
		return SERVICE_NO_CREDENTIAL;
	char *path = NULL;
	if (asprintf(&path, "%s/%s", folder, name) < 0)
		return fault_new(FAULT_MEMORY, "no memory for a path");
	if (access(path, F_OK) != 0) {
		free(path);
		return SERVICE_NO_CREDENTIAL;
	}
	*ret_path = path;
	return 0;
}

int service_signals_open(int *ret_fd)
{
	sigset_t set;
	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGTERM);
	(void)sigaddset(&set, SIGINT);
	(void)sigaddset(&set, SIGHUP);
	int why = pthread_sigmask(SIG_BLOCK, &set, NULL);
	if (why != 0)
		return fault_new(FAULT_IO, "signals: %s", strerrordesc_np(why));
	const struct sigaction ignore = { .sa_handler = SIG_IGN };
	if (sigaction(SIGPIPE, &ignore, NULL) != 0)
		return fault_new(FAULT_IO, "signals: %s", strerrordesc_np(errno));

	int fd = signalfd(-1, &set, SFD_CLOEXEC);
	if (fd < 0)
		return fault_new(FAULT_IO, "signals: %s", strerrordesc_np(errno));
	*ret_fd = fd;
	return 0;
}

int service_signal_read(int fd, int *ret_signal)
{
	struct signalfd_siginfo info;
	ssize_t got;
	do {
		got = read(fd, &info, sizeof(info));
	} while (got < 0 && errno == EINTR);
	if (got != (ssize_t)sizeof(info))
		return fault_new(FAULT_IO, "signals: %s",
			got < 0 ? strerrordesc_np(errno) : "half a record");
	*ret_signal = (int)info.ssi_signo;
	return 0;
}
