/* SPDX-License-Identifier: Apache-2.0 */
#include "http/tls.h"

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <string.h>

#include "base/calendar.h"
#include "base/fault.h"

CLEANUP_DEFINE(certificate_done, struct gnutls_x509_crt_int, gnutls_x509_crt_deinit)

#define ACCEPTED 0
/* Otherwise the alert that tells the client why (RFC 8446, 6.2). */

int http_tls_check(const char *certificate, const char *key)
{
	gnutls_certificate_credentials_t credentials;
	gnutls_datum_t chain = { (unsigned char *)(uintptr_t)certificate,
		(unsigned)strlen(certificate) };
	gnutls_datum_t secret = { (unsigned char *)(uintptr_t)key, (unsigned)strlen(key) };

	if (gnutls_certificate_allocate_credentials(&credentials) != GNUTLS_E_SUCCESS)
		return fault_new(FAULT_MEMORY, "no memory for TLS credentials");
	int wrong = gnutls_certificate_set_x509_key_mem(
		credentials, &chain, &secret, GNUTLS_X509_FMT_PEM);
	gnutls_certificate_free_credentials(credentials);
	if (wrong < 0)
		return fault_new(FAULT_SETTINGS, "the server's certificate and key: %s",
			gnutls_strerror(wrong));
	return 0;
}

/* Dates by the real clock, also in a rehearsal; a purpose, where one is named, for TLS clients. */
static int certificate_examine(const gnutls_datum_t *der, int64_t *ret_not_after_at)
{
	CLEANUP(certificate_done) gnutls_x509_crt_t certificate = NULL;

	if (gnutls_x509_crt_init(&certificate) < 0)
		return GNUTLS_A_INTERNAL_ERROR;
	if (gnutls_x509_crt_import(certificate, der, GNUTLS_X509_FMT_DER) < 0)
		return GNUTLS_A_BAD_CERTIFICATE;

	time_t not_before = gnutls_x509_crt_get_activation_time(certificate);
	time_t not_after = gnutls_x509_crt_get_expiration_time(certificate);
	int64_t now_s = clock_real_now_at() / SECOND;
	if (not_before == (time_t)-1 || not_after == (time_t)-1)
		return GNUTLS_A_BAD_CERTIFICATE;
	if (now_s < not_before || now_s > not_after)
		return GNUTLS_A_CERTIFICATE_EXPIRED;
	if (gnutls_x509_crt_check_key_purpose(certificate, GNUTLS_KP_TLS_WWW_CLIENT, 0) == 0)
		return GNUTLS_A_UNSUPPORTED_CERTIFICATE;
	*ret_not_after_at = (int64_t)not_after * SECOND;
	return ACCEPTED;
}

static int registered(const struct http_tls_peer *peer)
{
	const struct http_server_settings *settings = peer->settings;
	struct client client = { 0 };

	switch (settings->peer(&peer->fingerprint, &client, settings->context)) {
	case HTTP_PEER_KNOWN:
	case HTTP_PEER_REGISTER_MISSING: /* each request is asked about again */
		return ACCEPTED;
	case HTTP_PEER_SUSPENDED:
		return GNUTLS_A_ACCESS_DENIED;
	case HTTP_PEER_UNKNOWN:
		return GNUTLS_A_UNKNOWN_CA;
	}
	return GNUTLS_A_INTERNAL_ERROR;
}

static int chain_examine(gnutls_session_t session, struct http_tls_peer *peer)
{
	unsigned count = 0;
	const gnutls_datum_t *chain = gnutls_certificate_get_peers(session, &count);

	if (chain == NULL || count == 0)
		return GNUTLS_A_CERTIFICATE_REQUIRED;
	if (gnutls_certificate_type_get(session) != GNUTLS_CRT_X509)
		return GNUTLS_A_UNSUPPORTED_CERTIFICATE;
	if (count > HTTP_TLS_CHAIN_MAX)
		return GNUTLS_A_BAD_CERTIFICATE;

	int alert = certificate_examine(&chain[0], &peer->not_after_at);
	if (alert != ACCEPTED)
		return alert;
	if (digest_of((struct bytes){ chain[0].data, chain[0].size }, &peer->fingerprint) < 0)
		return GNUTLS_A_INTERNAL_ERROR;
	return registered(peer);
}

/* Called in the handshake when the client's certificate is there; not 0 ends the handshake. */
static int session_verify(gnutls_session_t session)
{
	struct http_tls_peer *peer = gnutls_session_get_ptr(session);
	int alert = chain_examine(session, peer);

	if (alert != ACCEPTED) {
		(void)gnutls_alert_send(
			session, GNUTLS_AL_FATAL, (gnutls_alert_description_t)alert);
		return GNUTLS_E_CERTIFICATE_ERROR;
	}
	peer->is_verified = true;
	return 0;
}

void http_tls_guard(void *session, struct http_tls_peer *peer)
{
	/* libmicrohttpd needs the pointer for pre-shared keys only, which we do not offer. */
	gnutls_session_set_ptr(session, peer);
	gnutls_certificate_server_set_request(session, GNUTLS_CERT_REQUIRE);
	gnutls_session_set_verify_function(session, session_verify);
	gnutls_handshake_set_max_packet_length(session, HTTP_TLS_HANDSHAKE_MAX);
}
