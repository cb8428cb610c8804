/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The service's API as hakkoctl uses it: the person's TLS identity from the settings, refusals
 * printed, faults passed up.
 */
#pragma once

#include "client/command.h"
#include "client/https.h"

/* CLIENT_USAGE when a setting is missing. client_https_close() it. */
int ctl_api_open(const struct client_call *call, struct client_https **ret_https) MUST_CHECK;
/*
 * One request; takes `body`, which may be NULL where the method has none (else FAULT_MEMORY).
 * Gives an answer of 2xx. CLIENT_REFUSED: 4xx, and its problem is printed. FAULT_UNAVAILABLE:
 * 5xx, printed as well.
 */
int ctl_api_ask(const struct client_call *call, struct client_https *https, const char *method,
	const char *path, json_t *body, struct client_answer *ret_answer) MUST_CHECK;
/* Both, for a command of one request. */
int ctl_api_call(const struct client_call *call, const char *method, const char *path, json_t *body,
	struct client_answer *ret_answer) MUST_CHECK;
/* Prints "label: text" where the text, from the service, is not empty. */
void ctl_api_print(const struct client_call *call, const char *label, const char *text);
/* Prints a text of several lines, a certificate's PEM, the same way. */
void ctl_api_print_lines(const struct client_call *call, const char *text);
