/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The password of the private key (K1). It never leaves this process: there is no request that
 * holds it. Touches memory and the one file it is read from.
 */
#pragma once

#include <stdbool.h>

#include "base/secret.h"

#define TERMINAL_PASSWORD_MIN 4
#define TERMINAL_PASSWORD_MAX 16

/* K1: 4 to 16 characters of A to Z and 0 to 9. */
bool terminal_password_check(struct bytes password);
#define TERMINAL_PASSWORD_BAD 1
/* Loads and checks; secret_done() it. A newline at the end is not the password's. */
int terminal_password_load(const char *path, struct secret *ret_password) MUST_CHECK;
