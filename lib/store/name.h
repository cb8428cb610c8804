/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Enums as the database spells them: its rows are read by people. For this room only.
 */
#pragma once

#include <stddef.h>

#include "base/cleanup.h"

enum store_name {
	STORE_NAME_SERVICE_KIND = 1,
	STORE_NAME_CLIENT_ROLE,
	STORE_NAME_APPLICATION_KIND,
	STORE_NAME_APPLICATION_STATE,
	STORE_NAME_VISIT_CASE,
	STORE_NAME_IDENTITY,
	STORE_NAME_CARD_STATE,
	STORE_NAME_KEY_MAKER,
	STORE_NAME_REVOCATION_CAUSE,
	STORE_NAME_LEAF_KIND,
};

#define STORE_NAME_BAD 1

/* The name of `value`, which must be one (assert). */
const char *store_name_of(enum store_name name, int value);
/* The value of `len` characters of text; STORE_NAME_BAD. */
int store_name_find(enum store_name name, const char *text, size_t len, int *ret_value) MUST_CHECK;
