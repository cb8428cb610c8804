/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an error of the server means here: an outcome of connection.h or a fault. For this room
 * only.
 */
#pragma once

#include <libpq-fe.h>

#include "store/connection.h"

/* What the error in `result` of `statement` means: an outcome > 0, or a fault < 0. */
int store_error_meaning(const PGresult *result, const char *statement) MUST_CHECK;
/* Whether the connection is of no use after it: the server ends it, or it cannot write. */
bool store_error_is_final(const PGresult *result);
