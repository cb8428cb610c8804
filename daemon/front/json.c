/* SPDX-License-Identifier: Apache-2.0 */
#include "front/json.h"

#include <assert.h>

#include "base/calendar.h"
#include "model/leaf.h"
#include "model/programme.h"

#define HEX_MAX LEAF_LEN /* octets of the longest text in hexadecimal */

json_t *front_json_instant(int64_t instant_at)
{
	char text[INSTANT_TEXT_SIZE];
	return json_string(instant_to_text(instant_at, text));
}

json_t *front_json_instant_or_null(int64_t instant_at)
{
	if (instant_at == 0 || instant_at == PROGRAMME_OPEN_END)
		return json_null();
	return front_json_instant(instant_at);
}

json_t *front_json_serial(const uint8_t serial[SERIAL_LEN])
{
	char text[SERIAL_HEX_SIZE];
	serial_to_hex(serial, text);
	return json_string(text);
}

json_t *front_json_digest(const struct digest *digest)
{
	char text[DIGEST_HEX_SIZE];
	digest_to_text(digest, text);
	return json_string(text);
}

json_t *front_json_hex(struct bytes octets)
{
	char text[2 * HEX_MAX + 1];
	assert(octets.len <= HEX_MAX);
	hex_encode(octets, text);
	return json_string(text);
}
