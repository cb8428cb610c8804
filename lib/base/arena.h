/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One bounded arena a request: everything a request allocates goes when it ends. Touches memory
 * only. Blocks come in chunks; the sum never exceeds `max`.
 */
#pragma once

#include <stddef.h>

#include "base/bytes.h"

struct arena_chunk;

struct arena {
	struct arena_chunk *newest;
	size_t used;
	size_t max;
};

#define ARENA(max_) ((struct arena){ .max = (max_) })
#define ARENA_CLEANUP __attribute__((cleanup(arena_done)))

/* Frees every block. The arena is empty and usable afterwards. */
void arena_done(struct arena *arena);
/* Zeroed, aligned for any type. FAULT_LIMIT beyond `max`, FAULT_MEMORY without memory. */
int arena_alloc(struct arena *arena, size_t size, void **ret_block) MUST_CHECK;
int arena_copy(struct arena *arena, struct bytes octets, struct bytes *ret_copy) MUST_CHECK;
/* Copies `len` octets and terminates them. */
int arena_text(struct arena *arena, const char *text, size_t len, const char **ret_text) MUST_CHECK;
int arena_printf(struct arena *arena, const char **ret_text, const char *format, ...)
	PRINTF_LIKE(3, 4) MUST_CHECK;
