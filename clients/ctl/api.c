/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/api.h"

#include <string.h>

#include "base/fault.h"
#include "client/language.h"
#include "client/problem.h"
#include "ctl/settings.h"

#define LINE_SIZE 128 /* octets of a line of PEM and to spare */

CLEANUP_DEFINE(json_done, json_t, json_decref)

int ctl_api_open(const struct client_call *call, struct client_https **ret_https)
{
	const struct ctl_settings *settings = call->settings;
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
	int r = client_https_open(&https, ret_https);
	return r < 0 ? fault_trace(r) : 0;
}

int ctl_api_ask(const struct client_call *call, struct client_https *https, const char *method,
	const char *path, json_t *body, struct client_answer *ret_answer)
{
	const struct ctl_settings *settings = call->settings;
	CLEANUP(json_done) json_t *owned = body;
	if (owned == NULL && strcmp(method, "GET") != 0)
		return fault_new(FAULT_MEMORY, "no memory for a request");
	CLIENT_ANSWER_CLEANUP struct client_answer answer = { .status = 0 };
	int r = client_https_call(
		https, method, path, owned, deadline_after_ms(settings->timeout_s * 1000), &answer);
	if (r < 0)
		return fault_trace(r);
	if (!client_answer_is_good(&answer)) {
		client_problem_print(&answer, call->err);
		return answer.status >= 500
			? fault_new(FAULT_UNAVAILABLE, "the service answered %ld", answer.status)
			: CLIENT_REFUSED;
	}
	if (answer.rehearsal)
		(void)fprintf(call->err, "REHEARSAL: nothing of this is real\n");
	*ret_answer = answer;
	answer = (struct client_answer){ .status = 0 };
	return 0;
}

int ctl_api_call(const struct client_call *call, const char *method, const char *path, json_t *body,
	struct client_answer *ret_answer)
{
	CLEANUP(json_done) json_t *owned = body;
	CLEANUP(client_https_done) struct client_https *https = NULL;
	int r = ctl_api_open(call, &https);
	if (r == 0)
		r = ctl_api_ask(call, https, method, path, STEAL(owned), ret_answer);
	return r < 0 ? fault_trace(r) : r;
}

void ctl_api_print(const struct client_call *call, const char *label, const char *text)
{
	if (*text == '\0')
		return;
	(void)fprintf(call->out, "%s: ", label);
	client_problem_text(text, call->out);
	(void)fputc('\n', call->out);
}

void ctl_api_print_lines(const struct client_call *call, const char *text)
{
	while (*text != '\0') {
		char line[LINE_SIZE];
		size_t len = strcspn(text, "\n");
		(void)snprintf(line, sizeof(line), "%.*s", (int)len, text);
		client_problem_text(line, call->out);
		(void)fputc('\n', call->out);
		text += text[len] == '\n' ? len + 1 : len;
	}
}
