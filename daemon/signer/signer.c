/* SPDX-License-Identifier: Apache-2.0 */
#include "signer/signer.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/log.h"
#include "base/service.h"
#include "signer/stamp.h"

#define CREDENTIAL "ca-key-passphrase"

/* Two jobs a connection: one that it waits for and one that it left behind when it went away. */
#define JOBS_PER_CONNECTION 2

static void text_done(char **text)
{
	free(*text);
}

/* The key, which must be the certificate's. */
static int load_key(struct signer *signer)
{
	__attribute__((cleanup(text_done))) char *credential = NULL;
	const char *path = signer->settings->passphrase_file;
	if (*path == '\0') {
		int r = service_credential_path(CREDENTIAL, &credential);
		if (r == SERVICE_NO_CREDENTIAL)
			return fault_new(FAULT_SETTINGS,
				"no passphrase: neither passphrase_file nor a credential");
		if (r < 0)
			return fault_trace(r);
		path = credential;
	}
	SECRET_CLEANUP struct secret passphrase = { 0 };
	int r = secret_load(&passphrase, path, true);
	if (r < 0)
		return fault_trace(r);
	r = pki_private_key_load(signer->settings->ca_key, &passphrase, &signer->key);
	if (r < 0)
		return fault_trace(r);
	struct digest digest;
	r = pki_key_digest(signer->key, &digest);
	if (r < 0)
		return fault_trace(r);
	if (!digest_equal(&digest, &signer->ca.key_digest))
		return fault_new(FAULT_SETTINGS, "the CA key is not the CA certificate's");
	return 0;
}

/* What is known before the journal is opened. */
static int load(struct signer *signer)
{
	const struct signer_settings *settings = signer->settings;
	int r = pki_profile_check(&settings->profile);
	if (r < 0)
		return fault_trace(r);
	r = pki_ca_load(settings->ca_certificate, &signer->ca);
	if (r < 0)
		return fault_trace(r);
	r = pki_ca_clock_open(&signer->ca, settings->rehearsal_clock, &signer->clock);
	if (r < 0)
		return fault_trace(r);
	r = load_key(signer);
	if (r < 0)
		return fault_trace(r);
	signer->limits = (struct signer_limits){
		.closing_at = settings->closing_at,
		.clock_skew = settings->clock_skew_ms * 1000,
		.ca_key = signer->ca.key_digest,
		.ca_not_before_at = signer->ca.not_before_at,
		.ca_not_after_at = signer->ca.not_after_at,
		.validity_years = (int)settings->profile.validity_years,
	};
	r = pki_profile_digest(&settings->profile, &signer->limits.profile);
	return r < 0 ? fault_trace(r) : 0;
}

/* Takes one record of the journal's end into the index. Outcomes follow their intents. */
static int know(const struct signer_record *record, void *context)
{
	struct signer *signer = context;
	struct signer_known_entry *entry;
	if (record->kind == JOURNAL_OUTCOME) {
		entry = signer_known_find(&signer->known, record->reservation);
		if (entry != NULL && entry->intent == record->refers)
			entry->outcome = record->position;
		return 0;
	}
	if (record->kind != JOURNAL_INTENT)
		return 0;
	struct signer_known_entry made = {
		.reservation = record->reservation,
		.reserved_at = record->reserved_at,
		.stamped_at = record->stamped_at,
		.intent = record->position,
	};
	memcpy(made.serial, record->id, sizeof(made.serial));
	memcpy(made.key_tag, record->key_tag, sizeof(made.key_tag));
	int r = signer_known_add(&signer->known, &made, record->stamped_at, &entry);
	if (r == SIGNER_KNOWN_FULL)
		return fault_new(FAULT_SETTINGS, "known_max is too small for this journal");
	return r < 0 ? fault_trace(r) : 0;
}

#define STEP_BACK 4096 /* records */

/* The first record that may still matter: going back by steps, however long the journal is. */
static int find_first_known(struct signer *signer, int64_t *ret_first)
{
	int64_t since_at = signer_now_at(signer) - SIGNER_KNOWN_KEEP;
	int64_t last = signer_journal_last(signer->journal)->position;
	/* An intent and an outcome each. */
	int64_t most = 2 * signer->settings->known_max;
	int64_t first = last;
	while (first > 1 && last - first < most) {
		struct signer_record record;
		int r = signer_journal_read(signer->journal, first, &record);
		if (r != 0)
			return r < 0 ? fault_trace(r)
				     : fault_new(FAULT_STATE, "the journal became shorter");
		if (record.stamped_at < since_at)
			break;
		first = first > STEP_BACK ? first - STEP_BACK : 1;
	}
	*ret_first = first;
	return 0;
}

static int recall(struct signer *signer)
{
	int64_t first;
	int r = find_first_known(signer, &first);
	if (r < 0)
		return fault_trace(r);
	r = signer_journal_scan(signer->journal, first, know, signer);
	return r < 0 ? fault_trace(r) : 0;
}

static int make_room(struct signer *signer)
{
	const struct signer_settings *settings = signer->settings;
	signer->peers_count = (size_t)settings->connections_max;
	signer->peers = calloc(signer->peers_count, sizeof(*signer->peers));
	if (signer->peers == NULL)
		return fault_new(FAULT_MEMORY, "no memory for %zu peers", signer->peers_count);
	int r = signer_jobs_init(&signer->jobs, JOBS_PER_CONNECTION * signer->peers_count);
	if (r < 0)
		return fault_trace(r);
	r = signer_known_init(
		&signer->known, (uint32_t)settings->known_max, signer->limits.clock_skew);
	return r < 0 ? fault_trace(r) : 0;
}

static int open_all(struct signer *signer)
{
	const struct signer_settings *settings = signer->settings;
	int r = load(signer);
	if (r < 0)
		return fault_trace(r);
	r = make_room(signer);
	if (r < 0)
		return fault_trace(r);
	r = signer_journal_open(settings->journal, &signer->ca.key_digest,
		clock_now_at(&signer->clock), &signer->journal);
	if (r < 0)
		return fault_trace(r);
	r = recall(signer);
	if (r < 0)
		return fault_trace(r);
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	size_t threads = settings->threads > 0 ? (size_t)settings->threads
		: cores > 0                    ? (size_t)cores
					       : 1;
	const struct signer_pool_watch watch = { &signer->clock, signer->clock_distance,
		&signer->limits };
	r = signer_pool_start(signer->key, &watch, threads, &signer->pool);
	return r < 0 ? fault_trace(r) : 0;
}

int signer_open(const struct signer_settings *settings, struct signer **ret_signer)
{
	struct signer *signer = calloc(1, sizeof(*signer));
	if (signer == NULL)
		return fault_new(FAULT_MEMORY, "no memory for the signer");
	signer->settings = settings;
	signer->clock_distance = signer_stamp_distance();
	signer->octets = BUFFER(WIRE_FRAME_MAX);
	int r = open_all(signer);
	if (r < 0) {
		signer_close(signer);
		return fault_trace(r);
	}
	*ret_signer = signer;
	return 0;
}

int signer_check(const struct signer_settings *settings)
{
	struct signer *signer = calloc(1, sizeof(*signer));
	if (signer == NULL)
		return fault_new(FAULT_MEMORY, "no memory for the signer");
	signer->settings = settings;
	int r = load(signer);
	signer_close(signer);
	return r < 0 ? fault_trace(r) : 0;
}

void signer_close(struct signer *signer)
{
	if (signer == NULL)
		return;
	signer_pool_stop(signer->pool);
	for (size_t i = 0; i < signer->peers_count && signer->peers != NULL; i++) {
		if (signer->peers[i].state == SIGNER_PEER_FREE)
			continue;
		signer_detach(&signer->peers[i]);
		signer_peer_close(&signer->peers[i]);
	}
	free(signer->peers);
	signer_jobs_done(&signer->jobs);
	signer_known_done(&signer->known);
	signer_journal_close(signer->journal);
	EVP_PKEY_free(signer->key);
	pki_ca_done(&signer->ca);
	clock_done(&signer->clock);
	buffer_done(&signer->octets);
	free(signer);
}

int64_t signer_now_at(const struct signer *signer)
{
	int64_t now_at = clock_now_at(&signer->clock);
	int64_t last_at = signer_journal_last(signer->journal)->stamped_at;
	return now_at > last_at ? now_at : last_at;
}

enum refusal signer_judge_now(const struct signer *signer, const struct reservation *reservation)
{
	int64_t now_at = signer_now_at(signer);
	if (signer_stamp_is_stepped(signer->clock_distance))
		return REFUSAL_CLOCK_BACKWARD;
	return signer_check_clock(&signer->limits, reservation, now_at);
}

int signer_refuse(struct signer *signer, struct signer_peer *peer, enum refusal refusal,
	int64_t reservation, const char *text)
{
	signer->refusals++;
	log_event(LOG_LEVEL_NOTICE, "refused", "code=%s reservation=%lld uid=%u why=\"%s\"",
		refusal_text(refusal)->code, (long long)reservation, (unsigned int)peer->uid, text);
	int r = signer_peer_refuse(peer, refusal, text);
	return r < 0 ? fault_trace(r) : 0;
}

int signer_stamp(
	struct signer *signer, struct signer_peer *peer, int64_t reservation, int64_t *ret_at)
{
	int r = signer_stamp_take(&signer->clock, signer->clock_distance,
		signer_journal_last(signer->journal)->stamped_at, ret_at);
	if (r <= 0)
		return r < 0 ? fault_trace(r) : 0;
	r = signer_refuse(signer, peer, REFUSAL_CLOCK_BACKWARD, reservation,
		r == SIGNER_STAMP_STEPPED ? "the clock was stepped: put it right, or restart"
					  : "the clock stands before the last record");
	return r < 0 ? fault_trace(r) : SIGNER_REFUSED;
}

int signer_refuse_waiters(
	struct signer *signer, struct signer_job *job, enum refusal refusal, const char *text)
{
	while (job->waiters != NULL) {
		struct signer_peer *peer = job->waiters;
		signer_detach(peer);
		int r = signer_refuse(signer, peer, refusal, job->reservation, text);
		if (r < 0)
			return fault_trace(r);
	}
	return 0;
}

void signer_attach(struct signer_peer *peer, struct signer_job *job)
{
	peer->state = SIGNER_PEER_SIGNING;
	peer->job = job;
	peer->next_waiter = job->waiters;
	job->waiters = peer;
}

void signer_detach(struct signer_peer *peer)
{
	if (peer->job == NULL)
		return;
	struct signer_peer **link = &peer->job->waiters;
	while (*link != peer)
		link = &(*link)->next_waiter;
	*link = peer->next_waiter;
	peer->next_waiter = NULL;
	peer->job = NULL;
}

void signer_put_due(struct signer *signer, struct signer_job *job)
{
	job->next = signer->due;
	signer->due = job;
}
