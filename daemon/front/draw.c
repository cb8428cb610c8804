/* SPDX-License-Identifier: Apache-2.0 */
#include "front/draw.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/calendar.h"
#include "base/digest.h"
#include "base/fault.h"

#define ID_PREFIX "ap_"
#define ID_PREFIX_LEN (sizeof(ID_PREFIX) - 1)

/* RFC 4648 6, in lower case. */
static const char digits[] = "abcdefghijklmnopqrstuvwxyz234567";

int front_draw_serial(uint8_t ret_serial[SERIAL_LEN])
{
	static const uint8_t zero[SERIAL_LEN];
	uint8_t serial[SERIAL_LEN];
	do {
		int r = random_fill(serial, sizeof(serial));
		if (r < 0)
			return fault_trace(r);
		serial[0] &= 0x7f;
	} while (memcmp(serial, zero, sizeof(serial)) == 0);
	memcpy(ret_serial, serial, sizeof(serial));
	return 0;
}

int front_draw_cn(int64_t reserved_at, const char *municipality, char ret_cn[CN_LEN + 1])
{
	assert(strlen(municipality) == MUNICIPALITY_CODE_LEN);
	uint32_t drawn;
	int r = random_below(1000 * 26, &drawn);
	if (r < 0)
		return fault_trace(r);
	struct civil_time jst = jst_of_instant(reserved_at);
	char cn[64];
	int len = snprintf(cn, sizeof(cn), "%04d%02d%02d%02d%02d%02d%s%03u%c", jst.date.year,
		jst.date.month, jst.date.day, jst.hour, jst.minute, jst.second, municipality,
		(unsigned)(drawn / 26), (char)('A' + (int)(drawn % 26)));
	assert(len == CN_LEN);
	memcpy(ret_cn, cn, CN_LEN + 1);
	return 0;
}

int front_draw_application_id(char ret_id[APPLICATION_ID_LEN + 1])
{
	uint8_t octets[APPLICATION_ID_LEN - ID_PREFIX_LEN];
	int r = random_fill(octets, sizeof(octets));
	if (r < 0)
		return fault_trace(r);
	memcpy(ret_id, ID_PREFIX, ID_PREFIX_LEN);
	for (size_t i = 0; i < sizeof(octets); i++)
		ret_id[ID_PREFIX_LEN + i] = digits[octets[i] & 31];
	ret_id[APPLICATION_ID_LEN] = '\0';
	return 0;
}

bool front_draw_is_application_id(const char *text)
{
	return strlen(text) == APPLICATION_ID_LEN && strncmp(text, ID_PREFIX, ID_PREFIX_LEN) == 0 &&
		strspn(text + ID_PREFIX_LEN, digits) == APPLICATION_ID_LEN - ID_PREFIX_LEN;
}
