/* SPDX-License-Identifier: Apache-2.0 */
/* One issuance: reservation, record, what stands when it is asked for again (P1, P2, K4). */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/calendar.h"
#include "base/fault.h"
#include "fixture.h"

static struct fixture fixture;
static struct store_issuance issuance;
static struct store_record record;
static struct certificate recorded;

static int open_fixture(void **state)
{
	(void)state;
	fixture_open(&fixture, "store_issuance");
	fixture_residents(&fixture, 40);
	return 0;
}

static int close_fixture(void **state)
{
	(void)state;
	fixture_close(&fixture);
	return 0;
}

static int begin(struct store *store, const char *application, int key_number)
{
	uint8_t spki[32];
	struct digest key;
	fixture_spki(key_number, spki, &key);
	return store_issuance_begin(
		store, &fixture.terminal.fingerprint, application, &key, &issuance);
}

/* Begins and finishes with that key; the outcome of finishing. */
static int reserve(struct store *store, const char *application, int key_number,
	struct reservation *ret_reservation)
{
	assert_int_equal(begin(store, application, key_number), 0);
	fixture_reservation(&fixture, &issuance, key_number, ret_reservation);
	return store_reservation_finish(store, ret_reservation, KEY_BY_APPLICANT, FIXTURE_CLERK);
}

static void issues_from_begin_to_record(void **state)
{
	(void)state;
	char id[APPLICATION_ID_LEN + 1];
	struct reservation reservation;
	struct digest key;
	uint8_t spki[32];

	fixture_approved(&fixture, 1, id);
	assert_int_equal(begin(fixture.front, id, 1), 0);
	assert_false(issuance.reserved);
	assert_false(issuance.issued);
	assert_false(issuance.facts.key_taken);
	assert_false(issuance.facts.has_live);
	assert_false(issuance.facts.has_other_open);
	assert_true(issuance.facts.resident_known);
	assert_true(issuance.facts.application_known);
	assert_string_equal(issuance.facts.application.id, id);
	assert_string_equal(issuance.facts.resident.name, "白井　花子");
	assert_string_equal(issuance.facts.resident.card.number, "card-1");
	assert_int_equal(issuance.facts.resident.card.valid_to_on.year, 2020);
	assert_int_equal(issuance.facts.resident.adult_finding, -1);
	assert_int_equal(issuance.facts.client.id, fixture.terminal.id);
	assert_string_equal(issuance.facts.municipality.romaji, "Shiroi-shi");
	assert_true(issuance.facts.municipality.closing_at == PROGRAMME_OPEN_END);
	fixture_reservation(&fixture, &issuance, 1, &reservation);
	assert_int_equal(store_reservation_finish(
				 fixture.front, &reservation, KEY_BY_APPLICANT, FIXTURE_CLERK),
		0);
	assert_true(reservation.id > 0);

	assert_int_equal(begin(fixture.front, id, 1), 0);
	assert_true(issuance.reserved);
	assert_false(issuance.issued);
	fixture_spki(1, spki, &key);
	assert_true(digest_equal(&issuance.reserved_key, &key));
	assert_int_equal(issuance.reservation.id, reservation.id);
	assert_memory_equal(issuance.reservation.serial, reservation.serial, SERIAL_LEN);
	assert_string_equal(issuance.reservation.cn, reservation.cn);
	assert_int_equal(issuance.reservation.reserved_at, reservation.reserved_at);
	assert_int_equal(issuance.reservation.spki_len, 32);
	assert_memory_equal(issuance.reservation.spki, spki, 32);
	store_rollback(fixture.front);

	fixture_record(&reservation, &record);
	assert_int_equal(store_issuance_record(fixture.front, &record, &recorded), 0);
	assert_string_equal(recorded.application, id);
	assert_int_equal(recorded.not_after_at, reservation.not_after_at);

	assert_int_equal(begin(fixture.front, id, 1), 0);
	assert_true(issuance.issued);
	assert_false(issuance.reserved);
	assert_int_equal(issuance.certificate.der_len, record.certificate.der_len);
	assert_memory_equal(
		issuance.certificate.der, record.certificate.der, record.certificate.der_len);
	assert_true(digest_equal(&issuance.issued_key, &key));
	assert_true(issuance.facts.has_live);
	assert_memory_equal(issuance.facts.live_serial, reservation.serial, SERIAL_LEN);
	store_rollback(fixture.front);
}

static void recording_again_gives_the_first(void **state)
{
	(void)state;
	struct reservation reservation;

	fixture_issue(&fixture, 2, &reservation);
	fixture_record(&reservation, &record);
	assert_int_equal(store_issuance_record(fixture.other_front, &record, &recorded), 0);
	assert_memory_not_equal(recorded.der, record.certificate.der, record.certificate.der_len);
	assert_string_equal(recorded.application, reservation.application);
	char sql[256];
	(void)snprintf(sql, sizeof(sql),
		"SELECT count(*) FROM hakko.leaf WHERE kind = 'issuance' AND application_id = '%s'",
		reservation.application);
	assert_string_equal(fixture_value(&fixture, sql), "1");
}

static void an_unknown_reservation_is_not_recorded(void **state)
{
	(void)state;
	struct reservation reservation = { .id = 123456789 };
	fixture_record(&reservation, &record);
	assert_int_equal(store_issuance_record(fixture.front, &record, &recorded), STORE_NOT_FOUND);
}

static void a_key_is_certified_once(void **state)
{
	(void)state;
	char id[APPLICATION_ID_LEN + 1];
	struct reservation reservation;

	fixture_issue(&fixture, 3, &reservation);
	fixture_approved(&fixture, 4, id);
	assert_int_equal(begin(fixture.front, id, 3), 0);
	assert_true(issuance.facts.key_taken);
	store_rollback(fixture.front);
	/* The database says it too, to whoever does not look. */
	assert_int_equal(reserve(fixture.front, id, 3, &reservation), STORE_KEY_TAKEN);
	/* The transaction is over; nothing of it stands. */
	assert_int_equal(begin(fixture.front, id, 4), 0);
	assert_int_equal(issuance.facts.application.state, APPLICATION_APPROVED);
	store_rollback(fixture.front);
}

/* Two applications, one key, both in the middle: the second waits for the first, then loses. */
static void a_key_race_has_one_winner(void **state)
{
	(void)state;
	char ids[2][APPLICATION_ID_LEN + 1];
	struct reservation reservation;
	char sql[1024];

	fixture_approved(&fixture, 5, ids[0]);
	fixture_approved(&fixture, 6, ids[1]);
	PGconn *rival = fixture_connect(&fixture, "hakko_front");
	fixture_exec(rival, "BEGIN");
	(void)snprintf(sql, sizeof(sql),
		"INSERT INTO hakko.certified_key VALUES ((SELECT sha256('\\x%s')), '%s')",
		"050000005a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a", ids[1]);
	fixture_exec(rival, sql);

	assert_int_equal(begin(fixture.front, ids[0], 5), 0);
	fixture_reservation(&fixture, &issuance, 5, &reservation);
	store_set_deadline(fixture.front, deadline_after_ms(300));
	/* The rival is not done: nobody knows yet. */
	assert_int_equal(fault_kind(store_reservation_finish(
				 fixture.front, &reservation, KEY_BY_APPLICANT, FIXTURE_CLERK)),
		FAULT_TIMEOUT);
	assert_false(store_is_open(fixture.front));
	store_close(fixture.front);
	fixture.front = fixture_store(&fixture, STORE_FRONT);

	fixture_exec(rival, "COMMIT");
	PQfinish(rival);
	assert_int_equal(reserve(fixture.front, ids[0], 5, &reservation), STORE_KEY_TAKEN);
	assert_int_equal(reserve(fixture.front, ids[1], 5, &reservation), 0);
}

static void drawn_values_that_collide_are_drawn_again(void **state)
{
	(void)state;
	char id[APPLICATION_ID_LEN + 1];
	struct reservation first;
	struct reservation second;

	fixture_issue(&fixture, 7, &first);
	fixture_approved(&fixture, 8, id);
	assert_int_equal(begin(fixture.front, id, 8), 0);
	fixture_reservation(&fixture, &issuance, 8, &second);
	memcpy(second.serial, first.serial, SERIAL_LEN);
	assert_int_equal(
		store_reservation_finish(fixture.front, &second, KEY_BY_APPLICANT, FIXTURE_CLERK),
		STORE_RETRY);
	assert_int_equal(begin(fixture.front, id, 8), 0);
	fixture_reservation(&fixture, &issuance, 8, &second);
	memcpy(second.cn, first.cn, sizeof(second.cn));
	assert_int_equal(
		store_reservation_finish(fixture.front, &second, KEY_BY_APPLICANT, FIXTURE_CLERK),
		STORE_RETRY);
	assert_int_equal(reserve(fixture.front, id, 8, &second), 0);
}

/* Two submissions of one application: the second waits at the lock and finds the reservation. */
static void a_second_submission_sees_the_first(void **state)
{
	(void)state;
	char id[APPLICATION_ID_LEN + 1];
	struct reservation reservation;
	uint8_t spki[32];
	struct digest key;

	fixture_approved(&fixture, 9, id);
	assert_int_equal(begin(fixture.front, id, 9), 0);
	fixture_reservation(&fixture, &issuance, 9, &reservation);
	fixture_spki(9, spki, &key);
	store_set_deadline(fixture.other_front, deadline_after_ms(300));
	assert_int_equal(fault_kind(store_issuance_begin(fixture.other_front,
				 &fixture.terminal.fingerprint, id, &key, &issuance)),
		FAULT_TIMEOUT);
	store_close(fixture.other_front);
	fixture.other_front = fixture_store(&fixture, STORE_FRONT);
	assert_int_equal(store_reservation_finish(
				 fixture.front, &reservation, KEY_BY_APPLICANT, FIXTURE_CLERK),
		0);
	assert_int_equal(begin(fixture.other_front, id, 9), 0);
	assert_true(issuance.reserved);
	assert_int_equal(issuance.reservation.id, reservation.id);
	store_rollback(fixture.other_front);
}

static void the_reserved_record_stays_the_certified_one(void **state)
{
	(void)state;
	char id[APPLICATION_ID_LEN + 1];
	struct reservation reservation;

	fixture_approved(&fixture, 10, id);
	fixture_reserve(&fixture, id, 10, &reservation);
	assert_string_equal(
		fixture_sql(&fixture, "hakko_owner",
			"WITH n AS (INSERT INTO hakko.resident_record (resident_id, name,"
			" name_flags, address, address_flags, era, birth_year, birth_month,"
			" birth_day, sex, ward) SELECT rr.resident_id, '白井', '00', rr.address,"
			" rr.address_flags, 3, 1980, 2, 17, 2, false FROM hakko.resident r"
			" JOIN hakko.resident_record rr ON rr.id = r.current_record_id"
			" WHERE r.card_number = 'card-10' RETURNING id, resident_id)"
			" UPDATE hakko.resident r SET current_record_id = n.id FROM n"
			" WHERE r.id = n.resident_id"),
		"");
	assert_int_equal(begin(fixture.front, id, 10), 0);
	assert_string_equal(issuance.facts.resident.name, "白井");
	assert_string_equal(issuance.certified.name, "白井　花子");
	assert_int_equal(issuance.certified.record_id, reservation.record_id);
	store_rollback(fixture.front);
}

static void only_the_terminals_own_municipality(void **state)
{
	(void)state;
	struct municipality other = { .code = "12100",
		.name = "千葉市",
		.romaji = "Chiba-shi",
		.closing_at = PROGRAMME_OPEN_END };
	struct client stranger = { .role = CLIENT_TERMINAL, .municipality = "12100", .name = "x" };
	struct leaf leaf = fixture_leaf(LEAF_CLIENT, fixture_now_at(&fixture), NULL, NULL);
	struct leaf_octets octets = fixture_octets();
	char id[APPLICATION_ID_LEN + 1];
	struct digest key = { { 1 } };
	struct digest nobody = { { 2 } };

	fixture_approved(&fixture, 11, id);
	assert_int_equal(store_municipality_insert(fixture.front, &other), 0);
	memset(stranger.fingerprint.octets, 9, DIGEST_LEN);
	assert_int_equal(store_client_insert(fixture.front, &stranger, &leaf, &octets), 0);
	assert_int_equal(
		store_issuance_begin(fixture.front, &stranger.fingerprint, id, &key, &issuance),
		STORE_NOT_FOUND);
	assert_int_equal(
		store_issuance_begin(fixture.front, &nobody, id, &key, &issuance), STORE_NOT_FOUND);
	assert_int_equal(store_issuance_begin(
				 fixture.front, &fixture.operator.fingerprint, id, &key, &issuance),
		0);
	assert_string_equal(issuance.facts.municipality.code, FIXTURE_CODE);
	store_rollback(fixture.front);
}

/* What direct SQL as the front's role cannot do either. */
static void the_database_holds_the_rules_itself(void **state)
{
	(void)state;
	struct reservation reservation;
	char sql[2048];

	fixture_issue(&fixture, 12, &reservation);
	/* A certificate without a reservation. */
	assert_string_equal(
		fixture_sql(&fixture, "hakko_front",
			"INSERT INTO hakko.certificate VALUES ('\\x00112233445566778899aabbccddeeff', 'x',"
			" sha256(''), substr(sha256(''), 1, 16), 1, sha256(''), now())"),
		"23503");
	/* A reservation of an application that is not issuing by it. */
	(void)snprintf(sql, sizeof(sql),
		"INSERT INTO hakko.reservation SELECT nextval('hakko.reservation_id'),"
		" application_id, record_id, hakko.now(), not_after_at,"
		" set_byte(serial, 0, 5), 'x' || substr(cn, 2), municipality, romaji, ca_key,"
		" profile, spki, key_maker, client_id, clerk"
		" FROM hakko.reservation WHERE id = %ld",
		(long)reservation.id);
	assert_string_equal(fixture_sql(&fixture, "hakko_front", sql), "HK003");
	/* A step the life cycle has not. */
	(void)snprintf(sql, sizeof(sql),
		"UPDATE hakko.application SET state = 'approved' WHERE id = '%s'",
		reservation.application);
	assert_string_equal(fixture_sql(&fixture, "hakko_front", sql), "HK003");
}

static void an_instant_that_is_not_now_is_refused(void **state)
{
	(void)state;
	char id[APPLICATION_ID_LEN + 1];
	struct reservation reservation;
	int64_t wrong_us[] = { 10 * SECOND, -6 * SECOND };

	fixture_approved(&fixture, 13, id);
	for (size_t i = 0; i < LENGTH_OF(wrong_us); i++) {
		assert_int_equal(begin(fixture.front, id, 13), 0);
		fixture_reservation(&fixture, &issuance, 13, &reservation);
		reservation.reserved_at += wrong_us[i];
		assert_int_equal(store_reservation_finish(fixture.front, &reservation,
					 KEY_BY_APPLICANT, FIXTURE_CLERK),
			STORE_RETRY);
	}
	assert_int_equal(reserve(fixture.front, id, 13, &reservation), 0);
}

/* P2 first, then P1: each of them stops the database, and what was reserved is still recorded. */
static void nothing_is_reserved_at_the_closing(void **state)
{
	(void)state;
	char ids[3][APPLICATION_ID_LEN + 1];
	struct reservation reservation;
	struct reservation open;
	int64_t closing_at;

	fixture_approved(&fixture, 20, ids[0]);
	fixture_approved(&fixture, 21, ids[1]);
	fixture_approved(&fixture, 22, ids[2]);
	assert_string_equal(fixture_sql(&fixture, "hakko_owner",
				    "UPDATE hakko.municipality SET closing_at ="
				    " hakko.now() - interval '1 microsecond' WHERE code = '12232'"),
		"");
	assert_int_equal(reserve(fixture.front, ids[0], 20, &reservation), STORE_CLOSED);
	assert_string_equal(fixture_sql(&fixture, "hakko_owner",
				    "UPDATE hakko.municipality SET closing_at = 'infinity'"),
		"");
	/* Begun before the end, finished after it: the database's own clock decides. */
	assert_int_equal(instant_from_text("2015-12-22T16:59:59.200+09:00", &closing_at), 0);
	fixture_clock_to(&fixture, closing_at);
	fixture_reserve(&fixture, ids[0], 20, &open);
	assert_int_equal(begin(fixture.front, ids[1], 21), 0);
	fixture_reservation(&fixture, &issuance, 21, &reservation);
	assert_int_equal(instant_from_text("2015-12-22T17:00:00+09:00", &closing_at), 0);
	assert_true(issuance.facts.now_at < closing_at);
	fixture_clock_to(&fixture, closing_at);
	assert_int_equal(store_reservation_finish(
				 fixture.front, &reservation, KEY_BY_APPLICANT, FIXTURE_CLERK),
		STORE_CLOSED);
	assert_int_equal(reserve(fixture.front, ids[2], 22, &reservation), STORE_CLOSED);
	/* P1a: signed before the end, recorded after it. */
	fixture_record(&open, &record);
	assert_int_equal(store_issuance_record(fixture.front, &record, &recorded), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(issues_from_begin_to_record),
		cmocka_unit_test(recording_again_gives_the_first),
		cmocka_unit_test(an_unknown_reservation_is_not_recorded),
		cmocka_unit_test(a_key_is_certified_once),
		cmocka_unit_test(a_key_race_has_one_winner),
		cmocka_unit_test(drawn_values_that_collide_are_drawn_again),
		cmocka_unit_test(a_second_submission_sees_the_first),
		cmocka_unit_test(the_reserved_record_stays_the_certified_one),
		cmocka_unit_test(only_the_terminals_own_municipality),
		cmocka_unit_test(the_database_holds_the_rules_itself),
		cmocka_unit_test(an_instant_that_is_not_now_is_refused),
		cmocka_unit_test(nothing_is_reserved_at_the_closing),
	};
	return cmocka_run_group_tests(tests, open_fixture, close_fixture);
}
