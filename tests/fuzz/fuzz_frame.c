/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The reader of frames: the first octet says how many octets of script follow, each a read to make; the rest
 * is the frame.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "wire/frame.h"

/* Makes one read; what it gives must lie inside the frame. */
static void read_one(struct wire_reader *reader, uint8_t what)
{
	uint8_t fixed[32];
	char text[64];
	size_t before = reader->rest.len;
	struct bytes octets;

	switch (what % 6) {
	case 0:
		(void)wire_get_u8(reader);
		break;
	case 1:
		(void)wire_get_u32(reader);
		break;
	case 2:
		(void)wire_get_i64(reader);
		break;
	case 3:
		wire_get_fixed(reader, fixed, what % sizeof(fixed));
		break;
	case 4:
		octets = wire_get_bytes(reader, (size_t)what * 8);
		if (octets.len > (size_t)what * 8 || octets.len > before)
			abort();
		break;
	default:
		wire_get_text(reader, text, sizeof(text));
		if (strlen(text) >= sizeof(text))
			abort();
	}
	if (reader->rest.len > before)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	if (len < 1 || len - 1 < data[0])
		return 0;
	size_t script_len = data[0];
	const uint8_t *script = data + 1;
	struct bytes frame = { script + script_len, len - 1 - script_len };
	enum wire_verb verb;
	struct wire_reader reader;
	if (wire_frame_open(frame, &verb, &reader) != 0)
		return 0;
	for (size_t i = 0; i < script_len; i++) {
		bool had_failed = reader.failed;
		read_one(&reader, script[i]);
		if (had_failed && !reader.failed)
			abort();
	}
	if (wire_reader_end(&reader) == 0 && (reader.failed || reader.rest.len > 0))
		abort();
	return 0;
}
