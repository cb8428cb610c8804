/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An application as the API shows it. Holds nothing of the resident's items (L5).
 */
#pragma once

#include <jansson.h>

#include "front/front.h"
#include "store/application.h"

/* What surrounds it: the clock and the end that binds its municipality (P1, P2). */
struct front_application_frame {
	int64_t now_at;
	int64_t closing_at; /* PROGRAMME_OPEN_END: none */
};

json_t *front_application_json(
	const struct store_application_view *view, const struct front_application_frame *frame);

/*
 * Replies the application as it stands now, with `status` (201: and its Location); 404 when it is
 * not there for this client. No transaction may be open.
 */
int front_application_reply(struct front_worker *worker, struct http_request *request,
	const char *application_id, int status) MUST_CHECK;
