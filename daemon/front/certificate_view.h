/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The certificate of the route's {serial}, as far as this client may see it.
 */
#pragma once

#include "front/caller.h"
#include "store/revocation.h"

/*
 * Loads the client as registered now, then the certificate: a terminal sees only those of its
 * municipality, and cannot tell others from those that do not exist. FRONT_REPLIED.
 */
int front_certificate_view_load(struct front_worker *worker, struct http_request *request,
	struct store **ret_store, struct client *ret_client,
	struct store_certificate_view *ret_view) MUST_CHECK;
