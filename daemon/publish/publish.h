/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What hakkod-publish holds while it runs: its connections, its CA, its clock.
 */
#pragma once

#include "pki/ca.h"
#include "publish/settings.h"
#include "store/revocation.h"
#include "wire/line.h"

struct publish {
	struct publish_settings settings;
	struct pki_ca ca;
	struct clock clock;
	struct wire_line line;
	struct store *store;    /* NULL while the database is away */
	int64_t crl_validity_s; /* the signer's, 0 until it was asked */
};
