/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What one issuance costs PostgreSQL and this side of it: begin, reserve, record, each in its own
 * round trip, over several connections at once. Prints microseconds of CPU an issuance.
 *
 *	tests/system/postgres.py run --durable build/tests/unit/store/bench_store_issuance [N [C]]
 *
 * N issuances on each of C connections. Opening the applications is not counted.
 */
#include <assert.h>
#include <dirent.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/calendar.h"
#include "base/fault.h"
#include "unit/store/fixture.h"

#define PEOPLE_DEFAULT 500
#define CONNECTIONS_DEFAULT 16
#define CONNECTIONS_MAX 64
#define WARM_UP 100 /* issuances of each connection that are not counted: plans, caches, buffers */

struct worker {
	pthread_t thread;
	const struct fixture *fixture;
	struct store *store;
	int first, done, goal;
	char (*ids)[APPLICATION_ID_LEN + 1];
	double begin_us, reserve_us, record_us;
};

static void must(int r, const char *what)
{
	if (r == 0)
		return;
	char text[FAULT_TEXT_MAX];
	(void)fprintf(
		stderr, "%s: %d %s\n", what, r, r < 0 ? fault_describe(text, sizeof(text)) : "");
	abort();
}

/* The number after `skip` words of a file under /proc; 0 when the process is gone. */
static double proc_number(const char *pid, const char *file, int skip)
{
	char path[300];
	double number = 0;

	(void)snprintf(path, sizeof(path), "/proc/%s/%s", pid, file);
	FILE *f = fopen(path, "re");
	if (f == NULL)
		return 0;
	while (skip-- > 0)
		(void)!fscanf(f, "%*s");
	if (fscanf(f, "%lf", &number) != 1)
		number = 0;
	(void)fclose(f);
	return number;
}

/* Microseconds of CPU that the cluster's processes have used so far. */
static double server_us(int postmaster)
{
	DIR *proc = opendir("/proc");
	double sum_us = 0;

	assert(proc != NULL);
	for (struct dirent *entry; (entry = readdir(proc)) != NULL;) {
		if (strtol(entry->d_name, NULL, 10) <= 0)
			continue;
		if ((int)proc_number(entry->d_name, "stat", 3) == postmaster)
			sum_us += proc_number(entry->d_name, "schedstat", 0) / 1000;
	}
	(void)closedir(proc);
	return sum_us;
}

static int find_postmaster(void)
{
	char path[300];
	int pid = 0;

	(void)snprintf(
		path, sizeof(path), "%s/data/postmaster.pid", getenv("HAKKO_TEST_CONNINFO_DIR"));
	FILE *f = fopen(path, "re");
	if (f == NULL || fscanf(f, "%d", &pid) != 1)
		abort();
	(void)fclose(f);
	return pid;
}

static double client_us(void)
{
	struct rusage usage;
	(void)getrusage(RUSAGE_SELF, &usage);
	return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e6 +
		(double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

static void issue(struct worker *worker, int number, const char *application)
{
	static _Thread_local struct store_issuance issuance;
	static _Thread_local struct store_record record;
	static _Thread_local struct certificate recorded;
	struct reservation reservation;
	struct digest key;
	int64_t at_us[4];

	at_us[0] = monotonic_us();
	fixture_spki(number, reservation.spki, &key);
	must(store_issuance_begin(worker->store, &worker->fixture->terminal.fingerprint,
		     application, &key, &issuance),
		"begin");
	fixture_reservation(worker->fixture, &issuance, number, &reservation);
	(void)snprintf(reservation.cn, sizeof(reservation.cn), "2015061510000012%06uA",
		(unsigned)number % 1000000);
	at_us[1] = monotonic_us();
	must(store_reservation_finish(worker->store, &reservation, KEY_BY_APPLICANT, FIXTURE_CLERK),
		"reserve");
	fixture_record(&reservation, &record);
	record.octets.detail_len = 400;
	memset(record.octets.detail, 'd', record.octets.detail_len);
	at_us[2] = monotonic_us();
	must(store_issuance_record(worker->store, &record, &recorded), "record");
	at_us[3] = monotonic_us();
	worker->begin_us += (double)(at_us[1] - at_us[0]);
	worker->reserve_us += (double)(at_us[2] - at_us[1]);
	worker->record_us += (double)(at_us[3] - at_us[2]);
}

static void *work(void *context)
{
	struct worker *worker = context;
	for (; worker->done < worker->goal; worker->done++)
		issue(worker, worker->first + worker->done, worker->ids[worker->done]);
	return NULL;
}

/* Each of them does that many issuances more. */
static void run(struct worker *workers, int connections, int more)
{
	for (int i = 0; i < connections; i++) {
		workers[i].goal += more;
		workers[i].begin_us = workers[i].reserve_us = workers[i].record_us = 0;
		must(pthread_create(&workers[i].thread, NULL, work, &workers[i]), "thread");
	}
	for (int i = 0; i < connections; i++)
		must(pthread_join(workers[i].thread, NULL), "join");
}

static void prepare(struct fixture *fixture, struct worker *workers, int connections, int people)
{
	for (int i = 0; i < connections; i++) {
		struct worker *worker = &workers[i];
		worker->fixture = fixture;
		worker->store = fixture_store(fixture, STORE_FRONT);
		worker->first = 1 + i * people;
		worker->ids = calloc((size_t)people, sizeof(*worker->ids));
		assert(worker->ids != NULL);
		for (int j = 0; j < people; j++)
			fixture_approved(fixture, worker->first + j, worker->ids[j]);
	}
}

int main(int argc, char **argv)
{
	int people = argc > 1 ? (int)strtol(argv[1], NULL, 10) : PEOPLE_DEFAULT;
	int connections = argc > 2 ? (int)strtol(argv[2], NULL, 10) : CONNECTIONS_DEFAULT;
	static struct fixture fixture;
	static struct worker workers[CONNECTIONS_MAX];
	double begin_us = 0;
	double reserve_us = 0;
	double record_us = 0;

	assert(people > 0 && connections > 0 && connections <= CONNECTIONS_MAX);
	fixture_open(&fixture, "store_bench");
	fixture_residents(&fixture, (people + WARM_UP) * connections);
	prepare(&fixture, workers, connections, people + WARM_UP);
	PGconn *superuser = fixture_connect(&fixture, "postgres");
	fixture_exec(superuser, "VACUUM ANALYZE");
	fixture_exec(superuser, "CHECKPOINT");
	run(workers, connections, WARM_UP);
	fixture_exec(superuser, "CHECKPOINT");

	int postmaster = find_postmaster();
	double server = server_us(postmaster);
	double client = client_us();
	int64_t from_us = monotonic_us();
	run(workers, connections, people);
	double wall = (double)(monotonic_us() - from_us);
	client = client_us() - client;
	server = server_us(postmaster) - server;
	PQfinish(superuser); /* until now, so that its time is in both sums */

	double n = (double)people * connections;
	for (int i = 0; i < connections; i++) {
		begin_us += workers[i].begin_us;
		reserve_us += workers[i].reserve_us;
		record_us += workers[i].record_us;
	}
	(void)printf("%d connections, %.0f issuances, %.0f a second\n"
		     "CPU an issuance: %.1f us PostgreSQL, %.1f us client\n"
		     "latency: begin %.0f us, reserve %.0f us, record %.0f us\n",
		connections, n, n / wall * 1e6, server / n, client / n, begin_us / n,
		reserve_us / n, record_us / n);
	return 0;
}
