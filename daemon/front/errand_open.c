/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/fault.h"
#include "front/application_json.h"
#include "front/caller.h"
#include "front/draw.h"
#include "front/errands.h"
#include "front/json.h"
#include "policy/decide.h"

#define ATTEMPTS_MAX 4 /* transactions of one request */
#define AGAIN 2

struct opening {
	int visit_case, kind, card, identity;
	char card_number[CARD_NUMBER_MAX + 1];
	char clerk[CLERK_MAX + 1];
	struct date valid_to_on;
	bool number_given, valid_to_given;
};

#define AT(member_) offsetof(struct opening, member_)

static const struct http_json_word cases[] = {
	{ "applicant_with_id", VISIT_APPLICANT_WITH_ID },
	{ "applicant_without_id", VISIT_APPLICANT_WITHOUT_ID },
	{ "represented_with_id", VISIT_REPRESENTED_WITH_ID },
	{ "represented_without_id", VISIT_REPRESENTED_WITHOUT_ID },
	{ "agent", VISIT_AGENT },
	{ NULL, 0 },
};

static const struct http_json_word kinds[] = {
	{ "issuance", APPLICATION_ISSUANCE },
	{ "renewal", APPLICATION_RENEWAL },
	{ NULL, 0 },
};

static const struct http_json_word cards[] = {
	{ "juki", APPLICANT_CARD_JUKI },
	{ "individual_number", APPLICANT_CARD_INDIVIDUAL_NUMBER },
	{ "none", APPLICANT_CARD_NONE },
	{ NULL, 0 },
};

static const struct http_json_word identities[] = {
	{ "driving_licence", IDENTITY_DRIVING_LICENCE },
	{ "passport", IDENTITY_PASSPORT },
	{ "juki_card_with_photo", IDENTITY_JUKI_CARD_WITH_PHOTO },
	{ "other_public_photo", IDENTITY_OTHER_PUBLIC_PHOTO },
	{ "none", IDENTITY_NONE },
	{ NULL, 0 },
};

static const struct http_json_field card_fields[] = {
	{ "kind", HTTP_JSON_WORD, .required = true, .offset = AT(card), .words = cards },
	{ "number", HTTP_JSON_TEXT, .offset = AT(card_number), .given = AT(number_given), .min = 1,
		.max = CARD_NUMBER_MAX },
	{ 0 },
};

static const struct http_json_field identity_fields[] = {
	{ "kind", HTTP_JSON_WORD, .required = true, .offset = AT(identity), .words = identities },
	{ "valid_to", HTTP_JSON_DATE, .offset = AT(valid_to_on), .given = AT(valid_to_given) },
	{ 0 },
};

static const struct http_json_field fields[] = {
	{ "case", HTTP_JSON_WORD, .required = true, .offset = AT(visit_case), .words = cases },
	{ "kind", HTTP_JSON_WORD, .required = true, .offset = AT(kind), .words = kinds },
	{ "clerk", HTTP_JSON_TEXT, .required = true, .offset = AT(clerk), .max = CLERK_MAX },
	{ "card", HTTP_JSON_OBJECT, .required = true, .fields = card_fields },
	{ "identity", HTTP_JSON_OBJECT, .required = true, .fields = identity_fields },
	{ 0 },
};

/* FRONT_REPLIED when the body cannot be taken. */
static int decode(struct http_request *request, struct opening *ret_opening)
{
	struct verdict verdict;
	*ret_opening = (struct opening){ 0 };
	int r = http_json_decode(request->body, fields, ret_opening, &verdict);
	if (r < 0)
		return fault_trace(r);
	if (r == 0 && ret_opening->card == APPLICANT_CARD_JUKI && !ret_opening->number_given)
		verdict_refuse(&verdict, REFUSAL_MEMBER_MISSING, "/card/number");
	if (verdict_allows(&verdict))
		return 0;
	r = http_reply_verdict(request, &verdict, NULL);
	return r < 0 ? fault_trace(r) : FRONT_REPLIED;
}

static struct visit make_visit(const struct opening *opening, const struct facts *facts)
{
	struct visit visit = {
		.visit_case = (enum visit_case)opening->visit_case,
		.kind = (enum application_kind)opening->kind,
		.card_shown = (enum applicant_card)opening->card,
		.identity = (enum identity_document)opening->identity,
		.identity_valid_to_on = opening->valid_to_on,
		.identity_has_end = opening->valid_to_given,
	};
	memcpy(visit.card_number, opening->card_number, sizeof(visit.card_number));
	memcpy(visit.clerk, opening->clerk, sizeof(visit.clerk));
	/* The Juki card that is the identity document ends as the register says. */
	if (visit.identity == IDENTITY_JUKI_CARD_WITH_PHOTO && facts->resident_known) {
		visit.identity_valid_to_on = facts->resident.card.valid_to_on;
		visit.identity_has_end = true;
	}
	return visit;
}

/* What the clerk can go on with: the application or the certificate that stands in the way. */
static json_t *in_the_way(const struct facts *facts, const struct verdict *verdict)
{
	json_t *extra = json_object();
	if (verdict_has(verdict, REFUSAL_OPEN_APPLICATION))
		(void)json_object_set_new(extra, "application", json_string(facts->other_open));
	if (verdict_has(verdict, REFUSAL_LIVE_CERTIFICATE)) {
		(void)json_object_set_new(extra, "serial", front_json_serial(facts->live_serial));
		(void)json_object_set_new(
			extra, "not_after", front_json_instant(facts->live_not_after_at));
	}
	return extra;
}

static int make_application(
	const struct facts *facts, enum application_kind kind, struct application *ret_application)
{
	*ret_application = (struct application){
		.kind = kind,
		.state = APPLICATION_APPROVED, /* A1: examined the same day */
		.resident_id = facts->resident.id,
		.terminal_id = facts->client.id,
		.opened_at = facts->now_at,
	};
	memcpy(ret_application->municipality, facts->municipality.code,
		sizeof(ret_application->municipality));
	int r = front_draw_application_id(ret_application->id);
	return r < 0 ? fault_trace(r) : 0;
}

/* FRONT_REPLIED when it is refused. */
static int judge(const struct front *front, struct http_request *request, const struct facts *facts,
	const struct visit *visit)
{
	enum refusal refusal = front_caller_refusal(request, &facts->client);
	if (refusal != REFUSAL_NONE) {
		int r = front_caller_refuse(request, refusal, "");
		return r < 0 ? fault_trace(r) : FRONT_REPLIED;
	}
	struct verdict verdict;
	policy_open_check(facts, visit, &verdict);
	/* P1: the front refuses by its own clock and settings as well. */
	if (clock_now_at(&front->clock) >= front->settings.closing_at &&
		!verdict_has(&verdict, REFUSAL_PROGRAMME_CLOSED))
		verdict_refuse(&verdict, REFUSAL_PROGRAMME_CLOSED, "");
	if (verdict_allows(&verdict))
		return 0;
	int r = http_reply_verdict(request, &verdict, in_the_way(facts, &verdict));
	return r < 0 ? fault_trace(r) : FRONT_REPLIED;
}

/* One transaction. 0: opened, FRONT_REPLIED, AGAIN. */
static int try_once(const struct front *front, struct store *store, struct http_request *request,
	const struct opening *opening, struct application *ret_application)
{
	struct facts facts;
	int r = store_opening_begin(store, &request->fingerprint, opening->card_number, &facts);
	if (r < 0)
		return fault_trace(r);
	if (r == STORE_NOT_FOUND) {
		r = front_caller_refuse(request, REFUSAL_CLIENT_UNKNOWN, "");
		return r < 0 ? fault_trace(r) : FRONT_REPLIED;
	}
	if (r > 0)
		return AGAIN;
	struct visit visit = make_visit(opening, &facts);
	r = judge(front, request, &facts, &visit);
	if (r != 0)
		return r < 0 ? fault_trace(r) : r;
	r = make_application(&facts, visit.kind, ret_application);
	if (r < 0)
		return fault_trace(r);
	r = store_opening_finish(store, ret_application, &visit);
	if (r < 0)
		return fault_trace(r);
	return r > 0 ? AGAIN : 0;
}

int front_errand_open(struct http_request *request, void *context)
{
	struct front_worker *worker = context;
	struct opening opening;
	int r = decode(request, &opening);
	if (r != 0)
		return r < 0 ? fault_trace(r) : 0;
	struct store *store;
	r = front_worker_store(worker, request, &store);
	if (r < 0)
		return fault_trace(r);

	struct application application;
	r = AGAIN;
	for (int i = 0; i < ATTEMPTS_MAX && r == AGAIN; i++) {
		r = try_once(worker->front, store, request, &opening, &application);
		store_rollback(store);
	}
	if (r == AGAIN)
		r = front_caller_refuse(request, REFUSAL_SERVICE_WAITING, "");
	else if (r == 0)
		r = front_application_reply(worker, request, application.id, 201);
	return r < 0 ? fault_trace(r) : 0;
}
