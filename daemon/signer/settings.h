/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The signer's settings: its own rows and the profile's, one table. Reads one file and the
 * user database; opens nothing else.
 */
#pragma once

#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include "pki/profile.h"

struct signer_settings {
	const char *socket;
	const char *journal;
	const char *ca_certificate;
	const char *ca_key;
	const char *passphrase_file; /* "": the credential ca-key-passphrase */
	const char *rehearsal_clock; /* "": none */
	const char *front_user;
	const char *publish_user;
	int64_t closing_at; /* P1: this instant is closed */
	int64_t clock_skew_ms;
	int64_t connections_max;
	int64_t threads; /* 0: as many as cores */
	int64_t frame_timeout_s;
	int64_t known_max;
	struct pki_profile profile;
	uid_t front_uid, publish_uid; /* of the names above */
};

/* Reads the file and resolves the users. FAULT_SETTINGS. */
int signer_settings_load(const char *path, struct signer_settings *ret_settings) MUST_CHECK;
void signer_settings_done(struct signer_settings *settings);
void signer_settings_print(const struct signer_settings *settings, FILE *out);
