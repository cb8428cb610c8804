/* SPDX-License-Identifier: Apache-2.0 */
#include "model/resident.h"

#include "model/names.h"

static const char *const card_states[] = {
	[CARD_NONE] = "none",
	[CARD_VALID] = "valid",
	[CARD_LAPSED] = "lapsed",
	[CARD_RETURNED] = "returned",
};

const char *card_state_name(enum card_state state)
{
	return names_at(card_states, LENGTH_OF(card_states), state);
}

int card_state_from_text(const char *text, enum card_state *ret_state)
{
	size_t index;

	if (names_find(card_states, LENGTH_OF(card_states), text, &index) != 0)
		return CARD_STATE_BAD;
	*ret_state = (enum card_state)index;
	return 0;
}
