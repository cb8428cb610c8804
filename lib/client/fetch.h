/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A public file (a CRL, a CA certificate) from where everyone gets it, http or https. Sends no
 * identity and follows no redirect; whoever uses the octets judges their signature.
 */
#pragma once

#include "base/bytes.h"
#include "base/clock.h"

#define CLIENT_FETCH_MAX (64 * 1024 * 1024) /* octets: a CRL of a million entries has 49 million */
#define CLIENT_FETCH_ABSENT 1

/* Gives the file (buffer_done() it). CLIENT_FETCH_ABSENT: 404. FAULT_UNAVAILABLE otherwise. */
int client_fetch(const char *url, struct deadline deadline, struct buffer *ret_content) MUST_CHECK;
