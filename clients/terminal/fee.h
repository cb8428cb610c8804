/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The fee is recorded (P6).
 */
#pragma once

#include "terminal/counter.h"

/* `amount_yen` 0: the programme's. CLIENT_REFUSED. */
int terminal_fee_record(struct terminal_counter *counter, const char *id, const char *receipt,
	int64_t amount_yen) MUST_CHECK;
