/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/leaf.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/fault.h"

/* Where the parts of a public leaf stand. */
#define VERSION_AT 0
#define KIND_AT 1
#define INSTANT_AT 2
#define INSTANT_LEN 8
#define COMMITMENT_AT (INSTANT_AT + INSTANT_LEN)
#define NUMBER_SIZE sizeof("9223372036854775807")

static_assert(COMMITMENT_AT + DIGEST_LEN == LEAF_LEN, "docs/ledger.md");
static_assert(LEAF_SALT_LEN == 32, "docs/ledger.md");

/* Octets of texts that are read as lines by people and programs: no C0, DEL or C1 control. */
static bool is_line(const char *text)
{
	const uint8_t *p = (const uint8_t *)text;
	for (; *p != '\0'; p++)
		if (*p < 0x20 || *p == 0x7f || (p[0] == 0xc2 && p[1] >= 0x80 && p[1] <= 0x9f))
			return false;
	return true;
}

/* Appends "name=value\n"; a value of NULL or "" has no line. */
static int line_append(struct leaf_octets *leaf, const char *name, const char *value)
{
	if (value == NULL || *value == '\0')
		return 0;
	if (!is_line(value))
		return fault_new(FAULT_LIMIT, "a leaf's %s with a control character", name);
	size_t room = sizeof(leaf->detail) - leaf->detail_len;
	size_t needed = strlen(name) + strlen(value) + 2;
	if (needed > room)
		return fault_new(
			FAULT_LIMIT, "a leaf's detail of more than %d octets", LEAF_DETAIL_MAX);
	char *place = leaf->detail + leaf->detail_len;
	place = mempcpy(place, name, strlen(name));
	*place++ = '=';
	place = mempcpy(place, value, strlen(value));
	*place = '\n';
	leaf->detail_len += needed;
	return 0;
}

static const char *digest_text(const struct digest *digest, char out[DIGEST_HEX_SIZE])
{
	if (digest == NULL)
		return NULL;
	digest_to_text(digest, out);
	return out;
}

static const char *number_text(int64_t number, char out[NUMBER_SIZE])
{
	if (number == 0)
		return NULL;
	(void)snprintf(out, NUMBER_SIZE, "%" PRId64, number);
	return out;
}

static const char *serial_text(const uint8_t *serial, char out[SERIAL_HEX_SIZE])
{
	if (serial == NULL)
		return NULL;
	hex_encode((struct bytes){ serial, SERIAL_LEN }, out);
	return out;
}

/* The lines of version 1, in their order. */
static int detail_write(const struct leaf *leaf, struct leaf_octets *out)
{
	char client[NUMBER_SIZE], serial[SERIAL_HEX_SIZE], tbs[DIGEST_HEX_SIZE];
	char certificate[DIGEST_HEX_SIZE], profile[DIGEST_HEX_SIZE], person[DIGEST_HEX_SIZE];
	const struct {
		const char *name;
		const char *value;
	} lines[] = {
		{ "municipality", leaf->municipality },
		{ "client", number_text(leaf->client_id, client) },
		{ "clerk", leaf->clerk },
		{ "application", leaf->application },
		{ "serial", serial_text(leaf->serial, serial) },
		{ "tbs", digest_text(leaf->tbs, tbs) },
		{ "certificate", digest_text(leaf->certificate, certificate) },
		{ "profile", digest_text(leaf->profile, profile) },
		{ "person", digest_text(leaf->person, person) },
		{ "subject", leaf->subject },
	};
	for (size_t i = 0; i < LENGTH_OF(lines); i++) {
		int r = line_append(out, lines[i].name, lines[i].value);
		if (r < 0)
			return fault_trace(r);
	}
	return 0;
}

static int commitment(struct bytes salt, struct bytes detail, struct digest *ret_commitment)
{
	const struct bytes pieces[] = { salt, detail };
	int r = digest_of_pieces(pieces, LENGTH_OF(pieces), ret_commitment);
	return r < 0 ? fault_trace(r) : 0;
}

int ledger_leaf_encode(const struct leaf *leaf, struct leaf_octets *ret_leaf)
{
	if (leaf->happened_at < 0 || leaf->client_id < 0 || (int)leaf->kind < 1 ||
		(int)leaf->kind > UINT8_MAX)
		return fault_new(FAULT_LIMIT, "a leaf of no kind, or before 1970");
	struct leaf_octets made = { 0 };
	int r = detail_write(leaf, &made);
	if (r == 0)
		r = random_fill(made.salt, sizeof(made.salt));
	struct digest committed;
	const struct bytes detail = { (const uint8_t *)made.detail, made.detail_len };
	if (r == 0)
		r = commitment(BYTES(made.salt), detail, &committed);
	if (r < 0)
		return fault_trace(r);

	made.octets[VERSION_AT] = LEDGER_LEAF_VERSION;
	made.octets[KIND_AT] = (uint8_t)leaf->kind;
	for (size_t i = 0; i < INSTANT_LEN; i++)
		made.octets[INSTANT_AT + i] = (uint8_t)((uint64_t)leaf->happened_at >>
			(8 * (INSTANT_LEN - 1 - i)));
	memcpy(made.octets + COMMITMENT_AT, committed.octets, DIGEST_LEN);
	*ret_leaf = made;
	return 0;
}

int ledger_leaf_check(struct bytes octets, struct bytes salt, struct bytes detail)
{
	if (octets.len != LEAF_LEN || salt.len != LEAF_SALT_LEN || detail.len > LEAF_DETAIL_MAX ||
		octets.data[VERSION_AT] != LEDGER_LEAF_VERSION || octets.data[KIND_AT] == 0)
		return LEDGER_LEAF_BAD;
	struct digest committed;
	int r = commitment(salt, detail, &committed);
	if (r < 0)
		return fault_trace(r);
	const struct bytes said = { octets.data + COMMITMENT_AT, DIGEST_LEN };
	return bytes_equal(said, digest_bytes(&committed)) ? 0 : LEDGER_LEAF_BAD;
}

int ledger_leaf_hash(const uint8_t octets[LEAF_LEN], struct digest *ret_hash)
{
	static const uint8_t leaf_prefix[] = { 0x00 };
	const struct bytes pieces[] = { BYTES(leaf_prefix), { octets, LEAF_LEN } };
	int r = digest_of_pieces(pieces, LENGTH_OF(pieces), ret_hash);
	return r < 0 ? fault_trace(r) : 0;
}
