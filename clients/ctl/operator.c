/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "ctl/commands.h"
#include "ctl/owner.h"
#include "ctl/pem.h"
#include "ledger/leaf.h"
#include "store/client.h"

#define SUBJECT "registered operator - sha256:"

CLEANUP_DEFINE(clients_done, struct client, free)

struct first {
	const char *name, *certificate;
};

static const struct client_option first_options[] = {
	{ .name = "name",
		.value = "TEXT",
		.type = CLIENT_OPTION_TEXT,
		.required = true,
		.offset = offsetof(struct first, name),
		.help = "how records name the client" },
	{ .name = "certificate",
		.value = "FILE",
		.type = CLIENT_OPTION_TEXT,
		.required = true,
		.offset = offsetof(struct first, certificate),
		.help = "its TLS certificate, PEM" },
	{ .name = NULL },
};

/* CLIENT_REFUSED when there is an operator: the next ones are that one's to register. */
static int none_check(const struct client_call *call, struct store *store)
{
	CLEANUP(clients_done) struct client *clients = NULL;
	size_t count = 0;
	int64_t version;
	int r = store_client_list(store, &clients, &count, &version);
	if (r < 0)
		return fault_trace(r);
	for (size_t i = 0; i < count; i++)
		if (clients[i].role == CLIENT_OPERATOR)
			return client_command_refuse(call,
				"there is an operator already (id %" PRId64
				"); it registers the others",
				clients[i].id);
	return 0;
}

static int insert(
	const struct client_call *call, struct store *store, struct client *client, int64_t now_at)
{
	/* The front's words for the operators after this one. */
	char subject[sizeof(SUBJECT) + DIGEST_HEX_SIZE] = SUBJECT;
	digest_to_text(&client->fingerprint, subject + strlen(SUBJECT));
	const struct leaf leaf = {
		.kind = LEAF_CLIENT,
		.happened_at = now_at,
		.subject = subject,
	};
	struct leaf_octets octets;
	int r = ledger_leaf_encode(&leaf, &octets);
	if (r == 0)
		r = store_client_insert(store, client, &leaf, &octets);
	if (r == STORE_EXISTS)
		return client_command_refuse(call, "this certificate is a client's already");
	return r < 0 ? fault_trace(r) : r;
}

static int first_run(const struct client_call *call, const void *given)
{
	const struct first *options = given;
	struct client client = { .role = CLIENT_OPERATOR };
	if (strlen(options->name) > CLIENT_NAME_MAX)
		return client_command_usage(
			call, "--name is longer than %d octets", CLIENT_NAME_MAX);
	memcpy(client.name, options->name, strlen(options->name) + 1);
	int r = ctl_pem_fingerprint(options->certificate, &client.fingerprint);
	if (r < 0)
		return fault_trace(r);

	CLEANUP(ctl_owner_done) struct store *store = NULL;
	struct store_system system;
	r = ctl_owner_open_system(call, &store, &system);
	if (r == 0)
		r = none_check(call, store);
	if (r == 0)
		r = insert(call, store, &client, system.now_at);
	if (r != 0)
		return r < 0 ? fault_trace(r) : r;
	char fingerprint[DIGEST_HEX_SIZE];
	digest_to_text(&client.fingerprint, fingerprint);
	(void)fprintf(call->out, "id: %" PRId64 "\nfingerprint: %s\n", client.id, fingerprint);
	return 0;
}

const struct client_command ctl_operator_first = {
	.name = "operator first",
	.help = "register the first operator's certificate",
	.options = first_options,
	.options_size = sizeof(struct first),
	.run = first_run,
};
