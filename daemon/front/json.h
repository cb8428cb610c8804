/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Values of the API's JSON that jansson has no word for. Each gives a new value, NULL without
 * memory (which http_reply_json() tells of).
 */
#pragma once

#include <jansson.h>
#include <stdint.h>

#include "base/digest.h"
#include "model/application.h"

json_t *front_json_instant(int64_t instant_at);
/* null for 0 and for PROGRAMME_OPEN_END. */
json_t *front_json_instant_or_null(int64_t instant_at);
json_t *front_json_serial(const uint8_t serial[SERIAL_LEN]);
json_t *front_json_digest(const struct digest *digest);
json_t *front_json_hex(struct bytes octets);
