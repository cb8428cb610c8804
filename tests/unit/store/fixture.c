/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/calendar.h"
#include "base/fault.h"

#define CALL_MS 20000

static const char *const role_names[] = {
	[STORE_OWNER] = "hakko_owner",
	[STORE_FRONT] = "hakko_front",
	[STORE_PUBLISH] = "hakko_publish",
	[STORE_AUDITOR] = "hakko_auditor",
};

static void must(int r, const char *what)
{
	if (r == 0)
		return;
	char text[FAULT_TEXT_MAX];
	fail_msg("%s: %d %s", what, r, r < 0 ? fault_describe(text, sizeof(text)) : "");
}

static const char *folder(void)
{
	const char *folder = getenv("HAKKO_TEST_CONNINFO_DIR");
	if (folder == NULL)
		fail_msg("run this test under tests/system/postgres.py");
	return folder;
}

const char *fixture_conninfo(const struct fixture *fixture, const char *role)
{
	static char text[4][512];
	static unsigned next;
	char *out = text[next++ % LENGTH_OF(text)];
	(void)snprintf(out, sizeof(text[0]), "host=%s dbname=%s user=%s", folder(),
		fixture->database, role);
	return out;
}

PGconn *fixture_connect(const struct fixture *fixture, const char *role)
{
	PGconn *connection = PQconnectdb(fixture_conninfo(fixture, role));
	if (PQstatus(connection) != CONNECTION_OK)
		fail_msg("%s", PQerrorMessage(connection));
	return connection;
}

void fixture_exec(PGconn *connection, const char *sql)
{
	PGresult *result = PQexec(connection, sql);
	if (PQresultStatus(result) == PGRES_FATAL_ERROR)
		fail_msg("%s: %s", sql, PQresultErrorMessage(result));
	PQclear(result);
}

const char *fixture_sql(const struct fixture *fixture, const char *role, const char *sql)
{
	static char state[8];
	PGconn *connection = fixture_connect(fixture, role);
	PGresult *result = PQexec(connection, sql);
	const char *code = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	(void)snprintf(state, sizeof(state), "%s", code != NULL ? code : "");
	PQclear(result);
	PQfinish(connection);
	return state;
}

const char *fixture_value(const struct fixture *fixture, const char *sql)
{
	static char value[4096];
	PGconn *connection = fixture_connect(fixture, "postgres");
	PGresult *result = PQexec(connection, sql);
	if (PQresultStatus(result) != PGRES_TUPLES_OK)
		fail_msg("%s: %s", sql, PQresultErrorMessage(result));
	(void)snprintf(
		value, sizeof(value), "%s", PQntuples(result) > 0 ? PQgetvalue(result, 0, 0) : "");
	PQclear(result);
	PQfinish(connection);
	return value;
}

void fixture_create_database(struct fixture *fixture, const char *name)
{
	char sql[256];

	memset(fixture, 0, sizeof(*fixture));
	(void)snprintf(fixture->database, sizeof(fixture->database), "postgres");
	PGconn *connection = fixture_connect(fixture, "postgres");
	(void)snprintf(sql, sizeof(sql), "DROP DATABASE IF EXISTS \"%s\" WITH (FORCE)", name);
	fixture_exec(connection, sql);
	(void)snprintf(sql, sizeof(sql), "CREATE DATABASE \"%s\" OWNER hakko_owner", name);
	fixture_exec(connection, sql);
	PQfinish(connection);
	(void)snprintf(fixture->database, sizeof(fixture->database), "%s", name);
}

struct store *fixture_store(const struct fixture *fixture, enum store_role role)
{
	struct store *store = NULL;
	must(store_open(fixture_conninfo(fixture, role_names[role]), role,
		     deadline_after_ms(CALL_MS), &store),
		"store_open");
	store_set_deadline(store, deadline_after_ms(600000));
	return store;
}

struct leaf fixture_leaf(
	enum leaf_kind kind, int64_t happened_at, const char *application, const uint8_t *serial)
{
	return (struct leaf){
		.kind = kind,
		.happened_at = happened_at,
		.application = application,
		.serial = serial,
		.clerk = FIXTURE_CLERK,
	};
}

struct leaf_octets fixture_octets(void)
{
	struct leaf_octets octets = { .detail_len = 12 };
	must(random_fill(octets.octets, sizeof(octets.octets)), "random");
	must(random_fill(octets.salt, sizeof(octets.salt)), "random");
	memcpy(octets.detail, "kind=a test\n", octets.detail_len);
	return octets;
}

int64_t fixture_now_at(struct fixture *fixture)
{
	struct store_system system;
	must(store_system_load(fixture->owner, &system), "store_system_load");
	return system.now_at;
}

void fixture_clock_to(struct fixture *fixture, int64_t to_at)
{
	struct store_system system;
	must(store_system_load(fixture->owner, &system), "store_system_load");
	int64_t offset_us = system.clock_offset_us + to_at - system.now_at;
	struct leaf leaf = fixture_leaf(LEAF_CLOCK, to_at, NULL, NULL);
	struct leaf_octets octets = fixture_octets();
	must(store_clock_set(fixture->owner, offset_us, &leaf, &octets), "store_clock_set");
}

void fixture_clock_forward(struct fixture *fixture, int64_t us)
{
	fixture_clock_to(fixture, fixture_now_at(fixture) + us);
}

static void add_client(
	struct fixture *fixture, struct client *client, enum client_role role, const char *code)
{
	struct leaf leaf = fixture_leaf(LEAF_CLIENT, fixture_now_at(fixture), NULL, NULL);
	struct leaf_octets octets = fixture_octets();
	client->role = role;
	must(random_fill(client->fingerprint.octets, DIGEST_LEN), "random");
	(void)snprintf(client->name, sizeof(client->name), "a %s", client_role_name(role));
	(void)snprintf(client->municipality, sizeof(client->municipality), "%s", code);
	must(store_client_insert(fixture->owner, client, &leaf, &octets), "store_client_insert");
}

static void add_ca(struct fixture *fixture)
{
	struct store_ca ca = { .der_len = 4 };
	struct leaf leaf = fixture_leaf(LEAF_CA, fixture_now_at(fixture), NULL, NULL);
	struct leaf_octets octets = fixture_octets();
	must(instant_from_text("2023-12-31T14:59:59Z", &ca.not_after_at), "instant");
	must(random_fill(ca.key.octets, DIGEST_LEN), "random");
	memcpy(ca.der, "der!", 4);
	must(store_ca_insert(fixture->owner, &ca, &leaf, &octets), "store_ca_insert");
	fixture->ca_key = ca.key;
}

static void add_municipality(struct fixture *fixture)
{
	struct municipality shiroi = { .code = FIXTURE_CODE,
		.name = "白井市",
		.romaji = "Shiroi-shi",
		.closing_at = PROGRAMME_OPEN_END };
	must(store_municipality_insert(fixture->owner, &shiroi), "store_municipality_insert");
}

void fixture_open(struct fixture *fixture, const char *name)
{
	int64_t june_at;

	fixture_create_database(fixture, name);
	must(store_migrate(fixture_conninfo(fixture, "hakko_owner"), deadline_after_ms(CALL_MS),
		     NULL, NULL),
		"store_migrate");
	fixture->owner = fixture_store(fixture, STORE_OWNER);
	must(store_system_init(fixture->owner, SERVICE_REHEARSAL), "store_system_init");
	must(instant_from_text("2015-06-15T10:00:00+09:00", &june_at), "instant");
	fixture_clock_to(fixture, june_at);
	add_municipality(fixture);
	add_client(fixture, &fixture->terminal, CLIENT_TERMINAL, FIXTURE_CODE);
	add_client(fixture, &fixture->operator, CLIENT_OPERATOR, "");
	add_ca(fixture);
	fixture->front = fixture_store(fixture, STORE_FRONT);
	fixture->other_front = fixture_store(fixture, STORE_FRONT);
	fixture->publish = fixture_store(fixture, STORE_PUBLISH);
	fixture->auditor = fixture_store(fixture, STORE_AUDITOR);
}

void fixture_close(struct fixture *fixture)
{
	store_close(fixture->owner);
	store_close(fixture->front);
	store_close(fixture->other_front);
	store_close(fixture->publish);
	store_close(fixture->auditor);
}

struct lines {
	int next, count;
};

/* One line a call, the header first. */
static int give_resident(void *context, char *out, size_t size, size_t *ret_len)
{
	struct lines *lines = context;
	int n = lines->next++;
	int len = 0;

	if (n == 0)
		len = snprintf(out, size,
			"municipality,card_number,card_state,card_valid_to,name,name_flags,address,"
			"address_flags,era,birth_year,birth_month,birth_day,adult_finding,sex,"
			"ward\n");
	else if (n <= lines->count)
		len = snprintf(out, size,
			FIXTURE_CODE ",card-%d,valid,2020-03-31,白井　花子,00000,"
				     "千葉県白井市復１１２３,00000000000,3,1980,2,17,,2,0\n",
			n);
	*ret_len = (size_t)len;
	return 0;
}

void fixture_residents(struct fixture *fixture, int count)
{
	struct lines lines = { .count = count };
	struct store_reject reject = { 0 };
	size_t rejected = 0;
	int64_t loaded = 0;

	int r = store_resident_import(
		fixture->owner, give_resident, &lines, &reject, 1, &rejected, &loaded);
	if (r > 0)
		fail_msg("line %ld: %s", (long)reject.line, reject.reason);
	must(r, "store_resident_import");
	assert_int_equal(loaded, count);
}

static void draw_id(char ret_id[APPLICATION_ID_LEN + 1])
{
	static const char digits[] = "abcdefghijklmnopqrstuvwxyz234567";
	uint8_t octets[APPLICATION_ID_LEN];
	must(random_fill(octets, sizeof(octets)), "random");
	memcpy(ret_id, "ap_", 3);
	for (size_t i = 3; i < APPLICATION_ID_LEN; i++)
		ret_id[i] = digits[octets[i] % 32];
	ret_id[APPLICATION_ID_LEN] = '\0';
}

void fixture_approved(struct fixture *fixture, int number, char ret_id[APPLICATION_ID_LEN + 1])
{
	struct facts facts;
	struct visit visit = {
		.visit_case = VISIT_APPLICANT_WITH_ID,
		.kind = APPLICATION_ISSUANCE,
		.card_shown = APPLICANT_CARD_JUKI,
		.identity = IDENTITY_DRIVING_LICENCE,
		.identity_valid_to_on = { 2017, 4, 1 },
		.identity_has_end = true,
		.clerk = FIXTURE_CLERK,
	};
	(void)snprintf(visit.card_number, sizeof(visit.card_number), "card-%d", number);
	must(store_opening_begin(
		     fixture->front, &fixture->terminal.fingerprint, visit.card_number, &facts),
		"store_opening_begin");
	struct application application = {
		.kind = APPLICATION_ISSUANCE,
		.state = APPLICATION_APPROVED,
		.municipality = FIXTURE_CODE,
		.resident_id = facts.resident.id,
		.terminal_id = facts.client.id,
		.opened_at = facts.now_at,
	};
	draw_id(application.id);
	must(store_opening_finish(fixture->front, &application, &visit), "store_opening_finish");
	memcpy(ret_id, application.id, sizeof(application.id));
}

void fixture_spki(int number, uint8_t ret_spki[32], struct digest *ret_key)
{
	memset(ret_spki, 0x5a, 32);
	memcpy(ret_spki, &number, sizeof(number));
	must(digest_of((struct bytes){ ret_spki, 32 }, ret_key), "digest");
}

void fixture_reservation(const struct fixture *fixture, const struct store_issuance *issuance,
	int key_number, struct reservation *ret_reservation)
{
	static unsigned drawn;
	const struct facts *facts = &issuance->facts;
	struct reservation reservation = {
		.record_id = facts->resident.record_id,
		.reserved_at = facts->now_at,
		.not_after_at = facts->now_at + 1000 * DAY,
		.ca_key_id = fixture->ca_key,
		.spki_len = 32,
	};
	struct digest key;
	memcpy(reservation.application, facts->application.id, sizeof(reservation.application));
	memcpy(reservation.municipality, facts->municipality.code,
		sizeof(reservation.municipality));
	memcpy(reservation.romaji, facts->municipality.romaji, sizeof(reservation.romaji));
	must(random_fill(reservation.serial, SERIAL_LEN), "random");
	reservation.serial[0] &= 0x7f;
	(void)snprintf(reservation.cn, sizeof(reservation.cn), "%022uA", drawn++);
	fixture_spki(key_number, reservation.spki, &key);
	*ret_reservation = reservation;
}

void fixture_reserve(struct fixture *fixture, const char *application, int key_number,
	struct reservation *ret_reservation)
{
	static struct store_issuance issuance;
	uint8_t spki[32];
	struct digest key;

	fixture_spki(key_number, spki, &key);
	must(store_issuance_begin(
		     fixture->front, &fixture->terminal.fingerprint, application, &key, &issuance),
		"store_issuance_begin");
	fixture_reservation(fixture, &issuance, key_number, ret_reservation);
	must(store_reservation_finish(
		     fixture->front, ret_reservation, KEY_BY_APPLICANT, FIXTURE_CLERK),
		"store_reservation_finish");
}

void fixture_record(const struct reservation *reservation, struct store_record *ret_record)
{
	memset(ret_record, 0, sizeof(*ret_record));
	ret_record->reservation = reservation->id;
	memcpy(ret_record->certificate.serial, reservation->serial, SERIAL_LEN);
	ret_record->certificate.der_len = 1700;
	must(random_fill(ret_record->certificate.der, 1700), "random");
	must(random_fill(ret_record->tbs.octets, DIGEST_LEN), "random");
	memset(ret_record->signer, 7, sizeof(ret_record->signer));
	ret_record->position = reservation->id;
	ret_record->leaf = fixture_leaf(LEAF_ISSUANCE, reservation->reserved_at,
		reservation->application, reservation->serial);
	ret_record->octets = fixture_octets();
}

void fixture_issue(struct fixture *fixture, int number, struct reservation *ret_reservation)
{
	static struct store_record record;
	static struct certificate recorded;
	char id[APPLICATION_ID_LEN + 1];

	fixture_approved(fixture, number, id);
	fixture_reserve(fixture, id, number, ret_reservation);
	fixture_record(ret_reservation, &record);
	must(store_issuance_record(fixture->front, &record, &recorded), "store_issuance_record");
}
