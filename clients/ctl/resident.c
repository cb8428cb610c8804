/* SPDX-License-Identifier: Apache-2.0 */
#include "store/resident.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "base/fault.h"
#include "ctl/commands.h"
#include "ctl/owner.h"

#define IMPORT_HOURS 12
#define REJECTS_MAX 1000                 /* lines named */
#define PROGRESS_STEP (INT64_C(4) << 20) /* octets between two progress lines */

#define FILE_CLEANUP __attribute__((cleanup(file_done)))

struct import {
	const char *file;
};

static const struct client_option import_options[] = {
	{ .name = "file",
		.value = "FILE",
		.type = CLIENT_OPTION_TEXT,
		.required = true,
		.offset = offsetof(struct import, file),
		.help = "CSV with a header line, as the manual has it" },
	{ .name = NULL },
};

/* The file as far as it went over. */
struct reading {
	FILE *file;
	const char *path;
	FILE *progress; /* NULL: nobody watches */
	int64_t read, told;
};

static void file_done(FILE *const *file)
{
	if (*file != NULL)
		(void)fclose(*file);
}

static int read_more(void *context, char *out, size_t size, size_t *ret_len)
{
	struct reading *reading = context;
	size_t len = fread(out, 1, size, reading->file);
	if (len < size && ferror(reading->file) != 0)
		return fault_new(FAULT_IO, "%s: %s", reading->path, strerrordesc_np(errno));
	reading->read += (int64_t)len;
	if (reading->progress != NULL && reading->read - reading->told >= PROGRESS_STEP) {
		reading->told = reading->read;
		(void)fprintf(reading->progress, "\r%" PRId64 " MiB", reading->read >> 20);
		(void)fflush(reading->progress);
	}
	*ret_len = len;
	return 0;
}

static int rejects_print(
	const struct client_call *call, const struct store_reject *rejects, size_t count)
{
	for (size_t i = 0; i < count; i++)
		(void)fprintf(call->out, "line %" PRId64 ": %s\n", rejects[i].line + 1,
			rejects[i].reason);
	return client_command_refuse(call, "nothing was loaded: %zu lines cannot be taken%s", count,
		count == REJECTS_MAX ? ", or more" : "");
}

static int import(const struct client_call *call, struct store *store, struct reading *reading)
{
	static struct store_reject rejects[REJECTS_MAX];
	size_t count = 0;
	int64_t loaded = 0;
	store_set_deadline(store, deadline_after_ms(IMPORT_HOURS * (HOUR / 1000)));
	int r = store_resident_import(
		store, read_more, reading, rejects, REJECTS_MAX, &count, &loaded);
	if (reading->told > 0)
		(void)fputc('\n', reading->progress);
	if (r < 0)
		return fault_trace(r);
	if (r == STORE_STALE)
		return rejects_print(call, rejects, count);
	(void)fprintf(call->out, "loaded: %" PRId64 "\n", loaded);
	return 0;
}

static int import_run(const struct client_call *call, const void *given)
{
	const struct import *options = given;
	FILE_CLEANUP FILE *file = fopen(options->file, "re");
	if (file == NULL)
		return fault_new(FAULT_SETTINGS, "%s: %s", options->file, strerrordesc_np(errno));
	CLEANUP(ctl_owner_done) struct store *store = NULL;
	int r = ctl_owner_open(call, &store);
	if (r != 0)
		return r < 0 ? fault_trace(r) : r;
	struct reading reading = {
		.file = file,
		.path = options->file,
		.progress = isatty(fileno(call->err)) == 1 ? call->err : NULL,
	};
	r = import(call, store, &reading);
	return r < 0 ? fault_trace(r) : r;
}

const struct client_command ctl_resident_import = {
	.name = "resident import",
	.help = "load residents from CSV, all or nothing",
	.options = import_options,
	.options_size = sizeof(struct import),
	.run = import_run,
};
