/* SPDX-License-Identifier: Apache-2.0 */
#include "publish/loop.h"

#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <time.h>

#include "base/fault.h"
#include "base/log.h"
#include "base/service.h"
#include "publish/crl.h"
#include "publish/folder.h"
#include "publish/schedule.h"

#define ROUND_MS 500 /* how long a round waits for a notice or a signal */
#define CONNECT_MS 5000
#define QUESTION_MS 5000

/* What the operator reads in the status line; each is said once when it begins. */
enum waiting { WAITING_NOTHING, WAITING_DATABASE, WAITING_SCHEMA, WAITING_SIGNER };

struct loop {
	struct publish *publish;
	struct publish_schedule schedule;
	struct publish_folder_seen seen;
	enum waiting waiting;
	bool requested;
	int64_t published;
	int64_t said; /* the count in the status line */
};

static void say_waiting(struct loop *loop, enum waiting waiting)
{
	static const char *const texts[] = {
		[WAITING_NOTHING] = "publishing",
		[WAITING_DATABASE] = "waiting for the database",
		[WAITING_SCHEMA] =
			"waiting for a database schema of this version: run hakkoctl migrate",
		[WAITING_SIGNER] = "waiting for the signer",
	};

	if (waiting == loop->waiting && loop->published == loop->said)
		return;
	service_status("%s; %" PRId64 " CRLs since start", texts[waiting], loop->published);
	loop->said = loop->published;
	if (waiting != loop->waiting)
		log_event(waiting == WAITING_NOTHING ? LOG_LEVEL_NOTICE : LOG_LEVEL_WARNING,
			"state", "text=\"%s\"", texts[waiting]);
	loop->waiting = waiting;
}

/* Opens the database when it is not open; false while it is away. */
static bool database_is_there(struct loop *loop)
{
	struct publish *publish = loop->publish;
	int r;

	if (publish->store != NULL && store_is_open(publish->store))
		return true;
	store_close(STEAL(publish->store));
	r = store_open(publish->settings.database, STORE_PUBLISH, deadline_after_ms(CONNECT_MS),
		&publish->store);
	if (r == 0)
		r = store_listen(publish->store, "hakko_publish");
	if (r == 0)
		return true;
	if (r < 0 && loop->waiting != WAITING_DATABASE)
		log_fault("database-open", r);
	say_waiting(loop, r < 0 ? WAITING_DATABASE : WAITING_SCHEMA);
	return false;
}

/* Asks the signer for its terms once, and again after each fault. */
static bool signer_is_there(struct loop *loop)
{
	struct publish *publish = loop->publish;
	struct wire_refused refused;
	struct wire_status status;
	int r;

	if (publish->crl_validity_s != 0)
		return true;
	r = wire_line_status(&publish->line, deadline_after_ms(QUESTION_MS), &status, &refused);
	if (r == 0 && digest_equal(&status.ca_key, &publish->ca.key_digest)) {
		publish->crl_validity_s = status.crl_validity_s;
		return true;
	}
	if (loop->waiting != WAITING_SIGNER) {
		if (r < 0)
			log_fault("signer-status", r);
		else
			log_event(LOG_LEVEL_ERROR, "signer-refused", "code=%s",
				r == 0 ? "ca_key_other" : refused.code);
	}
	say_waiting(loop, WAITING_SIGNER);
	return false;
}

/* Whether the published file is the CRL that the database holds. */
static int file_matches(struct loop *loop, const struct store_crl *crl, bool *ret_matches)
{
	struct digest digest;
	int r = publish_folder_crl_digest(
		loop->publish->settings.folder, &loop->publish->ca, &loop->seen, &digest);

	if (r < 0)
		return fault_trace(r);
	*ret_matches = r == 0 && digest_equal(&digest, &crl->digest);
	return 0;
}

static int look(struct loop *loop, enum publish_due *ret_due)
{
	struct publish *publish = loop->publish;
	struct publish_situation situation = {
		.requested = loop->requested,
		.now_at = clock_now_at(&publish->clock),
		.monotonic_us = monotonic_us(),
	};
	int r;

	store_set_deadline(publish->store, deadline_after_ms(QUESTION_MS));
	r = store_crl_latest(publish->store, &situation.crl, &situation.revision);
	if (r == 0)
		r = file_matches(loop, &situation.crl, &situation.has_crl);
	if (r < 0)
		return fault_trace(r);
	*ret_due = publish_schedule_check(&loop->schedule, &publish->settings, &situation);
	return 0;
}

static int publish_if_due(struct loop *loop)
{
	struct wire_refused refused;
	enum publish_due due;
	struct store_crl crl;
	int r;

	r = look(loop, &due);
	if (r < 0 || due == PUBLISH_NOT_DUE)
		return r < 0 ? fault_trace(r) : 0;
	r = publish_crl(loop->publish, &crl, &refused);
	if (r < 0)
		return fault_trace(r);
	if (r == PUBLISH_CRL_REFUSED) {
		log_event(LOG_LEVEL_ERROR, "crl-refused", "code=%s text=\"%s\"", refused.code,
			refused.text);
		loop->publish->crl_validity_s = 0; /* its terms may have changed: ask again */
	}
	if (r != 0)
		return 0;
	loop->requested = false;
	loop->schedule = (struct publish_schedule){ 0 };
	loop->published++;
	log_event(LOG_LEVEL_NOTICE, "crl-published",
		"number=%" PRId64 " entries=%" PRId64 " due=%s", crl.number, crl.entries,
		publish_due_name(due));
	return 0;
}

/* After a fault nothing half-done is gone on with: both lines are made anew. */
static void start_over(struct loop *loop)
{
	struct publish *publish = loop->publish;
	int r;

	store_close(STEAL(publish->store));
	wire_line_done(&publish->line);
	r = wire_line_init(&publish->line, publish->settings.signer_socket);
	if (r < 0)
		log_fault("signer-line", r);
	publish->crl_validity_s = 0;
}

static void round_once(struct loop *loop)
{
	int r;

	if (!database_is_there(loop) || !signer_is_there(loop))
		return;
	say_waiting(loop, WAITING_NOTHING);
	r = publish_if_due(loop);
	if (r == 0) {
		r = store_wait_notice(loop->publish->store, deadline_after_ms(ROUND_MS));
		if (r == 0)
			loop->requested = true;
	}
	if (r < 0) {
		log_fault("publish", r);
		start_over(loop);
	}
}

/* True when it is time to leave. Waits a round where the database cannot be waited on. */
static bool told_to_stop(const struct loop *loop, int signal_fd)
{
	struct pollfd poller = { .fd = signal_fd, .events = POLLIN };
	int number = 0;

	if (poll(&poller, 1, loop->waiting == WAITING_NOTHING ? 0 : ROUND_MS) <= 0)
		return false;
	if (service_signal_read(signal_fd, &number) < 0)
		return true;
	return number == SIGTERM || number == SIGINT;
}

int publish_loop(struct publish *publish, int signal_fd)
{
	struct loop loop = { .publish = publish, .waiting = WAITING_DATABASE, .said = -1 };
	int r = wire_line_init(&publish->line, publish->settings.signer_socket);

	if (r < 0)
		return fault_trace(r);
	while (!told_to_stop(&loop, signal_fd))
		round_once(&loop);
	store_close(STEAL(publish->store));
	wire_line_done(&publish->line);
	return 0;
}
