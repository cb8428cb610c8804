/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hakkod: the HTTPS API. It holds no CA key.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

#include "base/fault.h"
#include "base/log.h"
#include "front/serve.h"

enum action { ACTION_RUN, ACTION_PRINT_CONFIG, ACTION_CHECK_CONFIG };

static const char usage[] =
	"usage: hakkod [--config FILE] [--print-config | --check-config | --version | --help]\n";

static const struct option options[] = {
	{ "config", required_argument, NULL, 'c' },
	{ "print-config", no_argument, NULL, 'p' },
	{ "check-config", no_argument, NULL, 'k' },
	{ "version", no_argument, NULL, 'v' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static enum action read_arguments(int argc, char **argv, const char **ret_config)
{
	enum action action = ACTION_RUN;
	int option;
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 'c') {
			*ret_config = optarg;
		} else if (option == 'p') {
			action = ACTION_PRINT_CONFIG;
		} else if (option == 'k') {
			action = ACTION_CHECK_CONFIG;
		} else if (option == 'v' || option == 'h') {
			(void)fputs(option == 'v' ? "hakkod " HAKKO_VERSION "\n" : usage, stdout);
			exit(EXIT_SUCCESS);
		} else {
			(void)fputs(usage, stderr);
			exit(EX_USAGE);
		}
	}
	if (optind != argc) {
		(void)fputs(usage, stderr);
		exit(EX_USAGE);
	}
	return action;
}

static int act(struct front *front, enum action action)
{
	int r = 0;
	switch (action) {
	case ACTION_PRINT_CONFIG:
		front_settings_print(&front->settings, stdout);
		return EX_OK;
	case ACTION_CHECK_CONFIG:
		r = front_serve_check(front);
		break;
	case ACTION_RUN:
		r = front_serve(front);
		break;
	}
	if (r >= 0)
		return r;
	int status = fault_kind(r) == FAULT_SETTINGS ? EX_CONFIG : EXIT_FAILURE;
	log_fault("stopped", r);
	return status;
}

int main(int argc, char **argv)
{
	const char *config = HAKKO_SYSCONFDIR "/hakko/hakkod.conf";
	enum action action = read_arguments(argc, argv, &config);
	static struct front front; /* large, and zero before it is made */

	log_open("hakkod");
	int r = front_settings_load(config, &front.settings);
	if (r < 0) {
		log_fault("settings", r);
		return EX_CONFIG;
	}
	int status = act(&front, action);
	front_settings_done(&front.settings);
	return status;
}
