/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rehearsal's clock stands twice: in the database (hakko.now()) and in the clock file (all
 * programs). What holds at every instant, and after a crash at any point here: the file is never
 * ahead of the database. So forward goes the database first, backward the file. While they
 * differ the signer sees reservations of its future and signs none; the next command puts
 * them in step again, and what it did not get done it does.
 */
#include <inttypes.h>
#include <unistd.h>

#include "base/fault.h"
#include "ctl/commands.h"
#include "ctl/owner.h"
#include "ledger/leaf.h"
#include "pki/ca.h"

#define CA_CLEANUP __attribute__((cleanup(pki_ca_done)))
#define CLOCK_CLEANUP __attribute__((cleanup(clock_done)))
#define SUBJECT_SIZE 64

struct rehearsal {
	const char *ca;
	int64_t to_at;    /* of start and advance */
	int64_t after_at; /* of resume; 0: not given */
};

#define CA_OPTION                                                                                  \
	{                                                                                          \
		.name = "ca", .value = "FILE", .type = CLIENT_OPTION_TEXT, .required = true,       \
		.offset = offsetof(struct rehearsal, ca), .help = "the rehearsal's CA certificate" \
	}

static const struct client_option start_options[] = {
	CA_OPTION,
	{ .name = "at",
		.value = "INSTANT",
		.type = CLIENT_OPTION_INSTANT,
		.required = true,
		.offset = offsetof(struct rehearsal, to_at),
		.help = "when the rehearsal begins" },
	{ .name = NULL },
};

static const struct client_option advance_options[] = {
	CA_OPTION,
	{ .name = "to",
		.value = "INSTANT",
		.type = CLIENT_OPTION_INSTANT,
		.required = true,
		.offset = offsetof(struct rehearsal, to_at),
		.help = "later than its clock" },
	{ .name = NULL },
};

static const struct client_option resume_options[] = {
	CA_OPTION,
	{ .name = "after",
		.value = "INSTANT",
		.type = CLIENT_OPTION_INSTANT,
		.offset = offsetof(struct rehearsal, after_at),
		.help = "a signer's last stamp, where that is later than the database's records" },
	{ .name = NULL },
};

static const struct client_option plain_options[] = {
	CA_OPTION,
	{ .name = NULL },
};

/* What all four commands work on. */
struct clocks {
	const struct client_call *call;
	const char *path; /* of the clock file */
	struct store *store;
	struct store_system system;
	bool has_file;
	int64_t file_offset_us;
};

static void clocks_done(const struct clocks *clocks)
{
	if (clocks->store != NULL)
		store_close(clocks->store);
}

/* Only the owner of a rehearsal's CA certificate gets here, and only to that rehearsal. */
static int ca_check(struct clocks *clocks, const struct pki_ca *ca)
{
	static struct store_ca registered;
	if (ca->kind != SERVICE_REHEARSAL)
		return client_command_refuse(
			clocks->call, "this is no rehearsal's CA; its clock cannot be moved");
	if (clocks->system.kind != SERVICE_REHEARSAL)
		return client_command_refuse(
			clocks->call, "this database is production; its clock cannot be moved");
	int r = store_ca_load(clocks->store, &registered);
	if (r < 0)
		return fault_trace(r);
	if (r == 0 && !digest_equal(&registered.key, &ca->key_digest))
		return client_command_refuse(
			clocks->call, "this database is another CA's rehearsal");
	return 0;
}

static int file_look(struct clocks *clocks, const struct pki_ca *ca)
{
	CLOCK_CLEANUP struct clock clock = { NULL };
	clocks->has_file = access(clocks->path, F_OK) == 0;
	if (!clocks->has_file)
		return 0;
	int r = pki_ca_clock_open(ca, clocks->path, &clock);
	if (r < 0)
		return fault_trace(r);
	clocks->file_offset_us = clock_rehearsal_offset_us(&clock);
	return 0;
}

/* clocks_done() it in every case. */
static int clocks_open(
	const struct client_call *call, const struct rehearsal *options, struct clocks *clocks)
{
	const struct ctl_settings *settings = call->settings;
	*clocks = (struct clocks){ .call = call, .path = settings->rehearsal_clock };
	int r = client_command_need(call, "rehearsal_clock", settings->rehearsal_clock);
	if (r != 0)
		return r;
	CA_CLEANUP struct pki_ca ca = { .certificate = NULL };
	r = pki_ca_load(options->ca, &ca);
	if (r < 0)
		return fault_trace(r);
	r = ctl_owner_open_system(call, &clocks->store, &clocks->system);
	if (r == 0)
		r = ca_check(clocks, &ca);
	if (r == 0)
		r = file_look(clocks, &ca);
	return r < 0 ? fault_trace(r) : r;
}

static int file_write(struct clocks *clocks, int64_t offset_us)
{
	int r = clock_rehearsal_write(clocks->path, offset_us);
	if (r < 0)
		return fault_trace(r);
	clocks->file_offset_us = offset_us;
	clocks->has_file = true;
	return 0;
}

/* What a crash between the two writes left: the file follows the database, which is recorded. */
static int step(struct clocks *clocks)
{
	if (clocks->has_file && clocks->file_offset_us == clocks->system.clock_offset_us)
		return 0;
	int r = file_write(clocks, clocks->system.clock_offset_us);
	if (r < 0)
		return fault_trace(r);
	(void)fprintf(clocks->call->err,
		"the clock file was out of step with the database and follows it again\n");
	return 0;
}

static int database_write(
	struct clocks *clocks, const char *what, int64_t now_at, int64_t offset_us)
{
	char subject[SUBJECT_SIZE];
	(void)snprintf(subject, sizeof(subject), "%s offset_us=%" PRId64, what, offset_us);
	const struct leaf leaf = {
		.kind = LEAF_CLOCK,
		.happened_at = now_at,
		.subject = subject,
	};
	struct leaf_octets octets;
	int r = ledger_leaf_encode(&leaf, &octets);
	if (r == 0)
		r = store_clock_set(clocks->store, offset_us, &leaf, &octets);
	if (r < 0)
		return fault_trace(r);
	if (r == STORE_STALE)
		return client_command_refuse(clocks->call,
			"something is recorded later than that; the clock never goes back past it");
	clocks->system.clock_offset_us = offset_us;
	return 0;
}

/* Moves both clocks so that it is `now_at` now; `what` is the command's name. */
static int move(struct clocks *clocks, const char *what, int64_t now_at)
{
	int64_t offset_us = now_at - clock_real_now_at();
	bool forward = offset_us > clocks->system.clock_offset_us;
	int r = 0;
	if (!forward)
		r = file_write(clocks, offset_us);
	if (r == 0)
		r = database_write(clocks, what, now_at, offset_us);
	if (r == 0 && forward)
		r = file_write(clocks, offset_us);
	return r < 0 ? fault_trace(r) : r;
}

static void clocks_print(const struct clocks *clocks)
{
	char text[INSTANT_TEXT_SIZE];
	FILE *out = clocks->call->out;
	int64_t now_at = clock_real_now_at();
	(void)fprintf(out, "database: %s (offset %" PRId64 " us)\n",
		instant_to_text(now_at + clocks->system.clock_offset_us, text),
		clocks->system.clock_offset_us);
	if (clocks->has_file)
		(void)fprintf(out, "clock file: %s (offset %" PRId64 " us)\n",
			instant_to_text(now_at + clocks->file_offset_us, text),
			clocks->file_offset_us);
	else
		(void)fprintf(out, "clock file: none\n");
	if (clocks->system.last_recorded_at != 0)
		(void)fprintf(out, "last recorded: %s\n",
			instant_to_text(clocks->system.last_recorded_at, text));
}

static int start_run(const struct client_call *call, const void *given)
{
	const struct rehearsal *options = given;
	__attribute__((cleanup(clocks_done))) struct clocks clocks;
	int r = clocks_open(call, options, &clocks);
	if (r != 0)
		return r < 0 ? fault_trace(r) : r;
	if (clocks.system.last_recorded_at != 0)
		return client_command_refuse(
			call, "something is recorded already: use rehearsal advance or resume");
	/* Whatever the file held: nothing is recorded that it could go back past. */
	r = move(&clocks, "start", options->to_at);
	if (r != 0)
		return r < 0 ? fault_trace(r) : r;
	clocks_print(&clocks);
	return 0;
}

static int advance_run(const struct client_call *call, const void *given)
{
	const struct rehearsal *options = given;
	__attribute__((cleanup(clocks_done))) struct clocks clocks;
	int r = clocks_open(call, options, &clocks);
	if (r == 0)
		r = step(&clocks);
	if (r != 0)
		return r < 0 ? fault_trace(r) : r;
	if (options->to_at <= clock_real_now_at() + clocks.system.clock_offset_us)
		return client_command_refuse(
			call, "the rehearsal's clock is past that; it moves forward only");
	r = move(&clocks, "advance", options->to_at);
	if (r != 0)
		return r < 0 ? fault_trace(r) : r;
	clocks_print(&clocks);
	return 0;
}

static int resume_run(const struct client_call *call, const void *given)
{
	const struct rehearsal *options = given;
	__attribute__((cleanup(clocks_done))) struct clocks clocks;
	int r = clocks_open(call, options, &clocks);
	if (r != 0)
		return r < 0 ? fault_trace(r) : r;
	if (clocks.system.last_recorded_at == 0)
		return client_command_refuse(call, "nothing is recorded yet: use rehearsal start");
	/* No step before a move: it would let the signer's clock run ahead only to go back. */
	int64_t now_at = clocks.system.last_recorded_at;
	if (options->after_at > now_at)
		now_at = options->after_at;
	now_at += SECOND;
	if (now_at < clock_real_now_at() + clocks.system.clock_offset_us)
		r = move(&clocks, "resume", now_at);
	else
		r = step(&clocks);
	if (r != 0)
		return r < 0 ? fault_trace(r) : r;
	clocks_print(&clocks);
	return 0;
}

static int show_run(const struct client_call *call, const void *given)
{
	__attribute__((cleanup(clocks_done))) struct clocks clocks;
	int r = clocks_open(call, given, &clocks);
	if (r != 0)
		return r < 0 ? fault_trace(r) : r;
	clocks_print(&clocks);
	if (!clocks.has_file || clocks.file_offset_us != clocks.system.clock_offset_us)
		return client_command_refuse(call,
			"file and database are out of step: rehearsal advance or resume "
			"puts that right");
	return 0;
}

const struct client_command ctl_rehearsal_start = {
	.name = "rehearsal start",
	.help = "set a rehearsal's clock before anything is recorded",
	.options = start_options,
	.options_size = sizeof(struct rehearsal),
	.run = start_run,
};

const struct client_command ctl_rehearsal_show = {
	.name = "rehearsal show",
	.help = "what a rehearsal's clocks say",
	.options = plain_options,
	.options_size = sizeof(struct rehearsal),
	.run = show_run,
};

const struct client_command ctl_rehearsal_advance = {
	.name = "rehearsal advance",
	.help = "move a rehearsal's clock forward",
	.options = advance_options,
	.options_size = sizeof(struct rehearsal),
	.run = advance_run,
};

const struct client_command ctl_rehearsal_resume = {
	.name = "rehearsal resume",
	.help = "go on where the records of a rehearsal end",
	.options = resume_options,
	.options_size = sizeof(struct rehearsal),
	.run = resume_run,
};
