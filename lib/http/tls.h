/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who may finish a TLS handshake: TLS 1.2 and 1.3, a client certificate always, known by the
 * SHA-256 of its DER to the program's register, valid by the real clock, fit for a TLS client. The
 * only file that sees GnuTLS. There are no session tickets and no cache of sessions: a resumed
 * session would skip the check. Never verifies a chain: the register is the trust.
 */
#pragma once

#include "base/bytes.h"
#include "http/server.h"

#define HTTP_TLS_CHAIN_MAX 4         /* certificates a client may send */
#define HTTP_TLS_HANDSHAKE_MAX 16384 /* octets of one handshake message, so of the whole chain */
#define HTTP_TLS_PEM_MAX 65536       /* octets of the server's certificate chain or key */

/* For MHD_OPTION_HTTPS_PRIORITIES: authenticated ciphers with forward secrecy only. */
#define HTTP_TLS_PRIORITIES                                                                        \
	"NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:-KX-ALL:+ECDHE-ECDSA:+ECDHE-RSA:"              \
	"-CIPHER-ALL:+AES-256-GCM:+AES-128-GCM:+CHACHA20-POLY1305:-MAC-ALL:+AEAD:"                 \
	"-SIGN-RSA-SHA1:-SIGN-ECDSA-SHA1:%NO_TICKETS"

/* Who is at the other end of a connection; set by the handshake. */
struct http_tls_peer {
	const struct http_server_settings *settings;
	bool is_verified;
	struct digest fingerprint;
	int64_t not_after_at; /* of its certificate, by the real clock */
};

/* FAULT_SETTINGS, with the reason, when a server cannot use these PEM texts. */
int http_tls_check(const char *certificate, const char *key) MUST_CHECK;
/*
 * Prepares a new connection's session (a gnutls_session_t), before its handshake; `peer` stays
 * where it is as long as the session. A handshake that ends well leaves peer->is_verified set.
 */
void http_tls_guard(void *session, struct http_tls_peer *peer);
