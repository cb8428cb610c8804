/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The certificate is on the card and handed over (K5).
 */
#pragma once

#include "terminal/counter.h"

/* CLIENT_REFUSED, without a fee (P6) above all. */
int terminal_deliver_confirm(struct terminal_counter *counter, const char *id) MUST_CHECK;
