/* SPDX-License-Identifier: Apache-2.0 */
#include "base/fault.h"
#include "front/certificate_reply.h"
#include "front/certificate_view.h"
#include "front/errands.h"
#include "front/json.h"

int front_errand_certificate_status(struct http_request *request, void *worker)
{
	struct store *store;
	struct client client;
	struct store_certificate_view view;
	int r = front_certificate_view_load(worker, request, &store, &client, &view);
	if (r != 0)
		return r < 0 ? fault_trace(r) : 0;

	const struct certificate *certificate = &view.certificate;
	r = http_reply_json(request, 200,
		json_pack("{s:o, s:s, s:o, s:o, s:o, s:o}", "serial",
			front_json_serial(certificate->serial), "application",
			certificate->application, "not_after",
			front_json_instant(certificate->not_after_at), "revoked_at",
			view.revoked ? front_json_instant(view.revoked_at) : json_null(), "cause",
			view.revoked ? json_string(revocation_cause_text(view.cause)->name)
				     : json_null(),
			"certificate",
			front_certificate_pem(
				(struct bytes){ certificate->der, certificate->der_len })));
	return r < 0 ? fault_trace(r) : 0;
}
