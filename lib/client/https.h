/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HTTPS for the programs people run: one identity, one server, requests one after the other. Only
 * https and the given CA are accepted, no redirects, no proxies, every call ends by a deadline.
 */
#pragma once

#include "base/clock.h"
#include "client/answer.h"

#define CLIENT_PATH_MAX 512 /* octets of a request's path with its query */

struct client_https;

struct client_https_settings {
	const char *url;         /* "https://host:port", no path */
	const char *ca;          /* PEM file of the server's CA */
	const char *certificate; /* PEM file of the client's certificate */
	const char *key;         /* PEM file of its key */
	const char *language;    /* Accept-Language: "ja" or "en" */
};

/*
 * Borrows nothing of the settings; client_https_close() it. FAULT_SETTINGS when the URL is of
 * another form or a file cannot be read. Opens no connection yet.
 */
int client_https_open(const struct client_https_settings *settings, struct client_https **ret_https)
	MUST_CHECK;
void client_https_close(struct client_https *https);
CLEANUP_DEFINE(client_https_done, struct client_https, client_https_close)

/*
 * One request and its answer (client_answer_done() it), whatever its status. `body` (borrowed)
 * may be NULL. FAULT_UNAVAILABLE and FAULT_TIMEOUT: no answer, although the request may have
 * been carried out when client_https_was_sent(). FAULT_PROTOCOL: not our server, or it refused
 * this client in the handshake, or it sent what it must not; repeating that is of no use.
 */
int client_https_call(struct client_https *https, const char *method, const char *path,
	json_t *body, struct deadline deadline, struct client_answer *ret_answer) MUST_CHECK;
/* Whether the latest call got so far that the server may have seen the request. */
bool client_https_was_sent(const struct client_https *https);
/*
 * The next call makes a connection of its own. On a kept one that the server has just closed
 * libcurl would send the request once more by itself, which an act done twice must not be.
 */
void client_https_use_fresh(struct client_https *https);
