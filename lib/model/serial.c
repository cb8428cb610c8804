/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "model/application.h"

static const char digits[] = "0123456789abcdef";

void serial_to_hex(const uint8_t serial[SERIAL_LEN], char out[SERIAL_HEX_SIZE])
{
	for (size_t i = 0; i < SERIAL_LEN; i++) {
		out[2 * i] = digits[serial[i] >> 4];
		out[2 * i + 1] = digits[serial[i] & 15];
	}
	out[2 * (size_t)SERIAL_LEN] = '\0';
}

/* Of a character that is not the terminator. */
static int digit_value(char digit)
{
	const char *found = strchr(digits, digit);

	return found == NULL ? -1 : (int)(found - digits);
}

int serial_from_hex(const char *text, uint8_t ret_serial[SERIAL_LEN])
{
	uint8_t serial[SERIAL_LEN];

	if (strlen(text) != SERIAL_HEX_SIZE - 1)
		return SERIAL_BAD;
	for (size_t i = 0; i < SERIAL_LEN; i++) {
		int high = digit_value(text[2 * i]);
		int low = digit_value(text[2 * i + 1]);

		if (high < 0 || low < 0)
			return SERIAL_BAD;
		serial[i] = (uint8_t)(high << 4 | low);
	}
	if (serial[0] >= 0x80) /* the top bit is 0 (profile) */
		return SERIAL_BAD;
	memcpy(ret_serial, serial, SERIAL_LEN);
	return 0;
}
