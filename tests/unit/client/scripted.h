/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The scripted server (scripted_server.py) as a child of a test: one for all tests of a program.
 * Loopback only; its files go with scripted_stop().
 */
#pragma once

#include "client/https.h"

/* For cmocka's group setup and teardown. */
int scripted_start(void **state);
int scripted_stop(void **state);
/* Its folder, with ca.pem, client.pem, client.key, stranger.pem, other-ca.pem… */
const char *scripted_file(const char *name);
const char *scripted_url(void);
/* A client of it; the names are of files in the folder. */
int scripted_open(const char *ca, const char *identity, struct client_https **ret_https) MUST_CHECK;
