/* SPDX-License-Identifier: Apache-2.0 */
#include "signer/settings.h"

#include <assert.h>
#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"

#define AT(member_) offsetof(struct signer_settings, member_)

static const struct setting own_rows[] = {
	{ "socket", SETTING_PATH, AT(socket), "/run/hakko/signer.sock", 0, 107,
		"Socket to listen on, unless the service manager hands over one named signer." },
	{ "journal", SETTING_PATH, AT(journal), "/var/lib/hakko-signer", 0, 0,
		"Folder of the journal; a new journal is made only in an empty folder." },
	{ "ca_certificate", SETTING_PATH, AT(ca_certificate), "/etc/hakko/ca.pem", 0, 0,
		"PEM file of the CA certificate." },
	{ "ca_key", SETTING_PATH, AT(ca_key), "/etc/hakko/ca.key", 0, 0,
		"PEM file of the CA's private key, an encrypted PKCS#8." },
	{ "passphrase_file", SETTING_PATH, AT(passphrase_file), "", 0, 0,
		"File of the key's passphrase; empty: the credential ca-key-passphrase." },
	{ "closing_at", SETTING_INSTANT, AT(closing_at), NULL, 0, 0,
		"The programme's end: from this instant on no certificate is signed (P1)." },
	{ "clock_skew_ms", SETTING_NUMBER, AT(clock_skew_ms), "2000", 0, 10000,
		"How far other hosts' clocks may be ahead of this one, in milliseconds." },
	{ "rehearsal_clock", SETTING_PATH, AT(rehearsal_clock), "", 0, 0,
		"Clock file of a rehearsal; given with a rehearsal CA and only then." },
	{ "front_user", SETTING_TEXT, AT(front_user), "hakko-front", 0, 64,
		"User, by name or number, that may issue, read the journal and ask the status." },
	{ "publish_user", SETTING_TEXT, AT(publish_user), "hakko-publish", 0, 64,
		"User, by name or number, that may have CRLs signed and ask the status." },
	{ "connections_max", SETTING_NUMBER, AT(connections_max), "128", 1, 512,
		"Connections at a time; further ones wait to be accepted." },
	{ "threads", SETTING_NUMBER, AT(threads), "0", 0, 256,
		"Signing threads; 0: as many as there are cores." },
	{ "frame_timeout_s", SETTING_NUMBER, AT(frame_timeout_s), "10", 1, 600,
		"How long a peer may stall in the middle of a message or CRL, in seconds." },
	{ "known_max", SETTING_NUMBER, AT(known_max), "262144", 1024, 16777216,
		"Reservations of the last minutes kept in memory, at some 150 octets each." },
};

#define ROWS_MAX 64
#define USER_ENTRY_MAX 16384 /* octets of a line of the user database */

/* All rows: ours, and the profile's with their members' places in our struct. */
static size_t rows_join(struct setting out[ROWS_MAX])
{
	size_t count = LENGTH_OF(own_rows);
	assert(count + pki_profile_settings_count <= ROWS_MAX);
	memcpy(out, own_rows, sizeof(own_rows));
	for (size_t i = 0; i < pki_profile_settings_count; i++) {
		out[count] = pki_profile_settings[i];
		out[count++].offset += AT(profile);
	}
	return count;
}

static int uid_from_number(const char *text, uid_t *ret_uid)
{
	errno = 0;
	char *end;
	unsigned long number = strtoul(text, &end, 10);
	if (*end != '\0' || errno != 0 || number >= UINT32_MAX)
		return fault_new(FAULT_SETTINGS, "\"%s\" is no user", text);
	*ret_uid = (uid_t)number;
	return 0;
}

/* The number of a user given by name or number. */
static int uid_of(const char *text, uid_t *ret_uid)
{
	if (*text >= '0' && *text <= '9') {
		int r = uid_from_number(text, ret_uid);
		return r < 0 ? fault_trace(r) : 0;
	}
	char texts[USER_ENTRY_MAX];
	struct passwd entry, *found = NULL;
	int why = getpwnam_r(text, &entry, texts, sizeof(texts), &found);
	if (found == NULL)
		return fault_new(FAULT_SETTINGS, "user \"%s\": %s", text,
			why == 0 ? "does not exist" : strerrordesc_np(why));
	*ret_uid = entry.pw_uid;
	return 0;
}

int signer_settings_load(const char *path, struct signer_settings *ret_settings)
{
	struct setting rows[ROWS_MAX];
	size_t count = rows_join(rows);
	struct signer_settings settings = { 0 };
	int r = settings_load(rows, count, path, &settings);
	if (r < 0)
		return fault_trace(r);
	r = uid_of(settings.front_user, &settings.front_uid);
	if (r == 0)
		r = uid_of(settings.publish_user, &settings.publish_uid);
	if (r < 0) {
		settings_done(rows, count, &settings);
		return fault_trace(r);
	}
	*ret_settings = settings;
	return 0;
}

void signer_settings_done(struct signer_settings *settings)
{
	struct setting rows[ROWS_MAX];
	size_t count = rows_join(rows);
	settings_done(rows, count, settings);
}

void signer_settings_print(const struct signer_settings *settings, FILE *out)
{
	struct setting rows[ROWS_MAX];
	size_t count = rows_join(rows);
	settings_print(rows, count, settings, out);
}
