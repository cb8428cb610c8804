/* SPDX-License-Identifier: Apache-2.0 */
#include "publish/settings.h"

#include "base/fault.h"

#define AT(member_) offsetof(struct publish_settings, member_)

static const struct setting table[] = {
	{ "database", SETTING_TEXT, AT(database),
		"host=/run/postgresql dbname=hakko user=hakko_publish", 0, 0,
		"libpq connection string; several hosts as libpq has it, no password" },
	{ "signer_socket", SETTING_PATH, AT(signer_socket), "/run/hakko/signer.sock", 0, 0,
		"the signer's Unix socket" },
	{ "ca_certificate", SETTING_PATH, AT(ca_certificate), "/etc/hakko/ca.pem", 0, 0,
		"the CA certificate, PEM" },
	{ "rehearsal_clock", SETTING_PATH, AT(rehearsal_clock), "", 0, 0,
		"clock file of a rehearsal; must be absent in production" },
	{ "folder", SETTING_PATH, AT(folder), "/var/lib/hakko-publish", 0, 0,
		"where CRLs (crl/) and CA certificates (ca/) are written" },
	{ "listen", SETTING_ADDRESS, AT(listen), "127.0.0.1:8080", 0, 0,
		"public listener, plain HTTP, unless systemd hands a socket over" },
	{ "crl_interval_s", SETTING_NUMBER, AT(crl_interval_s), "86400", 60, 604800,
		"a CRL is issued at this age of the last one, in seconds" },
	{ "crl_delay_s", SETTING_NUMBER, AT(crl_delay_s), "15", 0, 3600,
		"revocations of this many seconds go into one CRL" },
	{ "step_deadline_s", SETTING_NUMBER, AT(step_deadline_s), "60", 1, 3600,
		"a publication takes at most this many seconds" },
	{ "listener_threads", SETTING_NUMBER, AT(listener_threads), "1", 1, 64,
		"threads of the public listener" },
	{ "listener_workers", SETTING_NUMBER, AT(listener_workers), "4", 1, 256,
		"requests of the public listener served at once" },
	{ "listener_connections_max", SETTING_NUMBER, AT(listener_connections_max), "1024", 1,
		65536, "connections of the public listener" },
};

int publish_settings_load(const char *path, struct publish_settings *ret_settings)
{
	int r = settings_load(table, LENGTH_OF(table), path, ret_settings);

	return r < 0 ? fault_trace(r) : r;
}

void publish_settings_done(struct publish_settings *settings)
{
	settings_done(table, LENGTH_OF(table), settings);
}

void publish_settings_print(const struct publish_settings *settings, FILE *out)
{
	settings_print(table, LENGTH_OF(table), settings, out);
}
