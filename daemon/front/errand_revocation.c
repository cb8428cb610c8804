/* SPDX-License-Identifier: Apache-2.0 */
#include "base/fault.h"
#include "front/caller.h"
#include "front/certificate_view.h"
#include "front/errands.h"
#include "front/json.h"
#include "front/leaf.h"

#define ATTEMPTS_MAX 4 /* transactions of one request */
#define AGAIN 2

struct revocation {
	int cause;
	char clerk[CLERK_MAX + 1];
};

#define AT(member_) offsetof(struct revocation, member_)

static const struct http_json_word causes[] = {
	{ "unwanted", REVOCATION_UNWANTED },
	{ "compromise", REVOCATION_COMPROMISE },
	{ "discarded", REVOCATION_DISCARDED },
	{ "card_lapsed", REVOCATION_CARD_LAPSED },
	{ "incorrect", REVOCATION_INCORRECT },
	{ "movement", REVOCATION_MOVEMENT },
	{ NULL, 0 },
};

static const struct http_json_field fields[] = {
	{ "cause", HTTP_JSON_WORD, .required = true, .offset = AT(cause), .words = causes },
	{ "clerk", HTTP_JSON_TEXT, .required = true, .offset = AT(clerk), .max = CLERK_MAX },
	{ 0 },
};

/* R3, R4: at the prefecture's word only. */
static bool is_ex_officio(enum revocation_cause cause)
{
	return cause == REVOCATION_INCORRECT || cause == REVOCATION_MOVEMENT;
}

static int refuse_revoked(struct http_request *request, const struct store_certificate_view *view)
{
	struct verdict verdict = { 0 };
	verdict_refuse(&verdict, REFUSAL_ALREADY_REVOKED, "");
	int r = http_reply_verdict(request, &verdict,
		json_pack("{s:o, s:s}", "revoked_at", front_json_instant(view->revoked_at), "cause",
			revocation_cause_text(view->cause)->name));
	return r < 0 ? fault_trace(r) : 0;
}

/* 0, STORE_REVOKED, STORE_NOT_FOUND, STORE_RETRY. */
static int insert(struct store *store, const struct client *client,
	const struct store_certificate_view *view, const struct revocation *revocation)
{
	const struct front_revocation said = {
		.serial = view->certificate.serial,
		.application = view->certificate.application,
		.municipality = view->municipality,
		.cause = (enum revocation_cause)revocation->cause,
		.client_id = client->id,
		.clerk = revocation->clerk,
		.now_at = view->now_at,
	};
	struct front_leaf leaf;
	int r = front_leaf_revocation(&said, &leaf);
	if (r < 0)
		return fault_trace(r);
	r = store_revocation_insert(
		store, said.serial, said.cause, client->id, said.clerk, &leaf.leaf, &leaf.octets);
	return r < 0 ? fault_trace(r) : r;
}

static int reply(struct http_request *request, const struct store_certificate_view *view)
{
	int r = http_reply_json(request, 201,
		json_pack("{s:o, s:o, s:s}", "serial", front_json_serial(view->certificate.serial),
			"revoked_at", front_json_instant(view->revoked_at), "cause",
			revocation_cause_text(view->cause)->name));
	return r < 0 ? fault_trace(r) : 0;
}

/*
 * One transaction, from the certificate and the instant as they are now. R9: final; whoever comes
 * second is told what stands. 0: replied, AGAIN.
 */
static int try_once(struct front_worker *worker, struct http_request *request,
	const struct revocation *revocation)
{
	struct store *store;
	struct client client;
	struct store_certificate_view view;
	int r = front_certificate_view_load(worker, request, &store, &client, &view);
	if (r != 0)
		return r < 0 ? fault_trace(r) : 0;
	if (is_ex_officio((enum revocation_cause)revocation->cause) &&
		client.role != CLIENT_OPERATOR)
		return front_caller_refuse(request, REFUSAL_REVOCATION_CAUSE, "/cause");
	if (view.revoked)
		return refuse_revoked(request, &view);

	int inserted = insert(store, &client, &view, revocation);
	if (inserted < 0)
		return fault_trace(inserted);
	store_rollback(store);
	if (inserted == STORE_RETRY)
		return AGAIN;
	r = store_certificate_load(store, view.certificate.serial, NULL, &view);
	if (r < 0)
		return fault_trace(r);
	if (r > 0 || !view.revoked)
		return fault_new(FAULT_STATE, "a revocation that is not there");
	r = inserted == 0 ? reply(request, &view) : refuse_revoked(request, &view);
	return r < 0 ? fault_trace(r) : 0;
}

static int revoke(struct front_worker *worker, struct http_request *request,
	const struct revocation *revocation)
{
	int r = AGAIN;
	for (int i = 0; i < ATTEMPTS_MAX && r == AGAIN; i++)
		r = try_once(worker, request, revocation);
	if (r == AGAIN)
		r = front_caller_refuse(request, REFUSAL_SERVICE_WAITING, "");
	return r < 0 ? fault_trace(r) : 0;
}

int front_errand_revocation(struct http_request *request, void *worker)
{
	struct revocation revocation = { 0 };
	struct verdict verdict;
	int r = http_json_decode(request->body, fields, &revocation, &verdict);
	if (r == HTTP_JSON_REFUSED)
		r = http_reply_verdict(request, &verdict, NULL);
	else if (r == 0)
		r = revoke(worker, request, &revocation);
	return r < 0 ? fault_trace(r) : 0;
}
