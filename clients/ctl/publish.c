/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <time.h>

#include "base/fault.h"
#include "ctl/api.h"
#include "ctl/commands.h"
#include "ctl/crl.h"

#define LOOK_EVERY_MS 250
#define NO_CRL INT64_C(-1) /* number of a CRL that is not there yet */

struct publish {
	int64_t wait_s;
	const char *crl_url, *crl_file;
};

static const struct client_option publish_options[] = {
	{ .name = "wait",
		.value = "SECONDS",
		.type = CLIENT_OPTION_NUMBER,
		.offset = offsetof(struct publish, wait_s),
		.min = 1,
		.max = 86400,
		.help = "wait until a newer CRL is out" },
	{ .name = "crl-url",
		.value = "URL",
		.type = CLIENT_OPTION_TEXT,
		.offset = offsetof(struct publish, crl_url),
		.help = "where it will be" },
	{ .name = "crl-file",
		.value = "FILE",
		.type = CLIENT_OPTION_TEXT,
		.offset = offsetof(struct publish, crl_file),
		.help = "where it will be" },
	{ .name = NULL },
};

static int look(const struct publish *options, struct deadline deadline, int64_t *ret_number)
{
	int64_t number = NO_CRL;
	int r = ctl_crl_number(options->crl_file, options->crl_url, deadline, &number);
	if (r < 0)
		return fault_trace(r);
	*ret_number = number;
	return 0;
}

static int wait_newer(const struct client_call *call, const struct publish *options,
	struct deadline deadline, int64_t before)
{
	static const struct timespec pause = { .tv_nsec = LOOK_EVERY_MS * 1000000L };
	for (;;) {
		int64_t number;
		int r = look(options, deadline, &number);
		if (r < 0)
			return fault_trace(r);
		if (number > before) {
			(void)fprintf(call->out, "crl: %" PRId64 "\n", number);
			return 0;
		}
		if (deadline_left_ms(deadline) == 0)
			return fault_new(FAULT_TIMEOUT, "no newer CRL within %" PRId64 " seconds",
				options->wait_s);
		(void)nanosleep(&pause, NULL);
	}
}

static int publish_run(const struct client_call *call, const void *given)
{
	const struct publish *options = given;
	bool wait = options->wait_s > 0;
	bool has_place = (options->crl_url != NULL) != (options->crl_file != NULL);
	bool has_none = options->crl_url == NULL && options->crl_file == NULL;
	if (wait ? !has_place : !has_none)
		return client_command_usage(
			call, "--wait goes with one of --crl-url and --crl-file");

	struct deadline deadline = deadline_after_ms(options->wait_s * 1000);
	int64_t before = NO_CRL;
	int r = wait ? look(options, deadline, &before) : 0;
	if (r < 0)
		return fault_trace(r);
	CLIENT_ANSWER_CLEANUP struct client_answer answer = { .status = 0 };
	r = ctl_api_call(call, "POST", "/v1/crls", json_object(), &answer);
	if (r != 0)
		return r < 0 ? fault_trace(r) : r;
	(void)fprintf(call->out, "a CRL is asked for\n");
	r = wait ? wait_newer(call, options, deadline, before) : 0;
	return r < 0 ? fault_trace(r) : 0;
}

const struct client_command ctl_publish = {
	.name = "publish",
	.help = "ask for a CRL now",
	.options = publish_options,
	.options_size = sizeof(struct publish),
	.run = publish_run,
};
