/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "front/caller.h"
#include "front/certificate_reply.h"
#include "front/draw.h"
#include "front/errands.h"
#include "front/issue.h"

struct submission {
	char csr[PKI_CSR_TEXT_MAX + 1];
	int key_made_by;
	char clerk[CLERK_MAX + 1];
};

#define AT(member_) offsetof(struct submission, member_)

static const struct http_json_word makers[] = {
	{ "applicant", KEY_BY_APPLICANT },
	{ "staff", KEY_BY_STAFF },
	{ "representative", KEY_BY_REPRESENTATIVE },
	{ NULL, 0 },
};

static const struct http_json_field fields[] = {
	{ "csr", HTTP_JSON_LINES, .required = true, .offset = AT(csr), .max = PKI_CSR_TEXT_MAX },
	{ "key_made_by", HTTP_JSON_WORD, .required = true, .offset = AT(key_made_by),
		.words = makers },
	{ "clerk", HTTP_JSON_TEXT, .required = true, .offset = AT(clerk), .max = CLERK_MAX },
	{ 0 },
};

static int replied(int r)
{
	return r < 0 ? fault_trace(r) : FRONT_REPLIED;
}

/* Body to fields. FRONT_REPLIED. */
static int decode(struct http_request *request, struct submission *ret_submission)
{
	struct verdict verdict;
	int r = http_json_decode(request->body, fields, ret_submission, &verdict);
	if (r == HTTP_JSON_REFUSED)
		return replied(http_reply_verdict(request, &verdict, NULL));
	return r < 0 ? fault_trace(r) : 0;
}

/* PEM to a checked request and its key. FRONT_REPLIED. */
static int check(struct http_request *request, const struct submission *submission,
	struct buffer *der, struct pki_public_key *ret_key)
{
	enum refusal refusal;
	int r = pki_csr_from_text(submission->csr, strlen(submission->csr), der, &refusal);
	if (r == 0)
		r = pki_csr_check(buffer_bytes(der), ret_key, &refusal);
	if (r == PKI_REFUSED)
		return replied(front_caller_refuse(request, refusal, "/csr"));
	return r < 0 ? fault_trace(r) : 0;
}

static int reply(const struct front_issue *issue, struct http_request *request, int64_t started_us,
	enum front_certificate_form form, const struct front_issue_end *end)
{
	struct front *front = issue->worker->front;
	if (end->is_new)
		front_metrics_issued(
			&front->metrics, clock_now_at(&front->clock), monotonic_us() - started_us);
	int r = front_certificate_reply(
		front, request, end->was_issued ? 200 : 201, form, &end->certificate);
	return r < 0 ? fault_trace(r) : 0;
}

static int refuse(struct http_request *request, const struct front_issue_end *end)
{
	int r = http_reply_verdict(request, &end->verdict, NULL);
	if (r == 0 && end->retry_after_s > 0)
		request->reply.retry_after_s = end->retry_after_s;
	return r < 0 ? fault_trace(r) : 0;
}

static int submit(struct front_issue *issue, struct http_request *request,
	const struct submission *submission, enum front_certificate_form form)
{
	int64_t started_us = monotonic_us();
	BUFFER_CLEANUP struct buffer der = BUFFER(PKI_CSR_MAX);
	int r = check(request, submission, &der, &issue->key);
	if (r != 0)
		return r < 0 ? fault_trace(r) : 0;
	issue->csr = buffer_bytes(&der);
	issue->maker = (enum key_maker)submission->key_made_by;
	issue->clerk = submission->clerk;
	struct front_issue_end end;
	r = front_issue(issue, &end);
	if (r < 0)
		return fault_trace(r);
	r = r == FRONT_ISSUE_REFUSED ? refuse(request, &end)
				     : reply(issue, request, started_us, form, &end);
	return r < 0 ? fault_trace(r) : 0;
}

int front_errand_csr(struct http_request *request, void *worker)
{
	struct front_issue issue = {
		.worker = worker, .request = request, .application = request->parameters[0]
	};
	enum front_certificate_form form;
	if (front_certificate_form(request->accept, &form) != 0)
		return front_caller_refuse(request, REFUSAL_NOT_ACCEPTABLE, "");
	if (!front_draw_is_application_id(issue.application))
		return front_caller_refuse(request, REFUSAL_NOT_FOUND, "");
	struct submission submission;
	int r = decode(request, &submission);
	if (r != 0)
		return r < 0 ? fault_trace(r) : 0;
	r = submit(&issue, request, &submission, form);
	return r < 0 ? fault_trace(r) : 0;
}
