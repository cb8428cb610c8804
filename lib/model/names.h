/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tables of names by enum value, for this room's name and from_text functions. Touches nothing.
 */
#pragma once

#include <stddef.h>

#include "base/cleanup.h"

#define NAMES_BAD 1

/* Index of `text` among `count` names, of which unused ones are NULL; NAMES_BAD. */
int names_find(const char *const *names, size_t count, const char *text, size_t *ret_index)
	MUST_CHECK;
/* The name at `index`, which must be one (assert). */
const char *names_at(const char *const *names, size_t count, size_t index);
