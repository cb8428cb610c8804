/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A programme (P11): the instants, sums and kinds that one certificate service goes by. Data
 * only.
 */
#pragma once

#include <stdint.h>

#define PROGRAMME_OPEN_END INT64_MAX /* closing_at of a programme without an end */

struct programme {
	int32_t id;
	int64_t opening_at;     /* P11 */
	int64_t closing_at;     /* P1, half-open: this instant is closed */
	int32_t validity_years; /* P5 */
	int32_t fee_yen;        /* P6 */
};

/* Whether this installation is the real service or a rehearsal of it. */
enum service_kind { SERVICE_PRODUCTION = 1, SERVICE_REHEARSAL = 2 };
