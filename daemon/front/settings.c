/* SPDX-License-Identifier: Apache-2.0 */
#include "front/settings.h"

#include "base/fault.h"

#define AT(member_) offsetof(struct front_settings, member_)

static const struct setting table[] = {
	{ "listen", SETTING_ADDRESS, AT(listen), "", 0, 0,
		"where terminals connect, unless systemd hands a socket named hakkod over" },
	{ "health_listen", SETTING_ADDRESS, AT(health_listen), "127.0.0.1:9443", 0, 0,
		"loopback listener for /health and /metrics, plain HTTP; empty for none" },
	{ "tls_certificate", SETTING_PATH, AT(tls_certificate), "/etc/hakko/tls.pem", 0, 0,
		"the server's certificate and its chain, PEM" },
	{ "tls_key", SETTING_PATH, AT(tls_key), "/etc/hakko/tls.key", 0, 0,
		"the server's TLS key, PEM" },
	{ "database", SETTING_TEXT, AT(database),
		"host=/run/postgresql dbname=hakko user=hakko_front", 0, 0,
		"libpq connection string; several hosts as libpq has it, no password" },
	{ "signer_socket", SETTING_PATH, AT(signer_socket), "/run/hakko/signer.sock", 0, 0,
		"the signer's Unix socket" },
	{ "ca_certificate", SETTING_PATH, AT(ca_certificate), "/etc/hakko/ca.pem", 0, 0,
		"the CA certificate, PEM" },
	{ "closing_at", SETTING_INSTANT, AT(closing_at), NULL, 0, 0,
		"the programme's end: from this instant on nothing is opened or issued (P1)" },
	{ "rehearsal_clock", SETTING_PATH, AT(rehearsal_clock), "", 0, 0,
		"clock file of a rehearsal; must be absent in production" },
	{ "threads", SETTING_NUMBER, AT(threads), "1", 1, 64, "threads that speak TLS and HTTP" },
	{ "workers", SETTING_NUMBER, AT(workers), "16", 1, 120,
		"requests worked on at once, each with a database and a signer connection; at most "
		"120, as the signer takes 128 connections by default and others need some too" },
	{ "queue_max", SETTING_NUMBER, AT(queue_max), "1024", 1, 65536,
		"requests that wait for a worker; more are answered 503" },
	{ "connections_max", SETTING_NUMBER, AT(connections_max), "4096", 1, 65536,
		"connections of terminals" },
	{ "idle_timeout_s", SETTING_NUMBER, AT(idle_timeout_s), "120", 1, 3600,
		"a connection without a request is closed after this many seconds" },
	{ "request_deadline_s", SETTING_NUMBER, AT(request_deadline_s), "20", 1, 300,
		"a request is answered within this many seconds" },
	{ "signer_deadline_s", SETTING_NUMBER, AT(signer_deadline_s), "10", 1, 300,
		"the signer answers within this many seconds" },
	{ "stop_deadline_s", SETTING_NUMBER, AT(stop_deadline_s), "25", 1, 300,
		"requests accepted before a stop are answered within this many seconds" },
	{ "settle_interval_s", SETTING_NUMBER, AT(settle_interval_s), "2", 1, 3600,
		"the signer's journal is read every so many seconds" },
};

int front_settings_load(const char *path, struct front_settings *ret_settings)
{
	int r = settings_load(table, LENGTH_OF(table), path, ret_settings);
	return r < 0 ? fault_trace(r) : r;
}

void front_settings_done(struct front_settings *settings)
{
	settings_done(table, LENGTH_OF(table), settings);
}

void front_settings_print(const struct front_settings *settings, FILE *out)
{
	settings_print(table, LENGTH_OF(table), settings, out);
}

const struct setting *front_settings_table(size_t *ret_count_of_rows)
{
	*ret_count_of_rows = LENGTH_OF(table);
	return table;
}
