/* SPDX-License-Identifier: Apache-2.0 */
#include "base/digest.h"

#include <assert.h>
#include <limits.h>
#include <string.h>

#include <openssl/evp.h>
#include <openssl/rand.h>

#include "base/cleanup.h"
#include "base/fault.h"

CLEANUP_DEFINE(digest_context_done, EVP_MD_CTX, EVP_MD_CTX_free)

int digest_of(struct bytes octets, struct digest *ret_digest)
{
	int r = digest_of_pieces(&octets, 1, ret_digest);
	return r < 0 ? fault_trace(r) : 0;
}

int digest_of_pieces(const struct bytes *pieces, size_t count, struct digest *ret_digest)
{
	DIGEST_STREAM_CLEANUP struct digest_stream *stream = NULL;
	int r = digest_stream_new(&stream);
	for (size_t i = 0; r == 0 && i < count; i++)
		r = digest_stream_add(stream, pieces[i]);
	if (r == 0)
		r = digest_stream_end(stream, ret_digest);
	return r < 0 ? fault_trace(r) : 0;
}

/* A stream is nothing but libcrypto's context, under our name. */
static EVP_MD_CTX *context_of(struct digest_stream *stream)
{
	return (EVP_MD_CTX *)stream;
}

int digest_stream_new(struct digest_stream **ret_stream)
{
	CLEANUP(digest_context_done) EVP_MD_CTX *context = EVP_MD_CTX_new();

	if (context == NULL)
		return fault_new(FAULT_MEMORY, "no memory for a digest");
	if (EVP_DigestInit_ex(context, EVP_sha256(), NULL) != 1)
		return fault_new(FAULT_CRYPTO, "SHA-256 does not start");
	*ret_stream = (struct digest_stream *)STEAL(context);
	return 0;
}

int digest_stream_add(struct digest_stream *stream, struct bytes octets)
{
	if (octets.len > 0 && EVP_DigestUpdate(context_of(stream), octets.data, octets.len) != 1)
		return fault_new(FAULT_CRYPTO, "SHA-256 does not go on");
	return 0;
}

int digest_stream_end(struct digest_stream *stream, struct digest *ret_digest)
{
	struct digest digest;

	if (EVP_DigestFinal_ex(context_of(stream), digest.octets, NULL) != 1)
		return fault_new(FAULT_CRYPTO, "SHA-256 does not end");
	*ret_digest = digest;
	return 0;
}

void digest_stream_done(struct digest_stream **stream)
{
	EVP_MD_CTX_free(context_of(*stream));
	*stream = NULL;
}

struct bytes digest_bytes(const struct digest *digest)
{
	return BYTES(digest->octets);
}

bool digest_equal(const struct digest *a, const struct digest *b)
{
	return memcmp(a->octets, b->octets, DIGEST_LEN) == 0;
}

void digest_to_text(const struct digest *digest, char out[DIGEST_HEX_SIZE])
{
	hex_encode(digest_bytes(digest), out);
}

int random_fill(uint8_t *out, size_t len)
{
	if (len > INT_MAX)
		return fault_new(FAULT_LIMIT, "%zu random octets at once", len);
	if (RAND_bytes(out, (int)len) != 1)
		return fault_new(FAULT_CRYPTO, "no random octets");
	return 0;
}

int random_below(uint32_t bound, uint32_t *ret_number)
{
	assert(bound >= 1 && bound <= UINT32_C(1) << 31);
	/* Draws above the last whole multiple of the bound would favour the low numbers. */
	const uint64_t fair = (UINT64_C(1) << 32) / bound * bound;
	uint32_t draw;
	do {
		uint8_t octets[sizeof(draw)];
		int r = random_fill(octets, sizeof(octets));
		if (r < 0)
			return fault_trace(r);
		memcpy(&draw, octets, sizeof(draw));
	} while (draw >= fair);
	*ret_number = draw % bound;
	return 0;
}
