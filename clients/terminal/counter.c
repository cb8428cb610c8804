/* SPDX-License-Identifier: Apache-2.0 */
#include "terminal/counter.h"

#include <inttypes.h>
#include <string.h>

#include "base/fault.h"
#include "client/language.h"
#include "client/problem.h"
#include "client/retry.h"
#include "terminal/say.h"

CLEANUP_DEFINE(json_done, json_t, json_decref)

int terminal_counter_open(const struct client_call *call, struct terminal_counter *ret_counter)
{
	const struct terminal_settings *settings = call->settings;
	const struct {
		const char *key, *value;
	} needs[] = { { "url", settings->url }, { "ca", settings->ca },
		{ "certificate", settings->certificate }, { "key", settings->key } };
	for (size_t i = 0; i < LENGTH_OF(needs); i++) {
		int r = client_command_need(call, needs[i].key, needs[i].value);
		if (r != 0)
			return r;
	}
	const struct client_https_settings https = {
		.url = settings->url,
		.ca = settings->ca,
		.certificate = settings->certificate,
		.key = settings->key,
		.language = client_language(settings->language),
	};
	struct terminal_counter counter = { .call = call };
	int r = client_https_open(&https, &counter.https);
	if (r < 0)
		return fault_trace(r);
	*ret_counter = counter;
	return 0;
}

void terminal_counter_done(struct terminal_counter *counter)
{
	if (counter->https != NULL)
		client_https_close(counter->https);
	counter->https = NULL;
}

static void tell_waiting(void *context, long status, int64_t pause_ms)
{
	const struct terminal_counter *counter = context;
	char text[32];
	(void)snprintf(text, sizeof(text), "%" PRId64 ".%" PRId64 " s", pause_ms / 1000,
		pause_ms % 1000 / 100);
	terminal_say_aside(counter->call, status == 0 ? TERMINAL_WAITING : TERMINAL_BUSY, text);
}

/* What an answer means for the step it answers. */
static int judge(struct terminal_counter *counter, const struct client_answer *answer)
{
	const struct client_call *call = counter->call;
	if (!client_answer_is_good(answer)) {
		client_problem_print(answer, call->err);
		return answer->status >= 500
			? fault_new(FAULT_UNAVAILABLE, "the service answered %ld", answer->status)
			: CLIENT_REFUSED;
	}
	if (!json_is_object(answer->json))
		return fault_new(FAULT_PROTOCOL, "an answer that is no JSON object");
	if (answer->rehearsal && !counter->told_rehearsal)
		terminal_say(call, TERMINAL_REHEARSAL, "");
	counter->told_rehearsal = counter->told_rehearsal || answer->rehearsal;
	return 0;
}

int terminal_counter_ask(struct terminal_counter *counter, const struct terminal_request *request,
	struct client_answer *ret_answer)
{
	const struct terminal_settings *settings = counter->call->settings;
	CLEANUP(json_done) json_t *body = request->body;
	if (body == NULL && strcmp(request->method, "GET") != 0)
		return fault_new(FAULT_MEMORY, "no memory for a request");
	const struct client_retry retry = {
		.patience_ms = settings->patience_s * 1000,
		.attempt_ms = settings->timeout_s * 1000,
		.repeatable = request->repeatable,
		.report = tell_waiting,
		.context = counter,
	};
	CLIENT_ANSWER_CLEANUP struct client_answer answer = { .status = 0 };
	int r = client_retry_call(
		counter->https, &retry, request->method, request->path, body, &answer);
	if (r == 0)
		r = judge(counter, &answer);
	if (r != 0)
		return r < 0 ? fault_trace(r) : r;
	*ret_answer = answer;
	answer = (struct client_answer){ .status = 0 };
	return 0;
}

int terminal_counter_path(const struct client_call *call, const char *id, const char *rest,
	char out[TERMINAL_PATH_MAX])
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789_";
	if (strlen(id) != APPLICATION_ID_LEN || strspn(id, allowed) != APPLICATION_ID_LEN)
		return client_command_usage(
			call, "--application is of the form ap_ and 23 letters and digits");
	(void)snprintf(out, TERMINAL_PATH_MAX, "/v1/applications/%s%s", id, rest);
	return 0;
}

int terminal_counter_clerk(const struct client_call *call, const char **ret_clerk)
{
	const struct terminal_settings *settings = call->settings;
	int r = client_command_need(call, "clerk", settings->clerk);
	if (r == 0)
		*ret_clerk = settings->clerk;
	return r;
}
