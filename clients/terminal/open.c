/* SPDX-License-Identifier: Apache-2.0 */
#include "terminal/open.h"

#include <string.h>

#include "base/fault.h"
#include "terminal/application.h"
#include "terminal/commands.h"
#include "terminal/say.h"

static const char *const situations[] = { "applicant_with_id", "applicant_without_id",
	"represented_with_id", "represented_without_id", "agent", NULL };
static const char *const kinds[] = { "issuance", "renewal", NULL };
static const char *const card_kinds[] = { "juki", "individual_number", "none", NULL };
const char *const terminal_open_identities[] = { "driving_licence", "passport",
	"juki_card_with_photo", "other_public_photo", "none", NULL };

static const struct client_option options_table[] = {
	{ .name = "case",
		.value = "WORD",
		.type = CLIENT_OPTION_WORD,
		.offset = offsetof(struct terminal_opening, situation),
		.words = situations,
		.fallback = "applicant_with_id",
		.help = "who came (A1 to A5)" },
	{ .name = "kind",
		.value = "WORD",
		.type = CLIENT_OPTION_WORD,
		.offset = offsetof(struct terminal_opening, kind),
		.words = kinds,
		.fallback = "issuance",
		.help = "what is applied for" },
	{ .name = "card-kind",
		.value = "WORD",
		.type = CLIENT_OPTION_WORD,
		.offset = offsetof(struct terminal_opening, card_kind),
		.words = card_kinds,
		.fallback = "juki",
		.help = "the card shown" },
	{ .name = "card",
		.value = "NUMBER",
		.type = CLIENT_OPTION_TEXT,
		.offset = offsetof(struct terminal_opening, card),
		.help = "its number" },
	{ .name = "identity",
		.value = "WORD",
		.type = CLIENT_OPTION_WORD,
		.required = true,
		.offset = offsetof(struct terminal_opening, identity),
		.words = terminal_open_identities,
		.help = "the document shown" },
	{ .name = "identity-valid-to",
		.value = "DATE",
		.type = CLIENT_OPTION_DATE,
		.offset = offsetof(struct terminal_opening, identity_valid_to_on),
		.help = "its last day" },
	{ .name = NULL },
};

static json_t *body_of(const struct terminal_opening *opening, const char *clerk)
{
	char valid_to[DATE_TEXT_SIZE];
	bool has_end = opening->identity_valid_to_on.year != 0;
	return json_pack("{ss ss ss s{ss ss*} s{ss ss*}}", "case", opening->situation, "kind",
		opening->kind, "clerk", clerk, "card", "kind", opening->card_kind, "number",
		opening->card, "identity", "kind", opening->identity, "valid_to",
		has_end ? date_to_text(opening->identity_valid_to_on, valid_to) : NULL);
}

static void lost_tell(const struct terminal_counter *counter, int fault)
{
	enum fault_kind kind = fault_kind(fault);
	if ((kind == FAULT_UNAVAILABLE || kind == FAULT_TIMEOUT) &&
		client_https_was_sent(counter->https))
		terminal_say_aside(counter->call, TERMINAL_MAY_BE_OPEN, "");
}

int terminal_open_application(struct terminal_counter *counter,
	const struct terminal_opening *opening, char ret_id[APPLICATION_ID_LEN + 1])
{
	const char *clerk;
	int r = terminal_counter_clerk(counter->call, &clerk);
	if (r != 0)
		return r;
	const struct terminal_request request = {
		.method = "POST",
		.path = "/v1/applications",
		.body = body_of(opening, clerk),
		.repeatable = false,
	};
	CLIENT_ANSWER_CLEANUP struct client_answer answer = { .status = 0 };
	r = terminal_counter_ask(counter, &request, &answer);
	if (r < 0)
		lost_tell(counter, r);
	if (r != 0)
		return r < 0 ? fault_trace(r) : r;
	const char *id = client_answer_text(&answer, "id");
	if (strlen(id) != APPLICATION_ID_LEN)
		return fault_new(FAULT_PROTOCOL, "an application without its id");
	memcpy(ret_id, id, APPLICATION_ID_LEN + 1);
	terminal_say(counter->call, TERMINAL_OPENED, id);
	terminal_application_print(counter->call, &answer);
	return 0;
}

static int run(const struct client_call *call, const void *given)
{
	TERMINAL_COUNTER_CLEANUP struct terminal_counter counter = { .call = call };
	char id[APPLICATION_ID_LEN + 1];
	int r = terminal_counter_open(call, &counter);
	if (r == 0)
		r = terminal_open_application(&counter, given, id);
	return r < 0 ? fault_trace(r) : r;
}

const struct client_command terminal_open = {
	.name = "open",
	.help = "open an application",
	.options = options_table,
	.options_size = sizeof(struct terminal_opening),
	.run = run,
};
