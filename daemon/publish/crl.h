/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One full CRL, from the database's revocations to the published file: counted, streamed through
 * the signer, recorded with its leaf, renamed into place. Constant memory.
 */
#pragma once

#include "publish/publish.h"

#define PUBLISH_CRL_BUSY 1    /* another host publishes at this moment, or was first */
#define PUBLISH_CRL_REFUSED 2 /* the signer refused; ret_refused says why */

int publish_crl(struct publish *publish, struct store_crl *ret_crl,
	struct wire_refused *ret_refused) MUST_CHECK;
