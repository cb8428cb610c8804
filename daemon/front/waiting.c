/* SPDX-License-Identifier: Apache-2.0 */
#include "front/waiting.h"

#include <assert.h>
#include <string.h>

#include "base/fault.h"
#include "base/log.h"

#define ROUND_MS 1000
#define ASK_MS 3000 /* a round's deadline */

#define STOPS_SERVICE true
#define STOPS_ISSUANCE false

static const struct lack_row {
	const char *name;
	bool stops_service;
	enum refusal refusal;
	const char *text;
} rows[] = {
#define LACK(name_, stops_, refusal_, text_)                                                       \
	[FRONT_LACK_##name_] = { #name_, STOPS_##stops_, REFUSAL_##refusal_, text_ },
#include "front/lack.def"
#undef LACK
};

static unsigned bit(enum front_lack lack)
{
	return 1U << lack;
}

int front_waiting_init(struct front_waiting *waiting, const struct front_settings *settings,
	const struct pki_ca *ca)
{
	*waiting = (struct front_waiting){ .settings = settings, .ca = ca };
	atomic_store(&waiting->lacks,
		bit(FRONT_LACK_DATABASE) | bit(FRONT_LACK_REGISTER) | bit(FRONT_LACK_SIGNER) |
			bit(FRONT_LACK_COMPARED));
	(void)pthread_mutex_init(&waiting->lock, NULL);
	int r = front_thread_init(&waiting->thread);
	if (r < 0)
		return fault_trace(r);
	r = wire_line_init(&waiting->line, settings->signer_socket);
	return r < 0 ? fault_trace(r) : 0;
}

void front_waiting_done(struct front_waiting *waiting)
{
	front_thread_done(&waiting->thread);
	store_close(waiting->store);
	wire_line_done(&waiting->line);
	(void)pthread_mutex_destroy(&waiting->lock);
}

void front_waiting_set(struct front_waiting *waiting, enum front_lack lack, bool lacking)
{
	unsigned before = lacking ? atomic_fetch_or(&waiting->lacks, bit(lack))
				  : atomic_fetch_and(&waiting->lacks, ~bit(lack));
	if (((before & bit(lack)) != 0) == lacking)
		return;
	log_event(lacking ? LOG_LEVEL_WARNING : LOG_LEVEL_NOTICE, lacking ? "lacking" : "regained",
		"what=%s text=\"%s\"", rows[lack].name, rows[lack].text);
}

bool front_waiting_lacks(const struct front_waiting *waiting, enum front_lack lack)
{
	return (atomic_load(&waiting->lacks) & bit(lack)) != 0;
}

/* The first row that is lacking, NULL when none is. */
static const struct lack_row *first_lack(unsigned lacks, bool of_service_only)
{
	for (size_t i = 0; i < LENGTH_OF(rows); i++)
		if ((lacks & (1U << i)) != 0 && (rows[i].stops_service || !of_service_only))
			return &rows[i];
	return NULL;
}

bool front_waiting_is_serving(const struct front_waiting *waiting)
{
	return first_lack(atomic_load(&waiting->lacks), true) == NULL;
}

enum refusal front_waiting_issuance(const struct front_waiting *waiting)
{
	const struct lack_row *row = first_lack(atomic_load(&waiting->lacks), false);
	return row == NULL ? REFUSAL_NONE : row->refusal;
}

const char *front_waiting_text(const struct front_waiting *waiting)
{
	const struct lack_row *row = first_lack(atomic_load(&waiting->lacks), false);
	return row == NULL ? NULL : row->text;
}

const char *front_lack_text(enum front_lack lack)
{
	assert(lack < FRONT_LACK_COUNT);
	return rows[lack].text;
}

const char *front_lack_name(enum front_lack lack)
{
	assert(lack < FRONT_LACK_COUNT);
	return rows[lack].name;
}

void front_waiting_system(struct front_waiting *waiting, struct store_system *ret_system)
{
	(void)pthread_mutex_lock(&waiting->lock);
	*ret_system = waiting->system;
	(void)pthread_mutex_unlock(&waiting->lock);
}

void front_waiting_status(struct front_waiting *waiting, struct wire_status *ret_status)
{
	(void)pthread_mutex_lock(&waiting->lock);
	*ret_status = waiting->status;
	(void)pthread_mutex_unlock(&waiting->lock);
}

static int64_t end_of(int64_t closing_at)
{
	return closing_at >= FRONT_OPEN_END_AT ? PROGRAMME_OPEN_END : closing_at;
}

void front_waiting_compare_closing(struct front_waiting *waiting)
{
	int64_t own_at = end_of(waiting->settings->closing_at);
	struct store_system system;
	struct wire_status status;
	front_waiting_system(waiting, &system);
	front_waiting_status(waiting, &status);
	bool database_differs = atomic_load(&waiting->database_at) != 0 &&
		end_of(system.programme.closing_at) != own_at;
	bool signer_differs = atomic_load(&waiting->signer_at) != 0 &&
		end_of(status.closing_at) != own_at;
	front_waiting_set(waiting, FRONT_LACK_CLOSING, database_differs || signer_differs);
}

/* 0, STORE_SCHEMA_OLDER or _NEWER. */
static int open_store(struct front_waiting *waiting, struct deadline deadline)
{
	if (waiting->store != NULL && !store_is_open(waiting->store)) {
		store_close(waiting->store);
		waiting->store = NULL;
	}
	if (waiting->store == NULL) {
		int r = store_open(
			waiting->settings->database, STORE_FRONT, deadline, &waiting->store);
		if (r != 0)
			return r < 0 ? fault_trace(r) : r;
		/* Whoever comes back may have been restored meanwhile. */
		front_waiting_set(waiting, FRONT_LACK_COMPARED, true);
	}
	store_set_deadline(waiting->store, deadline);
	return 0;
}

static int ask_database(struct front_waiting *waiting, struct deadline deadline)
{
	int r = open_store(waiting, deadline);
	if (r != 0)
		return r < 0 ? fault_trace(r) : r;
	struct store_system system;
	r = store_system_load(waiting->store, &system);
	if (r < 0)
		return fault_trace(r);
	struct store_ca ca;
	r = store_ca_load(waiting->store, &ca);
	if (r < 0)
		return fault_trace(r);

	bool is_registered = r == 0;
	front_waiting_set(waiting, FRONT_LACK_KIND, system.kind != waiting->ca->kind);
	front_waiting_set(waiting, FRONT_LACK_CA_UNREGISTERED, !is_registered);
	front_waiting_set(waiting, FRONT_LACK_CA_OTHER,
		is_registered && !digest_equal(&ca.key, &waiting->ca->key_digest));
	(void)pthread_mutex_lock(&waiting->lock);
	waiting->system = system;
	(void)pthread_mutex_unlock(&waiting->lock);
	atomic_store(&waiting->database_at, monotonic_us());
	front_waiting_compare_closing(waiting);
	return 0;
}

/* A journal only grows: one that is shorter is another, or an old copy. */
static bool is_same_journal(const struct wire_status *before, const struct wire_status *now)
{
	return memcmp(before->signer, now->signer, sizeof(now->signer)) == 0 &&
		now->head.position >= before->head.position;
}

static int ask_signer(struct front_waiting *waiting, struct deadline deadline)
{
	struct wire_status status;
	struct wire_refused refused;
	int r = wire_line_status(&waiting->line, deadline, &status, &refused);
	if (r < 0)
		return fault_trace(r);
	if (r == WIRE_LINE_REFUSED)
		return fault_new(FAULT_UNAVAILABLE, "signer: %s", refused.code);

	front_waiting_set(waiting, FRONT_LACK_SIGNER_KIND, status.kind != waiting->ca->kind);
	front_waiting_set(waiting, FRONT_LACK_SIGNER_CA,
		!digest_equal(&status.ca_key, &waiting->ca->key_digest));
	(void)pthread_mutex_lock(&waiting->lock);
	bool is_same = is_same_journal(&waiting->status, &status);
	waiting->status = status;
	(void)pthread_mutex_unlock(&waiting->lock);
	if (!is_same)
		front_waiting_set(waiting, FRONT_LACK_COMPARED, true);
	atomic_store(&waiting->signer_at, monotonic_us());
	front_waiting_compare_closing(waiting);
	return 0;
}

/* Logs a fault once, when it begins: a database away for an hour is one event. */
static void tell(struct front_waiting *waiting, enum front_lack lack, const char *event, int r)
{
	if (r < 0 && (!front_waiting_lacks(waiting, lack) || fault_kind(r) != FAULT_UNAVAILABLE))
		log_fault(event, r);
	front_waiting_set(waiting, lack, r != 0);
}

void front_waiting_ask(struct front_waiting *waiting, struct deadline deadline)
{
	int r = ask_database(waiting, deadline);
	if (r > 0) {
		log_event(LOG_LEVEL_ERROR, "schema", "text=\"%s\"",
			r == STORE_SCHEMA_OLDER
				? "the database lacks migrations: run hakkoctl migrate"
				: "the database was migrated by a newer hakko: install that");
		atomic_store(&waiting->schema_other, true);
	}
	tell(waiting, FRONT_LACK_DATABASE, "database", r);
	r = ask_signer(waiting, deadline);
	/* Whoever comes back may do so with another journal. */
	if (r < 0)
		front_waiting_set(waiting, FRONT_LACK_COMPARED, true);
	tell(waiting, FRONT_LACK_SIGNER, "signer", r);
}

static void *run(void *context)
{
	struct front_waiting *waiting = context;
	while (front_thread_rest(&waiting->thread, ROUND_MS))
		front_waiting_ask(waiting, deadline_after_ms(ASK_MS));
	return NULL;
}

int front_waiting_start(struct front_waiting *waiting)
{
	int r = front_thread_start(&waiting->thread, run, waiting);
	return r < 0 ? fault_trace(r) : 0;
}
