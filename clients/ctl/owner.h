/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the owner's commands share: the owner's connection, and leaves stamped by the database's
 * clock.
 */
#pragma once

#include "client/command.h"
#include "ctl/settings.h"
#include "model/leaf.h"
#include "store/connection.h"
#include "store/system.h"

CLEANUP_DEFINE(ctl_owner_done, struct store, store_close)

/* Connects as the setting says; store_close() it. CLIENT_USAGE, CLIENT_REFUSED (schema). */
int ctl_owner_open(const struct client_call *call, struct store **ret_store) MUST_CHECK;
/* The same, and what the installation is. */
int ctl_owner_open_system(const struct client_call *call, struct store **ret_store,
	struct store_system *ret_system) MUST_CHECK;
