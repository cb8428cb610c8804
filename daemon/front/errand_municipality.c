/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/fault.h"
#include "front/caller.h"
#include "front/errands.h"
#include "front/json.h"
#include "store/client.h"

#define AT(member_) offsetof(struct municipality, member_)

static const struct http_json_field fields[] = {
	{ "code", HTTP_JSON_TEXT, .required = true, .offset = AT(code),
		.min = MUNICIPALITY_CODE_LEN, .max = MUNICIPALITY_CODE_LEN },
	{ "name", HTTP_JSON_TEXT, .required = true, .offset = AT(name),
		.max = MUNICIPALITY_NAME_MAX },
	{ "romaji", HTTP_JSON_TEXT, .required = true, .offset = AT(romaji),
		.max = MUNICIPALITY_ROMAJI_MAX },
	{ "closing_at", HTTP_JSON_INSTANT, .offset = AT(closing_at) },
	{ 0 },
};

static bool consists_of(const char *text, const char *characters)
{
	return text[strspn(text, characters)] == '\0';
}

/* What the fields' types cannot say. */
static void check(
	const struct municipality *municipality, int64_t closing_at, struct verdict *verdict)
{
	if (!consists_of(municipality->code, "0123456789"))
		verdict_refuse(verdict, REFUSAL_MEMBER_VALUE, "/code");
	/* It stands in subject DNs and in the CRL's address (profile). */
	if (!consists_of(
		    municipality->romaji, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-"))
		verdict_refuse(verdict, REFUSAL_MEMBER_VALUE, "/romaji");
	/* P2: never later than the programme. */
	if (municipality->closing_at != PROGRAMME_OPEN_END && municipality->closing_at > closing_at)
		verdict_refuse(verdict, REFUSAL_MEMBER_VALUE, "/closing_at");
}

static int insert(struct front_worker *worker, struct http_request *request,
	const struct municipality *municipality)
{
	struct store *store;
	struct client client;
	int r = front_caller_load(worker, request, &store, &client);
	if (r != 0)
		return r < 0 ? fault_trace(r) : 0;
	r = store_municipality_insert(store, municipality);
	if (r < 0)
		return fault_trace(r);
	if (r > 0)
		return front_caller_refuse(request, REFUSAL_MUNICIPALITY_EXISTS, "/code");
	r = http_reply_json(request, 201,
		json_pack("{s:s, s:s, s:s, s:o}", "code", municipality->code, "name",
			municipality->name, "romaji", municipality->romaji, "closing_at",
			front_json_instant_or_null(municipality->closing_at)));
	return r < 0 ? fault_trace(r) : 0;
}

int front_errand_municipality(struct http_request *request, void *worker)
{
	struct front_worker *it = worker;
	struct municipality municipality = { .closing_at = PROGRAMME_OPEN_END };
	struct verdict verdict;
	int r = http_json_decode(request->body, fields, &municipality, &verdict);
	if (r < 0)
		return fault_trace(r);
	if (r == 0) {
		struct store_system system;
		front_waiting_system(&it->front->waiting, &system);
		check(&municipality, system.programme.closing_at, &verdict);
	}
	r = verdict_allows(&verdict) ? insert(worker, request, &municipality)
				     : http_reply_verdict(request, &verdict, NULL);
	return r < 0 ? fault_trace(r) : 0;
}
