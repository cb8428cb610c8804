/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hakkod-signer: the only process with the CA key (docs/man/hakkod-signer.8.md).
 */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <openssl/crypto.h>

#include "base/fault.h"
#include "base/log.h"
#include "base/service.h"
#include "signer/loop.h"
#include "signer/round.h"

#define SECURE_HEAP 65536 /* octets, a power of two: the key's numbers live there */
#define SECURE_HEAP_MIN 32

enum exit_code {
	EXIT_GOOD = 0,
	EXIT_START = 1,     /* a fault at start: the journal is damaged, no memory */
	EXIT_STOPPED = 3,   /* it had to stop: the journal could not be written */
	EXIT_USAGE = 64,    /* sysexits' word for wrong arguments */
	EXIT_SETTINGS = 78, /* and for settings, certificate or key that cannot be used */
};

/* What it is run for; getopt_long() answers these, CONFIG is none. */
enum errand { SERVE = 1, PRINT, CHECK, VERSION, HELP, CONFIG };

struct arguments {
	const char *config;
	enum errand errand;
};

static const char usage[] =
	"usage: hakkod-signer [--config FILE] [--print-config | --check-config]\n"
	"       hakkod-signer --version | --help\n"
	"\n"
	"  --config FILE   settings, " HAKKO_SIGNER_CONFIG "\n"
	"  --print-config  print the settings in force and exit\n"
	"  --check-config  read settings, CA certificate and key, and exit\n";

static int parse(int argc, char **argv, struct arguments *ret_arguments)
{
	static const struct option options[] = {
		{ "config", required_argument, NULL, CONFIG },
		{ "print-config", no_argument, NULL, PRINT },
		{ "check-config", no_argument, NULL, CHECK },
		{ "version", no_argument, NULL, VERSION },
		{ "help", no_argument, NULL, HELP },
		{ NULL, 0, NULL, 0 },
	};
	struct arguments arguments = { HAKKO_SIGNER_CONFIG, SERVE };
	int found;
	while ((found = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (found == '?')
			return -1;
		if (found == CONFIG)
			arguments.config = optarg;
		else
			arguments.errand = (enum errand)found;
	}
	*ret_arguments = arguments;
	return optind == argc ? 0 : -1;
}

/* Before any secret is read. A file that may not grow is an error of write(), not our end. */
static int harden(void)
{
	int r = secret_harden_process();
	if (r < 0)
		return fault_trace(r);
	const struct sigaction ignore = { .sa_handler = SIG_IGN };
	if (sigaction(SIGXFSZ, &ignore, NULL) != 0)
		return fault_new(FAULT_IO, "signals: %s", strerrordesc_np(errno));
	if (CRYPTO_secure_malloc_init(SECURE_HEAP, SECURE_HEAP_MIN) == 0)
		return fault_new(FAULT_MEMORY, "no secure memory for the key");
	return 0;
}

/* Runs the loop; 0 when it was asked to leave. */
static int serve_on(struct signer *signer, int signals_fd)
{
	int listener_fd;
	int r = signer_loop_listen(signer->settings, &listener_fd);
	if (r < 0)
		return fault_trace(r);
	char closing[INSTANT_TEXT_SIZE];
	log_event(LOG_LEVEL_NOTICE, "ready", "head=%lld closing_at=%s rehearsal=%s",
		(long long)signer_journal_last(signer->journal)->position,
		instant_to_text(signer->limits.closing_at, closing),
		signer->ca.kind == SERVICE_REHEARSAL ? "yes" : "no");
	service_ready();
	r = signer_loop_run(signer, listener_fd, signals_fd);
	if (r < 0)
		signer_round_abandon(signer);
	(void)close(listener_fd);
	return r < 0 ? fault_trace(r) : 0;
}

/* Logs why it does not start. */
static enum exit_code start_failed(int fault)
{
	enum exit_code code = fault_kind(fault) == FAULT_SETTINGS ? EXIT_SETTINGS : EXIT_START;
	log_fault("start-failed", fault);
	return code;
}

static enum exit_code check(const struct signer_settings *settings)
{
	int r = signer_check(settings);
	return r < 0 ? start_failed(r) : EXIT_GOOD;
}

static enum exit_code serve(const struct signer_settings *settings)
{
	struct signer *signer;
	int signals_fd;
	/* Before any thread is made, so that none of them takes a signal. */
	int r = service_signals_open(&signals_fd);
	if (r == 0)
		r = signer_open(settings, &signer);
	if (r < 0)
		return start_failed(r);
	r = serve_on(signer, signals_fd);
	signer_close(signer);
	(void)close(signals_fd);
	if (r < 0) {
		log_fault("stopped", r);
		return EXIT_STOPPED;
	}
	return EXIT_GOOD;
}

static enum exit_code run(const struct arguments *arguments)
{
	struct signer_settings settings;
	int r = harden();
	if (r == 0)
		r = signer_settings_load(arguments->config, &settings);
	if (r < 0)
		return start_failed(r);
	enum exit_code code = EXIT_GOOD;
	if (arguments->errand == PRINT)
		signer_settings_print(&settings, stdout);
	else
		code = arguments->errand == CHECK ? check(&settings) : serve(&settings);
	signer_settings_done(&settings);
	return code;
}

int main(int argc, char **argv)
{
	struct arguments arguments;
	log_open("hakkod-signer");
	if (parse(argc, argv, &arguments) != 0) {
		(void)fputs(usage, stderr);
		return EXIT_USAGE;
	}
	if (arguments.errand == VERSION)
		return printf("hakkod-signer %s\n", HAKKO_VERSION) < 0 ? EXIT_START : EXIT_GOOD;
	if (arguments.errand == HELP)
		return fputs(usage, stdout) < 0 ? EXIT_START : EXIT_GOOD;
	return (int)run(&arguments);
}
