/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A situation at the counter, told as lines "key: value", as the facts the decision core judges.
 * The keys are one table. Touches memory only.
 */
#pragma once

#include "model/facts.h"

#define SITUATION_KEYS_MAX 64

/* Acts a case may judge; a key says which of them it can matter to. */
enum situation_act {
	ACT_OPEN = 1,
	ACT_FEE = 2,
	ACT_SIGN = 4,
	ACT_DELIVERY = 8,
	ACT_ALL = 15,
};

struct situation {
	enum situation_act act;
	struct facts facts;
	struct visit visit;
	enum key_maker maker;
	int64_t amount_yen;
};

size_t situation_key_count(void);
const char *situation_key_name(size_t index);
/* Acts of enum situation_act that the key matters to. */
unsigned situation_key_acts(size_t index);

#define SITUATION_UNKNOWN 1 /* no such key */
int situation_key_find(const char *key, size_t *ret_index) MUST_CHECK;
#define SITUATION_BAD 2 /* not a value of that key */
int situation_set(struct situation *situation, size_t index, const char *value) MUST_CHECK;

/* "2015-12-22 17:00:00", JST, with up to six digits of fraction, or "never". SITUATION_BAD. */
int situation_instant(const char *value, int64_t *ret_at) MUST_CHECK;
