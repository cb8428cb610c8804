/* SPDX-License-Identifier: Apache-2.0 */
/* What settling asks: overdue reservations, abandonment, late records, journals. */
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
static struct store_reserved reserved;
static struct certificate recorded;

static int open_fixture(void **state)
{
	(void)state;
	fixture_open(&fixture, "store_settle");
	fixture_residents(&fixture, 20);
	return 0;
}

static int close_fixture(void **state)
{
	(void)state;
	fixture_close(&fixture);
	return 0;
}

/* A reservation of card-`number` that nobody signs. */
static void reserve(int number, struct reservation *ret_reservation)
{
	char id[APPLICATION_ID_LEN + 1];
	fixture_approved(&fixture, number, id);
	fixture_reserve(&fixture, id, number, ret_reservation);
}

static int abandon(struct store *store, const struct reservation *reservation)
{
	struct leaf leaf = fixture_leaf(LEAF_ABANDONMENT, fixture_now_at(&fixture),
		reservation->application, reservation->serial);
	struct leaf_octets octets = fixture_octets();
	return store_reservation_abandon(store, reservation, &leaf, &octets);
}

static void lock_and_abandon(const struct reservation *reservation)
{
	assert_int_equal(store_reservation_lock(fixture.front, reservation->id, &reserved), 0);
	assert_int_equal(abandon(fixture.front, reservation), 0);
	assert_int_equal(store_commit(fixture.front), 0);
}

static int64_t count_overdue(int64_t age_us, int64_t wanted_id)
{
	int64_t ids[64];
	size_t count = 0;
	int64_t found = 0;

	assert_int_equal(store_reservation_overdue(fixture.front, age_us, ids, 64, &count), 0);
	for (size_t i = 0; i < count; i++)
		found += ids[i] == wanted_id;
	return found;
}

static void a_fresh_reservation_is_not_given_up(void **state)
{
	(void)state;
	struct reservation reservation;

	reserve(1, &reservation);
	assert_int_equal(count_overdue(STORE_RESERVATION_LIMIT, reservation.id), 0);
	assert_int_equal(count_overdue(0, reservation.id), 1);
	assert_int_equal(store_reservation_lock(fixture.front, reservation.id, &reserved), 0);
	assert_int_equal(reserved.terminal_id, fixture.terminal.id);
	assert_string_equal(reserved.clerk, FIXTURE_CLERK);
	assert_false(reserved.recorded);
	assert_memory_equal(reserved.reservation.serial, reservation.serial, SERIAL_LEN);
	assert_int_equal(fault_kind(abandon(fixture.front, &reservation)), FAULT_STATE);
	/* Not while a signer whose clock is 2 s behind might take it. */
	fixture_clock_to(&fixture, reservation.reserved_at + 63 * SECOND);
	assert_int_equal(store_reservation_lock(fixture.front, reservation.id, &reserved), 0);
	assert_int_equal(fault_kind(abandon(fixture.front, &reservation)), FAULT_STATE);
	assert_int_equal(store_reservation_lock(fixture.front, reservation.id, &reserved), 0);
	store_rollback(fixture.front);
}

static void abandoning_burns_the_serial_and_frees_the_key(void **state)
{
	(void)state;
	struct reservation first;
	struct reservation second;
	struct store_certificate_view view;
	char sql[256];

	reserve(2, &first);
	fixture_clock_forward(&fixture, 65 * SECOND);
	assert_int_equal(count_overdue(STORE_RESERVATION_LIMIT, first.id), 1);
	lock_and_abandon(&first);
	assert_int_equal(count_overdue(STORE_RESERVATION_LIMIT, first.id), 0);
	(void)snprintf(sql, sizeof(sql),
		"SELECT v.cause || ' ' || a.state FROM hakko.reservation r"
		" JOIN hakko.revocation v USING (serial) JOIN hakko.application a"
		" ON a.id = r.application_id WHERE r.id = %ld",
		(long)first.id);
	assert_string_equal(fixture_value(&fixture, sql), "discarded approved");
	/* What was signed of it comes too late. */
	fixture_record(&first, &record);
	assert_int_equal(store_issuance_record(fixture.front, &record, &recorded), STORE_ABANDONED);
	assert_int_equal(
		store_reservation_lock(fixture.front, first.id, &reserved), STORE_NOT_FOUND);

	fixture_reserve(&fixture, first.application, 2, &second);
	assert_int_not_equal(second.id, first.id);
	assert_int_equal(store_issuance_record(fixture.front, &record, &recorded), STORE_ABANDONED);
	fixture_record(&second, &record);
	assert_int_equal(store_issuance_record(fixture.front, &record, &recorded), 0);
	assert_memory_equal(recorded.serial, second.serial, SERIAL_LEN);

	/* Late, recorded, revoked; and once more. */
	fixture_record(&first, &record);
	assert_int_equal(store_issuance_record_late(fixture.front, &record), 0);
	assert_int_equal(store_issuance_record_late(fixture.front, &record), 0);
	assert_int_equal(store_certificate_load(fixture.front, first.serial, NULL, &view), 0);
	assert_true(view.revoked);
	assert_int_equal(view.cause, REVOCATION_DISCARDED);
	fixture_record(&second, &record);
	assert_int_equal(store_issuance_record_late(fixture.front, &record), STORE_NOT_FOUND);
}

/* In the transaction of a submission that finds an old reservation. */
static void a_submission_abandons_and_reserves_in_one(void **state)
{
	(void)state;
	struct reservation first;
	struct reservation second;
	uint8_t spki[32];
	struct digest key;

	reserve(3, &first);
	fixture_clock_forward(&fixture, 65 * SECOND);
	fixture_spki(3, spki, &key);
	assert_int_equal(store_issuance_begin(fixture.front, &fixture.terminal.fingerprint,
				 first.application, &key, &issuance),
		0);
	assert_true(issuance.reserved);
	assert_int_equal(abandon(fixture.front, &first), 0);
	fixture_reservation(&fixture, &issuance, 3, &second);
	second.reserved_at = fixture_now_at(&fixture);
	assert_int_equal(
		store_reservation_finish(fixture.front, &second, KEY_BY_APPLICANT, FIXTURE_CLERK),
		0);
	assert_int_equal(store_reserved_load(fixture.front, first.id, &reserved), 0);
	assert_true(reserved.reservation.abandoned);
	assert_int_equal(store_reserved_load(fixture.front, second.id, &reserved), 0);
	assert_false(reserved.reservation.abandoned);
	assert_int_equal(store_reserved_load(fixture.front, 987654321, &reserved), STORE_NOT_FOUND);
}

/* One abandons while the other wants to record: whoever has the row wins, the other is told. */
static void recording_waits_for_an_abandonment(void **state)
{
	(void)state;
	struct reservation reservation;

	reserve(4, &reservation);
	fixture_clock_forward(&fixture, 65 * SECOND);
	assert_int_equal(store_reservation_lock(fixture.front, reservation.id, &reserved), 0);
	fixture_record(&reservation, &record);
	store_set_deadline(fixture.other_front, deadline_after_ms(300));
	assert_int_equal(fault_kind(store_issuance_record(fixture.other_front, &record, &recorded)),
		FAULT_TIMEOUT);
	assert_false(store_is_open(fixture.other_front));
	assert_int_equal(fault_kind(store_issuance_record(fixture.other_front, &record, &recorded)),
		FAULT_UNAVAILABLE);
	store_close(fixture.other_front);
	fixture.other_front = fixture_store(&fixture, STORE_FRONT);
	assert_int_equal(abandon(fixture.front, &reservation), 0);
	assert_int_equal(store_commit(fixture.front), 0);
	assert_int_equal(
		store_issuance_record(fixture.other_front, &record, &recorded), STORE_ABANDONED);
}

static void an_abandonment_that_comes_too_late_finds_nothing(void **state)
{
	(void)state;
	struct reservation reservation;

	reserve(5, &reservation);
	fixture_clock_forward(&fixture, 65 * SECOND);
	fixture_record(&reservation, &record);
	assert_int_equal(store_issuance_record(fixture.other_front, &record, &recorded), 0);
	assert_int_equal(
		store_reservation_lock(fixture.front, reservation.id, &reserved), STORE_NOT_FOUND);
	assert_int_equal(store_reserved_load(fixture.front, reservation.id, &reserved), 0);
	assert_true(reserved.recorded);
}

/* Gives up whatever other tests left open. */
static void abandon_all(void)
{
	int64_t ids[64];
	size_t count;

	fixture_clock_forward(&fixture, 65 * SECOND);
	assert_int_equal(
		store_reservation_overdue(fixture.front, STORE_RESERVATION_LIMIT, ids, 64, &count),
		0);
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(store_reserved_load(fixture.front, ids[i], &reserved), 0);
		struct reservation reservation = reserved.reservation;
		lock_and_abandon(&reservation);
	}
}

/* The search's shortcut never passes over an open reservation, nor over one after the clock went back. */
static void the_shortcut_misses_nothing(void **state)
{
	(void)state;
	struct reservation open;
	struct reservation later;

	abandon_all();
	reserve(6, &open);
	for (int i = 0; i < 5; i++) {
		fixture_clock_forward(&fixture, 10 * MINUTE);
		assert_int_equal(count_overdue(STORE_RESERVATION_LIMIT, open.id), 1);
		assert_int_equal(count_overdue(HOUR, open.id), 0);
	}
	lock_and_abandon(&open);
	fixture_clock_forward(&fixture, 10 * MINUTE);
	assert_int_equal(count_overdue(STORE_RESERVATION_LIMIT, open.id), 0);
	/* Far ahead with nothing recorded there, then back to just after the last record. */
	struct store_system system;
	assert_int_equal(store_system_load(fixture.owner, &system), 0);
	assert_string_equal(fixture_sql(&fixture, "hakko_owner",
				    "UPDATE hakko.system SET clock_offset ="
				    " clock_offset + interval '40 hours'"),
		"");
	assert_int_equal(count_overdue(STORE_RESERVATION_LIMIT, open.id), 0);
	fixture_clock_to(&fixture, system.last_recorded_at + SECOND);
	reserve(7, &later);
	fixture_clock_forward(&fixture, 65 * SECOND);
	assert_int_equal(count_overdue(STORE_RESERVATION_LIMIT, later.id), 1);
}

static void a_journal_advances_step_by_step(void **state)
{
	(void)state;
	const uint8_t signer[16] = { 1, 2, 3 };
	struct digest hash = { { 4 } };
	struct digest read;
	int64_t position;

	assert_int_equal(store_journal_load(fixture.front, signer, &position, &read), 0);
	assert_int_equal(position, 0);
	assert_int_equal(store_journal_advance(fixture.front, signer, 0, 5, &hash), 0);
	assert_int_equal(store_journal_advance(fixture.front, signer, 0, 6, &hash), STORE_STALE);
	hash.octets[0] = 9;
	assert_int_equal(store_journal_advance(fixture.front, signer, 4, 7, &hash), STORE_STALE);
	assert_int_equal(store_journal_advance(fixture.front, signer, 5, 7, &hash), 0);
	assert_int_equal(store_journal_load(fixture.other_front, signer, &position, &read), 0);
	assert_int_equal(position, 7);
	assert_true(digest_equal(&read, &hash));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_fresh_reservation_is_not_given_up),
		cmocka_unit_test(abandoning_burns_the_serial_and_frees_the_key),
		cmocka_unit_test(a_submission_abandons_and_reserves_in_one),
		cmocka_unit_test(recording_waits_for_an_abandonment),
		cmocka_unit_test(an_abandonment_that_comes_too_late_finds_nothing),
		cmocka_unit_test(the_shortcut_misses_nothing),
		cmocka_unit_test(a_journal_advances_step_by_step),
	};
	return cmocka_run_group_tests(tests, open_fixture, close_fixture);
}
