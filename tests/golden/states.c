/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Prints the life cycle of an application as a Mermaid state diagram, from its table.
 */
#include <stdio.h>

#include "model/application.h"

static bool has_way_out(enum application_state state)
{
	size_t count;
	const struct application_step *steps = application_steps(&count);

	for (size_t i = 0; i < count; i++) {
		if (steps[i].from == state)
			return true;
	}
	return false;
}

int main(void)
{
	size_t count;
	const struct application_step *steps = application_steps(&count);

	printf("stateDiagram-v2\n");
	printf("    [*] --> %s\n", application_state_name(APPLICATION_RECEIVED));
	for (size_t i = 0; i < count; i++)
		printf("    %s --> %s: %s\n", application_state_name(steps[i].from),
			application_state_name(steps[i].to), steps[i].event);
	for (enum application_state i = APPLICATION_RECEIVED; i <= APPLICATION_DISCARDED; i++) {
		if (!has_way_out(i))
			printf("    %s --> [*]\n", application_state_name(i));
	}
	return 0;
}
