/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Looks for small factors of an RSA modulus. Inside the room only. Makes a table of primes at the
 * first call (any thread), else pure; not for secret numbers, its time depends on them.
 */
#pragma once

#include "base/bytes.h"

#define PKI_FACTOR_BOUND 65536      /* primes below it are tried */
#define PKI_FACTOR_MODULUS_MAX 1024 /* octets of a modulus */

/* Whether the big-endian number is even or has a prime factor below PKI_FACTOR_BOUND. */
bool pki_factor_is_found(struct bytes modulus);
