/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/owner.h"

#include "base/fault.h"

int ctl_owner_open(const struct client_call *call, struct store **ret_store)
{
	const struct ctl_settings *settings = call->settings;
	int r = client_command_need(call, "database", settings->database);
	if (r != 0)
		return r;
	r = store_open(settings->database, STORE_OWNER,
		deadline_after_ms(settings->timeout_s * 1000), ret_store);
	if (r < 0)
		return fault_trace(r);
	if (r == STORE_SCHEMA_OLDER)
		return client_command_refuse(
			call, "the database lacks migrations: run %s migrate", call->program);
	if (r == STORE_SCHEMA_NEWER)
		return client_command_refuse(
			call, "the database was migrated by a newer %s", call->program);
	return 0;
}

int ctl_owner_open_system(
	const struct client_call *call, struct store **ret_store, struct store_system *ret_system)
{
	CLEANUP(ctl_owner_done) struct store *store = NULL;
	int r = ctl_owner_open(call, &store);
	if (r != 0)
		return r < 0 ? fault_trace(r) : r;
	r = store_system_load(store, ret_system);
	if (r < 0)
		return fault_trace(r);
	if (r == STORE_NOT_FOUND)
		return client_command_refuse(call,
			"whether this is production or a rehearsal is not settled: run %s database init",
			call->program);
	*ret_store = STEAL(store);
	return 0;
}
