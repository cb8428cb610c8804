/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "base/fault.h"
#include "front/caller.h"
#include "front/errands.h"
#include "front/json.h"
#include "front/leaf.h"
#include "pki/issued.h"
#include "store/client.h"

struct registration {
	char name[CLIENT_NAME_MAX + 1];
	int role;
	char municipality[MUNICIPALITY_CODE_LEN + 1];
	bool municipality_given;
	char certificate[PKI_PEER_TEXT_MAX + 1];
};

#define AT(member_) offsetof(struct registration, member_)

static const struct http_json_word roles[] = {
	{ "terminal", CLIENT_TERMINAL },
	{ "registry", CLIENT_REGISTRY },
	{ "operator", CLIENT_OPERATOR },
	{ "auditor", CLIENT_AUDITOR },
	{ "verifier", CLIENT_VERIFIER },
	{ NULL, 0 },
};

static const struct http_json_field fields[] = {
	{ "name", HTTP_JSON_TEXT, .required = true, .offset = AT(name), .max = CLIENT_NAME_MAX },
	{ "role", HTTP_JSON_WORD, .required = true, .offset = AT(role), .words = roles },
	{ "municipality", HTTP_JSON_TEXT, .offset = AT(municipality),
		.given = AT(municipality_given), .min = MUNICIPALITY_CODE_LEN,
		.max = MUNICIPALITY_CODE_LEN },
	{ "certificate", HTTP_JSON_LINES, .required = true, .offset = AT(certificate),
		.max = PKI_PEER_TEXT_MAX },
	{ 0 },
};

static int make_client(
	const struct registration *registration, struct client *ret_client, struct verdict *verdict)
{
	*ret_client = (struct client){ .role = (enum client_role)registration->role };
	memcpy(ret_client->name, registration->name, sizeof(ret_client->name));
	memcpy(ret_client->municipality, registration->municipality,
		sizeof(ret_client->municipality));
	/* A terminal is a municipality's, everyone else is nobody's. */
	if (ret_client->role == CLIENT_TERMINAL && !registration->municipality_given)
		verdict_refuse(verdict, REFUSAL_MEMBER_MISSING, "/municipality");
	if (ret_client->role != CLIENT_TERMINAL && registration->municipality_given)
		verdict_refuse(verdict, REFUSAL_MEMBER_VALUE, "/municipality");
	int r = pki_issued_fingerprint(
		bytes_of_text(registration->certificate), &ret_client->fingerprint);
	if (r == PKI_ISSUED_BAD)
		verdict_refuse(verdict, REFUSAL_CLIENT_CERTIFICATE_BAD, "/certificate");
	return r < 0 ? fault_trace(r) : 0;
}

/* Fills client->id. 0, STORE_EXISTS, STORE_NOT_FOUND. */
static int insert(struct store *store, const struct client *caller, struct client *client)
{
	struct store_system system;
	int r = store_system_load(store, &system);
	if (r < 0)
		return fault_trace(r);
	char fingerprint[DIGEST_HEX_SIZE], subject[160];
	digest_to_text(&client->fingerprint, fingerprint);
	(void)snprintf(subject, sizeof(subject), "registered %s %s sha256:%s",
		client_role_name(client->role),
		client->municipality[0] != '\0' ? client->municipality : "-", fingerprint);
	struct front_leaf leaf;
	r = front_leaf_client(subject, caller->id, system.now_at, &leaf);
	if (r < 0)
		return fault_trace(r);
	r = store_client_insert(store, client, &leaf.leaf, &leaf.octets);
	return r < 0 ? fault_trace(r) : r;
}

static int reply(struct http_request *request, const struct client *client)
{
	int r = http_reply_json(request, 201,
		json_pack("{s:I, s:o, s:s, s:s, s:s?, s:b}", "id", (json_int_t)client->id,
			"fingerprint", front_json_digest(&client->fingerprint), "name",
			client->name, "role", client_role_name(client->role), "municipality",
			client->municipality[0] != '\0' ? client->municipality : NULL, "suspended",
			0));
	return r < 0 ? fault_trace(r) : 0;
}

static int enter(struct front_worker *worker, struct http_request *request, struct client *client)
{
	struct store *store;
	struct client caller;
	int r = front_caller_load(worker, request, &store, &caller);
	if (r != 0)
		return r < 0 ? fault_trace(r) : 0;
	r = insert(store, &caller, client);
	if (r < 0)
		return fault_trace(r);
	if (r == STORE_NOT_FOUND)
		return front_caller_refuse(request, REFUSAL_MUNICIPALITY_UNKNOWN, "/municipality");
	if (r > 0)
		return front_caller_refuse(request, REFUSAL_CLIENT_EXISTS, "/certificate");
	/* Who was told that a client is registered may use it at once, at this front at least. */
	r = front_register_load(&worker->front->clients, store);
	if (r == 0)
		r = reply(request, client);
	return r < 0 ? fault_trace(r) : 0;
}

int front_errand_client(struct http_request *request, void *worker)
{
	struct registration registration = { 0 };
	struct client client;
	struct verdict verdict;
	int r = http_json_decode(request->body, fields, &registration, &verdict);
	if (r == 0)
		r = make_client(&registration, &client, &verdict);
	if (r < 0)
		return fault_trace(r);
	r = verdict_allows(&verdict) ? enter(worker, request, &client)
				     : http_reply_verdict(request, &verdict, NULL);
	return r < 0 ? fault_trace(r) : 0;
}
