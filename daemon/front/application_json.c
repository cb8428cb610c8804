/* SPDX-License-Identifier: Apache-2.0 */
#include "front/application_json.h"

#include "base/calendar.h"
#include "base/fault.h"
#include "front/caller.h"
#include "front/json.h"
#include "store/client.h"

#define ISSUING_MINUTES_LEAST 15 /* P12 */
#define ISSUING_MINUTES_MOST 30
#define LAST_DAYS (30 * DAY) /* the time left is told from here on */

static const char *state_name(const struct store_application_view *view)
{
	return application_state_name(
		view->closed_before_issue ? APPLICATION_LAPSED : view->application.state);
}

/* What the clerk does next. */
static const char *next_name(const struct store_application_view *view)
{
	enum application_state state = view->application.state;
	bool is_issued = state == APPLICATION_ISSUED && !view->revoked;
	if (view->closed_before_issue)
		return "nothing";
	if (state == APPLICATION_APPROVED || state == APPLICATION_ISSUING)
		return "submit_csr";
	if (is_issued && !view->application.fee_paid)
		return "pay_fee";
	return is_issued ? "deliver" : "nothing";
}

static json_t *fee_json(const struct store_application_view *view)
{
	if (!view->application.fee_paid)
		return json_null();
	return json_pack("{s:i, s:s, s:o}", "amount_yen", (int)view->application.fee_yen,
		"receipt_number", view->receipt_number, "paid_at",
		front_json_instant(view->receipt_at));
}

static json_t *seconds_left(const struct front_application_frame *frame)
{
	if (frame->closing_at == PROGRAMME_OPEN_END ||
		frame->closing_at - frame->now_at > LAST_DAYS)
		return json_null();
	int64_t left_us = frame->closing_at - frame->now_at;
	return json_integer(left_us > 0 ? left_us / SECOND : 0);
}

/* P12: opened so late that issuing may not be done before the end. */
static json_t *warning(
	const struct store_application_view *view, const struct front_application_frame *frame)
{
	bool is_late = frame->closing_at != PROGRAMME_OPEN_END &&
		view->application.opened_at > frame->closing_at - ISSUING_MINUTES_MOST * MINUTE;
	return is_late ? json_string("closing_soon") : json_null();
}

json_t *front_application_json(
	const struct store_application_view *view, const struct front_application_frame *frame)
{
	const struct application *application = &view->application;
	const struct certificate *certificate = &view->certificate;
	return json_pack("{s:s, s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:s, s:o, s:o, s:o, "
			 "s:[ii]}",
		"id", application->id, "kind",
		application->kind == APPLICATION_RENEWAL ? "renewal" : "issuance", "state",
		state_name(view), "municipality", application->municipality, "opened_at",
		front_json_instant(application->opened_at), "fee", fee_json(view), "serial",
		view->has_certificate ? front_json_serial(certificate->serial) : json_null(),
		"issued_not_after",
		view->has_certificate ? front_json_instant(certificate->not_after_at) : json_null(),
		"delivered_at", front_json_instant_or_null(view->delivered_at), "revoked_at",
		view->revoked ? front_json_instant(view->revoked_at) : json_null(), "next",
		next_name(view), "closing_at", front_json_instant_or_null(frame->closing_at),
		"seconds_left", seconds_left(frame), "warning", warning(view, frame),
		"issuing_minutes", ISSUING_MINUTES_LEAST, ISSUING_MINUTES_MOST);
}

/* The earlier end of programme and municipality. */
static int load_frame(struct front_worker *worker, struct store *store, const char *code,
	struct front_application_frame *ret_frame)
{
	struct municipality municipality;
	int r = store_municipality_load(store, code, &municipality);
	if (r < 0)
		return fault_trace(r);
	if (r > 0)
		return fault_new(FAULT_STATE, "an application of no municipality");
	struct store_system system;
	front_waiting_system(&worker->front->waiting, &system);
	int64_t closing_at = system.programme.closing_at;
	if (municipality.closing_at < closing_at)
		closing_at = municipality.closing_at;
	*ret_frame = (struct front_application_frame){
		.now_at = clock_now_at(&worker->front->clock), .closing_at = closing_at
	};
	return 0;
}

int front_application_reply(struct front_worker *worker, struct http_request *request,
	const char *application_id, int status)
{
	struct store *store;
	int r = front_worker_store(worker, request, &store);
	if (r < 0)
		return fault_trace(r);
	struct client client;
	struct store_application_view view;
	r = store_application_view(store, &request->fingerprint, application_id, &client, &view);
	if (r < 0)
		return fault_trace(r);
	enum refusal refusal = r == STORE_NOT_FOUND ? REFUSAL_NOT_FOUND
						    : front_caller_refusal(request, &client);
	if (refusal != REFUSAL_NONE)
		return front_caller_refuse(request, refusal, "");

	struct front_application_frame frame;
	r = load_frame(worker, store, view.application.municipality, &frame);
	if (r < 0)
		return fault_trace(r);
	r = http_reply_json(request, status, front_application_json(&view, &frame));
	if (r == 0 && status == 201)
		r = arena_printf(&request->arena, &request->reply.location, "/v1/applications/%s",
			application_id);
	return r < 0 ? fault_trace(r) : 0;
}
