/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Settings of hakkod. Reads one file through base/settings.h.
 */
#pragma once

#include <stdio.h>

#include "base/settings.h"

struct front_settings {
	const char *listen;          /* "": systemd's socket "hakkod" */
	const char *health_listen;   /* "": no loopback listener */
	const char *tls_certificate; /* PEM files of the server */
	const char *tls_key;
	const char *database; /* libpq connection string, role hakko_front */
	const char *signer_socket;
	const char *ca_certificate;  /* PEM */
	const char *rehearsal_clock; /* "" in production */
	int64_t closing_at;          /* P1: this instant is closed */
	int64_t threads;
	int64_t workers;
	int64_t queue_max;
	int64_t connections_max;
	int64_t idle_timeout_s;
	int64_t request_deadline_s;
	int64_t signer_deadline_s;
	int64_t stop_deadline_s;
	int64_t settle_interval_s;
};

int front_settings_load(const char *path, struct front_settings *ret_settings) MUST_CHECK;
void front_settings_done(struct front_settings *settings);
void front_settings_print(const struct front_settings *settings, FILE *out);
/* The rows of the table, for the manual and its test; borrowed for ever. */
const struct setting *front_settings_table(size_t *ret_count_of_rows);
