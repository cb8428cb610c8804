/* SPDX-License-Identifier: Apache-2.0 */
#include "store/array.h"

#include <assert.h>
#include <endian.h>

#include "base/fault.h"

#define DIMENSIONS 1
#define FIRST_INDEX 1

int store_array_begin(struct buffer *array, enum store_element element, size_t count)
{
	assert(count > 0 && count <= INT32_MAX);
	/* Dimensions, whether there are NULLs, type, then elements and first index of each. */
	const uint32_t head[] = { htobe32(DIMENSIONS), 0, htobe32(element),
		htobe32((uint32_t)count), htobe32(FIRST_INDEX) };
	buffer_clear(array);
	int r = buffer_append(array, BYTES(head));
	return r < 0 ? fault_trace(r) : 0;
}

int store_array_octets(struct buffer *array, struct bytes octets)
{
	assert(octets.len <= INT32_MAX);
	const uint32_t len[] = { htobe32((uint32_t)octets.len) };
	int r = buffer_append(array, BYTES(len));
	if (r == 0)
		r = buffer_append(array, octets);
	return r < 0 ? fault_trace(r) : 0;
}

int store_array_int8(struct buffer *array, int64_t value)
{
	const uint64_t octets[] = { htobe64((uint64_t)value) };
	int r = store_array_octets(array, BYTES(octets));
	return r < 0 ? fault_trace(r) : 0;
}

void store_array_bind(struct store_query *query, const struct buffer *array)
{
	store_query_octets(query, array->data, array->len);
}
