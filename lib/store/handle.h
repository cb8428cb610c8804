/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside of struct store, for this room only.
 */
#pragma once

#include <libpq-fe.h>

#include "model/application.h"
#include "store/connection.h"

struct store {
	PGconn *connection; /* NULL once it is closed; in pipeline mode */
	struct deadline deadline;
	enum store_role role;
	bool begun;                    /* a transaction of a _begin function is open */
	int64_t client_id;             /* who began it */
	uint8_t crl_after[SERIAL_LEN]; /* the last entry given */
	int64_t crl_last_number;       /* as the CRL's transaction found them */
	int64_t crl_last_this_update_at;
	int64_t crl_last_revision;
};
