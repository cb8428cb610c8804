/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The number of a published CRL, from a file or an address. Reads, never writes.
 */
#pragma once

#include "base/cleanup.h"
#include "base/clock.h"

#define CTL_CRL_ABSENT 1

/* Exactly one of `path` and `url` is not NULL. CTL_CRL_ABSENT; FAULT_PROTOCOL when it is no CRL. */
int ctl_crl_number(const char *path, const char *url, struct deadline deadline, int64_t *ret_number)
	MUST_CHECK;
