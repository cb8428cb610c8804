/* SPDX-License-Identifier: Apache-2.0 */
#include "model/application.h"

#include <assert.h>

#include "model/names.h"

static const char *const states[] = {
	[APPLICATION_RECEIVED] = "received",
	[APPLICATION_INQUIRY_DUE] = "inquiry_due",
	[APPLICATION_INQUIRY_SENT] = "inquiry_sent",
	[APPLICATION_APPROVED] = "approved",
	[APPLICATION_ISSUING] = "issuing",
	[APPLICATION_ISSUED] = "issued",
	[APPLICATION_DELIVERED] = "delivered",
	[APPLICATION_REFUSED] = "refused",
	[APPLICATION_WITHDRAWN] = "withdrawn",
	[APPLICATION_LAPSED] = "lapsed",
	[APPLICATION_DISCARDED] = "discarded",
};

/* The life cycle. What is issuing leaves only by its reservation: recorded or abandoned. */
static const struct application_step steps[] = {
	{ APPLICATION_RECEIVED, APPLICATION_APPROVED, "examined, same day" },
	{ APPLICATION_RECEIVED, APPLICATION_INQUIRY_DUE, "examined, letter due" },
	{ APPLICATION_RECEIVED, APPLICATION_REFUSED, "examined, refused" },
	{ APPLICATION_RECEIVED, APPLICATION_WITHDRAWN, "withdrawn" },
	{ APPLICATION_RECEIVED, APPLICATION_LAPSED, "lapsed" },
	{ APPLICATION_INQUIRY_DUE, APPLICATION_INQUIRY_SENT, "letter sent" },
	{ APPLICATION_INQUIRY_DUE, APPLICATION_WITHDRAWN, "withdrawn" },
	{ APPLICATION_INQUIRY_DUE, APPLICATION_LAPSED, "lapsed" },
	{ APPLICATION_INQUIRY_SENT, APPLICATION_INQUIRY_DUE, "letter to be sent again" },
	{ APPLICATION_INQUIRY_SENT, APPLICATION_APPROVED, "reply accepted" },
	{ APPLICATION_INQUIRY_SENT, APPLICATION_REFUSED, "reply refused" },
	{ APPLICATION_INQUIRY_SENT, APPLICATION_WITHDRAWN, "withdrawn" },
	{ APPLICATION_INQUIRY_SENT, APPLICATION_LAPSED, "lapsed" },
	{ APPLICATION_APPROVED, APPLICATION_ISSUING, "certificate reserved" },
	{ APPLICATION_APPROVED, APPLICATION_REFUSED, "password refused" },
	{ APPLICATION_APPROVED, APPLICATION_WITHDRAWN, "withdrawn" },
	{ APPLICATION_APPROVED, APPLICATION_LAPSED, "lapsed" },
	{ APPLICATION_ISSUING, APPLICATION_ISSUED, "certificate recorded" },
	{ APPLICATION_ISSUING, APPLICATION_APPROVED, "reservation abandoned" },
	{ APPLICATION_ISSUED, APPLICATION_DELIVERED, "delivery confirmed" },
	{ APPLICATION_ISSUED, APPLICATION_DISCARDED, "revoked before delivery" },
};

const char *application_state_name(enum application_state state)
{
	return names_at(states, LENGTH_OF(states), state);
}

int application_state_from_text(const char *text, enum application_state *ret_state)
{
	size_t index;

	if (names_find(states, LENGTH_OF(states), text, &index) != 0)
		return APPLICATION_STATE_BAD;
	*ret_state = (enum application_state)index;
	return 0;
}

bool application_state_is_open(enum application_state state)
{
	switch (state) {
	case APPLICATION_RECEIVED:
	case APPLICATION_INQUIRY_DUE:
	case APPLICATION_INQUIRY_SENT:
	case APPLICATION_APPROVED:
	case APPLICATION_ISSUING:
		return true;
	case APPLICATION_ISSUED:
	case APPLICATION_DELIVERED:
	case APPLICATION_REFUSED:
	case APPLICATION_WITHDRAWN:
	case APPLICATION_LAPSED:
	case APPLICATION_DISCARDED:
		return false;
	}
	assert(false);
	return false;
}

const struct application_step *application_steps(size_t *ret_count_of_rows)
{
	*ret_count_of_rows = LENGTH_OF(steps);
	return steps;
}

bool application_step_exists(enum application_state from, enum application_state to)
{
	for (size_t i = 0; i < LENGTH_OF(steps); i++) {
		if (steps[i].from == from && steps[i].to == to)
			return true;
	}
	return false;
}
