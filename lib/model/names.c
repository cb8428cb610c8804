/* SPDX-License-Identifier: Apache-2.0 */
#include "model/names.h"

#include <assert.h>
#include <string.h>

int names_find(const char *const *names, size_t count, const char *text, size_t *ret_index)
{
	for (size_t i = 0; i < count; i++) {
		if (names[i] != NULL && strcmp(names[i], text) == 0) {
			*ret_index = i;
			return 0;
		}
	}
	return NAMES_BAD;
}

const char *names_at(const char *const *names, size_t count, size_t index)
{
	assert(index < count && names[index] != NULL);
	return names[index];
}
