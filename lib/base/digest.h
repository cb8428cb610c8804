/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SHA-256 and random octets, from libcrypto. Touches no file.
 */
#pragma once

#include <stdint.h>

#include "base/bytes.h"

#define DIGEST_LEN 32      /* octets of a SHA-256 */
#define DIGEST_HEX_SIZE 65 /* its text, with terminator */

struct digest {
	uint8_t octets[DIGEST_LEN];
};

int digest_of(struct bytes octets, struct digest *ret_digest) MUST_CHECK;
/* SHA-256 of the concatenation of `count` pieces. */
int digest_of_pieces(const struct bytes *pieces, size_t count, struct digest *ret_digest)
	MUST_CHECK;

/* SHA-256 of what comes piece by piece; on the heap. */
struct digest_stream;
#define DIGEST_STREAM_CLEANUP __attribute__((cleanup(digest_stream_done)))
int digest_stream_new(struct digest_stream **ret_stream) MUST_CHECK;
int digest_stream_add(struct digest_stream *stream, struct bytes octets) MUST_CHECK;
/* Once, at the end. */
int digest_stream_end(struct digest_stream *stream, struct digest *ret_digest) MUST_CHECK;
void digest_stream_done(struct digest_stream **stream);

struct bytes digest_bytes(const struct digest *digest); /* borrows */
bool digest_equal(const struct digest *a, const struct digest *b);
void digest_to_text(const struct digest *digest, char out[DIGEST_HEX_SIZE]);

/* Octets from the system's CSPRNG. */
int random_fill(uint8_t *out, size_t len) MUST_CHECK;
/* A number below `bound` (1 to 2^31), without bias. */
int random_below(uint32_t bound, uint32_t *ret_number) MUST_CHECK;
