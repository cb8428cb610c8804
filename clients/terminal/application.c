/* SPDX-License-Identifier: Apache-2.0 */
#include "terminal/application.h"

#include <inttypes.h>
#include <string.h>

#include "terminal/say.h"

static void number_say(const struct client_call *call, enum terminal_line line, int64_t number)
{
	char text[24];
	(void)snprintf(text, sizeof(text), "%" PRId64, number);
	terminal_say(call, line, text);
}

/* "15 - 30" */
static void minutes_say(const struct client_call *call, const json_t *minutes)
{
	char text[48];
	if (json_array_size(minutes) != 2)
		return;
	(void)snprintf(text, sizeof(text), "%" PRId64 " - %" PRId64,
		(int64_t)json_integer_value(json_array_get(minutes, 0)),
		(int64_t)json_integer_value(json_array_get(minutes, 1)));
	terminal_say(call, TERMINAL_MINUTES, text);
}

void terminal_application_print(
	const struct client_call *call, const struct client_answer *application)
{
	static const struct {
		const char *member;
		enum terminal_line line;
	} texts[] = {
		{ "state", TERMINAL_STATE },
		{ "serial", TERMINAL_ISSUED },
		{ "delivered_at", TERMINAL_DELIVERED },
		{ "revoked_at", TERMINAL_REVOKED },
		{ "next", TERMINAL_NEXT },
	};
	for (size_t i = 0; i < LENGTH_OF(texts); i++) {
		const char *text = client_answer_text(application, texts[i].member);
		if (*text != '\0')
			terminal_say(call, texts[i].line, text);
	}
	if (*client_answer_text(application, "warning") != '\0')
		terminal_say(call, TERMINAL_WARNING, "");
	int64_t left = client_answer_number(application, "seconds_left");
	if (left > 0)
		number_say(call, TERMINAL_LEFT, left);
	/* Said when an application is opened, and as long as it waits for its certificate. */
	if (strcmp(client_answer_text(application, "next"), "submit_csr") == 0)
		minutes_say(call, json_object_get(application->json, "issuing_minutes"));
}
