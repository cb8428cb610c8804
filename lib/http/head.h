/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Judges a request by its request line and headers, before its body is read: framing, peer,
 * route, role, media type, size.
 */
#pragma once

#include "http/exchange.h"

/* Sets the exchange's route or refusal, and whether its connection ends with the reply. */
void http_head_judge(struct http_exchange *exchange, const char *version);
