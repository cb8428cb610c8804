/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>

#include "base/fault.h"
#include "ctl/api.h"
#include "ctl/commands.h"
#include "ctl/pem.h"

#define PATH_SIZE 64

static const char *const roles[] = { "terminal", "registry", "operator", "auditor", "verifier",
	NULL };

struct registration {
	const char *name, *role, *municipality, *certificate;
};

static const struct client_option register_options[] = {
	{ .name = "name",
		.value = "TEXT",
		.type = CLIENT_OPTION_TEXT,
		.required = true,
		.offset = offsetof(struct registration, name),
		.help = "how records name the client" },
	{ .name = "role",
		.value = "WORD",
		.type = CLIENT_OPTION_WORD,
		.required = true,
		.offset = offsetof(struct registration, role),
		.words = roles,
		.help = "what it may do" },
	{ .name = "municipality",
		.value = "CODE",
		.type = CLIENT_OPTION_TEXT,
		.offset = offsetof(struct registration, municipality),
		.help = "of a terminal" },
	{ .name = "certificate",
		.value = "FILE",
		.type = CLIENT_OPTION_TEXT,
		.required = true,
		.offset = offsetof(struct registration, certificate),
		.help = "its TLS certificate, PEM" },
	{ .name = NULL },
};

static void client_print(const struct client_call *call, const struct client_answer *answer)
{
	(void)fprintf(call->out, "id: %" PRId64 "\n", client_answer_number(answer, "id"));
	ctl_api_print(call, "fingerprint", client_answer_text(answer, "fingerprint"));
	const json_t *suspended = json_object_get(answer->json, "suspended");
	if (json_is_boolean(suspended))
		(void)fprintf(call->out, "suspended: %s\n", json_is_true(suspended) ? "yes" : "no");
}

static int register_run(const struct client_call *call, const void *given)
{
	const struct registration *options = given;
	BUFFER_CLEANUP struct buffer text = BUFFER(2 * CTL_PEM_MAX);
	BUFFER_CLEANUP struct buffer der = BUFFER(CTL_PEM_MAX);
	int r = ctl_pem_load(options->certificate, &text, &der);
	if (r < 0)
		return fault_trace(r);
	json_t *body = json_pack("{ss ss ss* ss}", "name", options->name, "role", options->role,
		"municipality", options->municipality, "certificate", (const char *)text.data);
	CLIENT_ANSWER_CLEANUP struct client_answer answer = { .status = 0 };
	r = ctl_api_call(call, "POST", "/v1/clients", body, &answer);
	if (r != 0)
		return r < 0 ? fault_trace(r) : r;
	client_print(call, &answer);
	return 0;
}

const struct client_command ctl_client_register = {
	.name = "client register",
	.help = "register a client's TLS certificate",
	.options = register_options,
	.options_size = sizeof(struct registration),
	.run = register_run,
};

struct suspension {
	int64_t id;
};

static const struct client_option suspension_options[] = {
	{ .name = "id",
		.value = "N",
		.type = CLIENT_OPTION_NUMBER,
		.required = true,
		.offset = offsetof(struct suspension, id),
		.min = 1,
		.max = INT64_MAX,
		.help = "of the client" },
	{ .name = NULL },
};

static int suspension_set(
	const struct client_call *call, const struct suspension *options, bool suspended)
{
	char path[PATH_SIZE];
	(void)snprintf(path, sizeof(path), "/v1/clients/%" PRId64 "/suspension", options->id);
	CLIENT_ANSWER_CLEANUP struct client_answer answer = { .status = 0 };
	int r = ctl_api_call(
		call, "PUT", path, json_pack("{sb}", "suspended", (int)suspended), &answer);
	if (r != 0)
		return r < 0 ? fault_trace(r) : r;
	client_print(call, &answer);
	return 0;
}

static int suspend_run(const struct client_call *call, const void *given)
{
	int r = suspension_set(call, given, true);
	return r < 0 ? fault_trace(r) : r;
}

static int resume_run(const struct client_call *call, const void *given)
{
	int r = suspension_set(call, given, false);
	return r < 0 ? fault_trace(r) : r;
}

const struct client_command ctl_client_suspend = {
	.name = "client suspend",
	.help = "refuse a client from now on",
	.options = suspension_options,
	.options_size = sizeof(struct suspension),
	.run = suspend_run,
};

const struct client_command ctl_client_resume = {
	.name = "client resume",
	.help = "let a suspended client in again",
	.options = suspension_options,
	.options_size = sizeof(struct suspension),
	.run = resume_run,
};
