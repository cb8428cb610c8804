/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The visit of one day (A1) from end to end. What can be known to fail is looked at before the
 * application is opened; with --application a visit that broke off goes on where it stands,
 * and where its last answer was lost the service answers the repeat as the first time.
 */
#include <string.h>
#include <unistd.h>

#include "base/fault.h"
#include "terminal/application.h"
#include "terminal/card.h"
#include "terminal/commands.h"
#include "terminal/csr.h"
#include "terminal/deliver.h"
#include "terminal/fee.h"
#include "terminal/key.h"
#include "terminal/open.h"
#include "terminal/say.h"

struct visit {
	struct terminal_opening opening;
	const char *application;
	const char *receipt, *key_file, *password_file, *out;
};

static const struct client_option options_table[] = {
	{ .name = "card",
		.value = "NUMBER",
		.type = CLIENT_OPTION_TEXT,
		.offset = offsetof(struct visit, opening.card),
		.help = "number of the Juki card shown" },
	{ .name = "identity",
		.value = "WORD",
		.type = CLIENT_OPTION_WORD,
		.offset = offsetof(struct visit, opening.identity),
		.words = terminal_open_identities,
		.help = "the document shown" },
	{ .name = "identity-valid-to",
		.value = "DATE",
		.type = CLIENT_OPTION_DATE,
		.offset = offsetof(struct visit, opening.identity_valid_to_on),
		.help = "its last day" },
	{ .name = "application",
		.value = "ID",
		.type = CLIENT_OPTION_TEXT,
		.offset = offsetof(struct visit, application),
		.help = "carry on this one instead of opening" },
	{ .name = "receipt",
		.value = "NUMBER",
		.type = CLIENT_OPTION_TEXT,
		.required = true,
		.offset = offsetof(struct visit, receipt),
		.help = "number of the fee's receipt" },
	{ .name = "key-file",
		.value = "FILE",
		.type = CLIENT_OPTION_TEXT,
		.required = true,
		.offset = offsetof(struct visit, key_file),
		.help = "where the encrypted key pair goes" },
	{ .name = "password-file",
		.value = "FILE",
		.type = CLIENT_OPTION_TEXT,
		.required = true,
		.offset = offsetof(struct visit, password_file),
		.help = "its password (K1); nobody else's to read" },
	{ .name = "out",
		.value = "FOLDER",
		.type = CLIENT_OPTION_TEXT,
		.required = true,
		.offset = offsetof(struct visit, out),
		.help = "write certificate.pem and ca.pem there" },
	{ .name = NULL },
};

static int usage_check(const struct client_call *call, const struct visit *visit)
{
	const struct terminal_opening *opening = &visit->opening;
	bool opens = opening->card != NULL && opening->identity != NULL;
	bool says_nothing = opening->card == NULL && opening->identity == NULL &&
		opening->identity_valid_to_on.year == 0;
	if (visit->application == NULL ? !opens : !says_nothing)
		return client_command_usage(call,
			"--card and --identity open an application, --application carries one on");
	char path[TERMINAL_PATH_MAX];
	return visit->application != NULL
		? terminal_counter_path(call, visit->application, "", path)
		: 0;
}

/* Nothing is sent before all of this is known to be good. */
static int check(
	const struct client_call *call, const struct visit *visit, struct secret *ret_password)
{
	const char *clerk;
	int r = usage_check(call, visit);
	if (r == 0)
		r = terminal_counter_clerk(call, &clerk);
	if (r == 0)
		r = terminal_card_check(visit->out);
	if (r == 0 && visit->application == NULL && access(visit->key_file, F_OK) == 0) {
		terminal_say_aside(call, TERMINAL_KEY_THERE_LINE, visit->key_file);
		return CLIENT_REFUSED;
	}
	if (r == 0)
		r = terminal_csr_password(call, visit->password_file, ret_password);
	return r < 0 ? fault_trace(r) : r;
}

/* The key pair, its certificate, and both on the card. */
static int certify(struct terminal_counter *counter, const struct visit *visit, const char *id,
	const struct secret *password)
{
	const struct terminal_key_place place = {
		.key_file = visit->key_file,
		.password = password,
		.may_be_there = visit->application != NULL,
	};
	CLEANUP(terminal_key_done) EVP_PKEY *key = NULL;
	CLIENT_ANSWER_CLEANUP struct client_answer certificate = { .status = 0 };
	int r = terminal_csr_key(counter->call, &place, &key);
	/* A1: the applicant makes it in person (K3). */
	if (r == 0)
		r = terminal_csr_submit(counter, id, "applicant", key, &certificate);
	if (r == 0)
		r = terminal_csr_write(counter->call, visit->out, &certificate, key);
	return r < 0 ? fault_trace(r) : r;
}

/* A visit under way. */
struct begun {
	char id[APPLICATION_ID_LEN + 1];
	bool fee_paid;
};

/* The application of a visit that broke off, as it stands. */
static int carry_on(
	struct terminal_counter *counter, const struct visit *visit, struct begun *ret_begun)
{
	char path[TERMINAL_PATH_MAX];
	CLIENT_ANSWER_CLEANUP struct client_answer answer = { .status = 0 };
	int r = terminal_counter_path(counter->call, visit->application, "", path);
	const struct terminal_request request = {
		.method = "GET",
		.path = path,
		.repeatable = true,
	};
	if (r == 0)
		r = terminal_counter_ask(counter, &request, &answer);
	if (r != 0)
		return r < 0 ? fault_trace(r) : r;
	memcpy(ret_begun->id, visit->application, sizeof(ret_begun->id));
	ret_begun->fee_paid = json_is_object(json_object_get(answer.json, "fee"));
	terminal_say(counter->call, TERMINAL_CARRIED_ON, ret_begun->id);
	terminal_application_print(counter->call, &answer);
	return 0;
}

static int begin(
	struct terminal_counter *counter, const struct visit *visit, struct begun *ret_begun)
{
	struct terminal_opening opening = visit->opening;
	opening.situation = "applicant_with_id";
	opening.kind = "issuance";
	opening.card_kind = "juki";
	ret_begun->fee_paid = false;
	int r = visit->application != NULL
		? carry_on(counter, visit, ret_begun)
		: terminal_open_application(counter, &opening, ret_begun->id);
	return r < 0 ? fault_trace(r) : r;
}

/* Everything after the opening; a fault leaves an application that can be carried on. */
static int finish(struct terminal_counter *counter, const struct visit *visit,
	const struct begun *begun, const struct secret *password)
{
	int r = 0;
	if (!begun->fee_paid)
		r = terminal_fee_record(counter, begun->id, visit->receipt, 0);
	if (r == 0)
		r = certify(counter, visit, begun->id, password);
	if (r == 0)
		r = terminal_deliver_confirm(counter, begun->id);
	if (r < 0)
		terminal_say_aside(counter->call, TERMINAL_BROKE_OFF, begun->id);
	return r < 0 ? fault_trace(r) : r;
}

static int run(const struct client_call *call, const void *given)
{
	const struct visit *visit = given;
	TERMINAL_COUNTER_CLEANUP struct terminal_counter counter = { .call = call };
	SECRET_CLEANUP struct secret password = { NULL, 0, 0 };
	struct begun begun;
	int r = check(call, visit, &password);
	if (r == 0)
		r = terminal_counter_open(call, &counter);
	if (r == 0)
		r = begin(&counter, visit, &begun);
	if (r == 0)
		r = finish(&counter, visit, &begun, &password);
	return r < 0 ? fault_trace(r) : r;
}

const struct client_command terminal_visit = {
	.name = "visit",
	.help = "the whole visit of one day (A1)",
	.options = options_table,
	.options_size = sizeof(struct visit),
	.run = run,
};
