/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/fault.h"
#include "ctl/commands.h"
#include "ctl/owner.h"

#define MIGRATION_HOURS 6 /* a migration of millions of rows may take its time */

static const char *const kinds[] = { "rehearsal", "production", NULL };

struct init {
	const char *kind;
};

static const struct client_option init_options[] = {
	{ .name = "kind",
		.value = "WORD",
		.type = CLIENT_OPTION_WORD,
		.required = true,
		.offset = offsetof(struct init, kind),
		.words = kinds,
		.help = "what this installation is, for ever" },
	{ .name = NULL },
};

static const struct client_option migrate_options[] = {
	{ .name = "kind",
		.value = "WORD",
		.type = CLIENT_OPTION_WORD,
		.offset = offsetof(struct init, kind),
		.words = kinds,
		.help = "then do what `database init` does" },
	{ .name = NULL },
};

static int init_run(const struct client_call *call, const void *given)
{
	const struct init *options = given;
	CLEANUP(ctl_owner_done) struct store *store = NULL;
	int r = ctl_owner_open(call, &store);
	if (r != 0)
		return r < 0 ? fault_trace(r) : r;
	bool rehearsal = strcmp(options->kind, kinds[0]) == 0;
	r = store_system_init(store, rehearsal ? SERVICE_REHEARSAL : SERVICE_PRODUCTION);
	if (r < 0)
		return fault_trace(r);
	if (r == STORE_EXISTS)
		return client_command_refuse(
			call, "what this installation is was settled before, and stays");
	(void)fprintf(call->out, "kind: %s\n", options->kind);
	return 0;
}

const struct client_command ctl_database_init = {
	.name = "database init",
	.help = "settle whether this is production or a rehearsal",
	.options = init_options,
	.options_size = sizeof(struct init),
	.run = init_run,
};

static void report(const struct store_migration *migration, void *context)
{
	const struct client_call *call = context;
	(void)fprintf(call->out, "applied: %04d %s\n", migration->number, migration->name);
	(void)fflush(call->out);
}

static int migrate_run(const struct client_call *call, const void *given)
{
	const struct init *options = given;
	const struct ctl_settings *settings = call->settings;
	int r = client_command_need(call, "database", settings->database);
	if (r != 0)
		return r;
	struct client_call context = *call;
	r = store_migrate(settings->database, deadline_after_ms(MIGRATION_HOURS * (HOUR / 1000)),
		report, &context);
	if (r < 0)
		return fault_trace(r);
	if (r == STORE_SCHEMA_NEWER)
		return client_command_refuse(
			call, "the database was migrated by a newer %s", call->program);
	(void)fprintf(call->out, "the database is up to date\n");
	if (options->kind == NULL)
		return 0;
	r = init_run(call, options);
	return r < 0 ? fault_trace(r) : r;
}

const struct client_command ctl_database_migrate = {
	.name = "database migrate",
	.help = "apply the migrations that are missing",
	.options = migrate_options,
	.options_size = sizeof(struct init),
	.run = migrate_run,
};

const struct client_command ctl_migrate = {
	.name = "migrate",
	.help = "the same as database migrate",
	.options = migrate_options,
	.options_size = sizeof(struct init),
	.run = migrate_run,
};
