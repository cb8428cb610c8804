/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The daemon's life: everything made, started, watched over, stopped. Exit statuses are those of
 * sysexits.h.
 */
#pragma once

#include "front/front.h"

/* Files that are named must be such as they are said to be; no port is opened. */
int front_serve_check(struct front *front) MUST_CHECK;
/*
 * Serves until a signal says stop. Takes the settings as loaded. EX_OK, EX_CONFIG (the database's
 * schema is another program's); a fault when it cannot start.
 */
int front_serve(struct front *front) MUST_CHECK;
