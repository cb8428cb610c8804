/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Settings of hakkod-publish. Reads one file through base/settings.h.
 */
#pragma once

#include <stdbool.h>
#include <stdio.h>

#include "base/settings.h"

struct publish_settings {
	const char *database; /* libpq connection string, role hakko_publish */
	const char *signer_socket;
	const char *ca_certificate;  /* PEM */
	const char *rehearsal_clock; /* "" in production */
	const char *folder;          /* crl/ and ca/ in it are published */
	const char *listen;          /* "" no public listener of its own */
	int64_t crl_interval_s;
	int64_t crl_delay_s;
	int64_t step_deadline_s;
	int64_t listener_threads;
	int64_t listener_workers;
	int64_t listener_connections_max;
};

int publish_settings_load(const char *path, struct publish_settings *ret_settings) MUST_CHECK;
void publish_settings_done(struct publish_settings *settings);
void publish_settings_print(const struct publish_settings *settings, FILE *out);
