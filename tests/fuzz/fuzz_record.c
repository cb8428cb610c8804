/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Headers of the journal as a damaged disk may give them. The hash would turn nearly all
 * away, so it is put right first; what decodes then must encode to the same octets.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "signer/record.h"

#define HASHED_LEN (SIGNER_RECORD_LEN - DIGEST_LEN)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t header[SIGNER_RECORD_LEN] = { 0 }, again[SIGNER_RECORD_LEN];
	struct signer_record record;
	struct digest hash;
	memcpy(header, data, len < HASHED_LEN ? len : HASHED_LEN);
	if (digest_of((struct bytes){ header, HASHED_LEN }, &hash) < 0)
		abort();
	memcpy(header + HASHED_LEN, hash.octets, DIGEST_LEN);
	int r = signer_record_decode(header, &record);
	if (r == SIGNER_RECORD_BAD)
		return 0;
	if (r < 0 || signer_record_encode(&record, again) < 0 ||
		memcmp(header, again, sizeof(header)) != 0)
		abort();
	return 0;
}
