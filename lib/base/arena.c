/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"

#define CHUNK_ROOM 4096 /* octets; a larger block gets a chunk of its own */

struct arena_chunk {
	struct arena_chunk *older;
	size_t used;
	size_t room;
	_Alignas(max_align_t) unsigned char octets[];
};

void arena_done(struct arena *arena)
{
	while (arena->newest != NULL) {
		struct arena_chunk *older = arena->newest->older;
		free(arena->newest);
		arena->newest = older;
	}
	arena->used = 0;
}

static struct arena_chunk *chunk_add(struct arena *arena, size_t size)
{
	size_t room = size > CHUNK_ROOM ? size : CHUNK_ROOM;
	struct arena_chunk *chunk = calloc(1, sizeof(*chunk) + room);
	if (chunk == NULL)
		return NULL;
	chunk->room = room;

	/* A block as large as a chunk must not hide the room left in the chunk before it. */
	if (size > CHUNK_ROOM && arena->newest != NULL) {
		chunk->older = arena->newest->older;
		arena->newest->older = chunk;
	} else {
		chunk->older = arena->newest;
		arena->newest = chunk;
	}
	return chunk;
}

int arena_alloc(struct arena *arena, size_t size, void **ret_block)
{
	const size_t unit = _Alignof(max_align_t);
	size_t left = arena->max - arena->used;
	if (size > left || (size + unit - 1) / unit * unit > left)
		return fault_new(FAULT_LIMIT, "an arena of %zu octets has no room for %zu more",
			arena->max, size);
	size = (size + unit - 1) / unit * unit;

	struct arena_chunk *chunk = arena->newest;
	if (chunk == NULL || chunk->room - chunk->used < size)
		chunk = chunk_add(arena, size);
	if (chunk == NULL)
		return fault_new(FAULT_MEMORY, "no memory for %zu octets", size);

	*ret_block = chunk->octets + chunk->used;
	chunk->used += size;
	arena->used += size;
	return 0;
}

int arena_copy(struct arena *arena, struct bytes octets, struct bytes *ret_copy)
{
	void *block;
	int r = arena_alloc(arena, octets.len, &block);
	if (r < 0)
		return fault_trace(r);
	if (octets.len > 0)
		memcpy(block, octets.data, octets.len);
	*ret_copy = (struct bytes){ block, octets.len };
	return 0;
}

int arena_text(struct arena *arena, const char *text, size_t len, const char **ret_text)
{
	if (len == SIZE_MAX)
		return fault_new(FAULT_LIMIT, "a text without end");
	void *block;
	int r = arena_alloc(arena, len + 1, &block);
	if (r < 0)
		return fault_trace(r);
	if (len > 0)
		memcpy(block, text, len);
	*ret_text = block;
	return 0;
}

int arena_printf(struct arena *arena, const char **ret_text, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	int len = vsnprintf(NULL, 0, format, args);
	va_end(args);
	assert(len >= 0);

	void *block;
	int r = arena_alloc(arena, (size_t)len + 1, &block);
	if (r < 0)
		return fault_trace(r);
	va_start(args, format);
	(void)vsnprintf(block, (size_t)len + 1, format, args);
	va_end(args);
	*ret_text = block;
	return 0;
}
