/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An application as the service tells it, printed for the clerk.
 */
#pragma once

#include "terminal/counter.h"

/* State, what to do next, and how much time is left where that matters (P12). */
void terminal_application_print(
	const struct client_call *call, const struct client_answer *application);
