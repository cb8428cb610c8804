/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What systemd gives and wants: readiness, status, sockets by name, credentials. The only file
 * that sees libsystemd besides log.c. Without systemd every call does nothing or says so.
 */
#pragma once

#include <stdbool.h>

#include "base/cleanup.h"

#define SERVICE_CREDENTIAL_MAX 65536 /* octets of a credential */

void service_ready(void);
void service_stopping(void);
void service_reloading(void);
/* One line, for `systemctl status`. */
void service_status(const char *format, ...) PRINTF_LIKE(1, 2);
void service_watchdog(void);

#define SERVICE_NO_SOCKET 1
/*
 * The listening socket handed over under `name`, made non-blocking; SERVICE_NO_SOCKET when there
 * is none.
 */
int service_socket(const char *name, int *ret_fd) MUST_CHECK;

#define SERVICE_NO_CREDENTIAL 1
/* Path of the credential `name` in $CREDENTIALS_DIRECTORY; gives heap text. */
int service_credential_path(const char *name, char **ret_path) MUST_CHECK;

/*
 * Blocks SIGTERM, SIGINT and SIGHUP in this thread and all made later and gives a descriptor to
 * poll. Ignores SIGPIPE: a peer that went away is an error of write(), not our end.
 */
int service_signals_open(int *ret_fd) MUST_CHECK;
/* The signal read from it. */
int service_signal_read(int fd, int *ret_signal) MUST_CHECK;
