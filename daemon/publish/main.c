/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hakkod-publish: CRLs by schedule, on request and soon after a revocation, and the public
 * listener. It holds no key.
 */
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/log.h"
#include "base/service.h"
#include "publish/folder.h"
#include "publish/loop.h"
#include "publish/public.h"

#define STOP_MS 10000

enum action { ACTION_RUN, ACTION_PRINT_CONFIG, ACTION_CHECK_CONFIG };

static const char usage[] =
	"usage: hakkod-publish [--config FILE] [--print-config | --check-config | --version | --help]\n";

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
			fputs(option == 'v' ? "hakkod-publish " HAKKO_VERSION "\n" : usage, stdout);
			exit(EXIT_SUCCESS);
		} else {
			fputs(usage, stderr);
			exit(EX_USAGE);
		}
	}
	if (optind != argc) {
		fputs(usage, stderr);
		exit(EX_USAGE);
	}
	return action;
}

static int prepare(struct publish *publish)
{
	int r = pki_ca_load(publish->settings.ca_certificate, &publish->ca);

	if (r == 0)
		r = pki_ca_clock_open(
			&publish->ca, publish->settings.rehearsal_clock, &publish->clock);
	if (r == 0)
		r = publish_folder_prepare(publish->settings.folder, &publish->ca);
	return r < 0 ? fault_trace(r) : 0;
}

static int serve(struct publish *publish)
{
	struct http_server *server = NULL;
	int signal_fd, r;

	r = service_signals_open(&signal_fd);
	if (r == 0)
		r = publish_public_start(
			&publish->settings, publish->ca.kind == SERVICE_REHEARSAL, &server);
	if (r < 0)
		return fault_trace(r);
	service_ready();
	log_event(LOG_LEVEL_NOTICE, "started", "version=%s", HAKKO_VERSION);
	r = publish_loop(publish, signal_fd);
	service_stopping();
	if (server != NULL)
		http_server_stop(server, deadline_after_ms(STOP_MS));
	close(signal_fd);
	return r < 0 ? fault_trace(r) : 0;
}

int main(int argc, char **argv)
{
	const char *config = HAKKO_SYSCONFDIR "/hakko/publish.conf";
	enum action action = read_arguments(argc, argv, &config);
	struct publish publish = { .crl_validity_s = 0 };
	int r;

	log_open("hakkod-publish");
	r = publish_settings_load(config, &publish.settings);
	if (r < 0) {
		log_fault("settings", r);
		return EX_CONFIG;
	}
	if (action == ACTION_PRINT_CONFIG)
		publish_settings_print(&publish.settings, stdout);
	if (action == ACTION_RUN) {
		r = prepare(&publish);
		if (r == 0)
			r = serve(&publish);
		if (r < 0)
			log_fault("stopped", r);
		pki_ca_done(&publish.ca);
		clock_done(&publish.clock);
	}
	publish_settings_done(&publish.settings);
	return r < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
