/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The octets of a leaf (docs/ledger.md, version 1). Detail: lines "name=value\n" in fixed order,
 * UTF-8. Leaf: version, kind, instant (8 octets, big-endian microseconds), commitment
 * SHA-256(salt || detail). Touches memory only; storage is the caller's.
 */
#pragma once

#include "model/leaf.h"

#define LEDGER_LEAF_VERSION 1

/*
 * Draws a salt and encodes. FAULT_LIMIT for a text with a control character (C0, DEL, C1), a detail
 * beyond LEAF_DETAIL_MAX, a negative instant or client, a kind outside 1 to 255.
 */
int ledger_leaf_encode(const struct leaf *leaf, struct leaf_octets *ret_leaf) MUST_CHECK;
#define LEDGER_LEAF_BAD 1
/*
 * Whether `octets` is a leaf of this version whose commitment is to `salt` and `detail`, as they
 * are; LEDGER_LEAF_BAD. What the detail says is not judged.
 */
int ledger_leaf_check(struct bytes octets, struct bytes salt, struct bytes detail) MUST_CHECK;
/* RFC 6962 2.1: SHA-256(0x00 || leaf). */
int ledger_leaf_hash(const uint8_t octets[LEAF_LEN], struct digest *ret_hash) MUST_CHECK;
