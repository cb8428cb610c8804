/* SPDX-License-Identifier: Apache-2.0 */
/* Applications: opened (P8, P10), paid (P6), delivered (K5), read; locks held elsewhere. */
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
static struct facts facts;
static struct store_application_view view;

static int open_fixture(void **state)
{
	(void)state;
	fixture_open(&fixture, "store_application");
	fixture_residents(&fixture, 20);
	return 0;
}

static int close_fixture(void **state)
{
	(void)state;
	fixture_close(&fixture);
	return 0;
}

static int begin(struct store *store, const char *id)
{
	return store_application_begin(store, &fixture.terminal.fingerprint, id, &facts);
}

static int pay(const char *id)
{
	assert_int_equal(begin(fixture.front, id), 0);
	return store_fee_finish(fixture.front, id, 500, "R-1", FIXTURE_CLERK);
}

static int deliver(const struct reservation *reservation)
{
	assert_int_equal(begin(fixture.front, reservation->application), 0);
	struct leaf leaf = fixture_leaf(
		LEAF_DELIVERY, facts.now_at, reservation->application, reservation->serial);
	struct leaf_octets octets = fixture_octets();
	return store_delivery_finish(
		fixture.front, reservation->application, FIXTURE_CLERK, &leaf, &octets);
}

static int load_view(const char *id)
{
	struct client client;
	int r = store_application_view(
		fixture.front, &fixture.terminal.fingerprint, id, &client, &view);
	if (r == 0)
		assert_int_equal(client.id, fixture.terminal.id);
	return r;
}

static void an_open_application_is_seen_by_the_next(void **state)
{
	(void)state;
	char id[APPLICATION_ID_LEN + 1];
	struct digest nobody = { { 3 } };

	assert_int_equal(
		store_opening_begin(fixture.front, &nobody, "card-1", &facts), STORE_NOT_FOUND);
	assert_int_equal(store_opening_begin(fixture.front, &fixture.terminal.fingerprint,
				 "no-such-card", &facts),
		0);
	assert_false(facts.resident_known);
	assert_false(facts.has_other_open);
	store_rollback(fixture.front);

	assert_int_equal(
		store_opening_begin(fixture.front, &fixture.terminal.fingerprint, "card-1", &facts),
		0);
	assert_true(facts.resident_known);
	assert_false(facts.has_other_open);
	assert_int_equal(facts.programme.fee_yen, 500);
	assert_int_equal(facts.programme.validity_years, 3);
	assert_string_equal(facts.municipality.code, FIXTURE_CODE);
	store_rollback(fixture.front);

	fixture_approved(&fixture, 1, id);
	assert_int_equal(
		store_opening_begin(fixture.front, &fixture.terminal.fingerprint, "card-1", &facts),
		0);
	assert_true(facts.has_other_open);
	assert_string_equal(facts.other_open, id);
	store_rollback(fixture.front);
	/* It is not "another" to itself. */
	assert_int_equal(begin(fixture.front, id), 0);
	assert_false(facts.has_other_open);
	store_rollback(fixture.front);
}

/* Two openings for one person: the second waits at the person and sees the first's application. */
static void two_openings_of_one_person_come_in_turn(void **state)
{
	(void)state;
	const struct visit visit = { .visit_case = VISIT_APPLICANT_WITH_ID,
		.kind = APPLICATION_ISSUANCE,
		.identity = IDENTITY_PASSPORT,
		.card_number = "card-2",
		.clerk = FIXTURE_CLERK };
	const struct digest *fingerprint = &fixture.terminal.fingerprint;

	assert_int_equal(store_opening_begin(fixture.front, fingerprint, "card-2", &facts), 0);
	struct application application = {
		.id = "ap_aaaaaaaaaaaaaaaaaaaaaaa",
		.kind = APPLICATION_ISSUANCE,
		.state = APPLICATION_APPROVED,
		.municipality = FIXTURE_CODE,
		.resident_id = facts.resident.id,
		.terminal_id = facts.client.id,
		.opened_at = facts.now_at,
	};
	store_set_deadline(fixture.other_front, deadline_after_ms(300));
	assert_int_equal(
		fault_kind(store_opening_begin(fixture.other_front, fingerprint, "card-2", &facts)),
		FAULT_TIMEOUT);
	store_close(fixture.other_front);
	fixture.other_front = fixture_store(&fixture, STORE_FRONT);
	assert_int_equal(store_opening_finish(fixture.front, &application, &visit), 0);
	assert_int_equal(
		store_opening_begin(fixture.other_front, fingerprint, "card-2", &facts), 0);
	assert_true(facts.has_other_open);
	assert_string_equal(facts.other_open, application.id);
	store_rollback(fixture.other_front);

	/* An id that is drawn twice is drawn again. */
	assert_int_equal(store_opening_begin(fixture.front, fingerprint, "card-3", &facts), 0);
	application.resident_id = facts.resident.id;
	application.opened_at = facts.now_at;
	assert_int_equal(store_opening_finish(fixture.front, &application, &visit), STORE_RETRY);
	/* Nobody opens for yesterday, for another municipality's resident, or in the middle. */
	application.id[5] = 'b';
	application.opened_at = facts.now_at - HOUR;
	assert_int_equal(store_opening_begin(fixture.front, fingerprint, "card-3", &facts), 0);
	assert_int_equal(store_opening_finish(fixture.front, &application, &visit), STORE_RETRY);
	application.opened_at = facts.now_at;
	application.state = APPLICATION_ISSUED;
	assert_int_equal(store_opening_begin(fixture.front, fingerprint, "card-3", &facts), 0);
	assert_int_equal(
		fault_kind(store_opening_finish(fixture.front, &application, &visit)), FAULT_STATE);
}

static void a_fee_is_paid_once_and_comes_before_delivery(void **state)
{
	(void)state;
	struct reservation reservation;

	fixture_issue(&fixture, 4, &reservation);
	assert_int_equal(fault_kind(deliver(&reservation)), FAULT_STATE);
	assert_int_equal(load_view(reservation.application), 0);
	assert_int_equal(view.application.state, APPLICATION_ISSUED);
	assert_false(view.application.fee_paid);
	assert_true(view.has_certificate);
	assert_int_equal(view.certificate.der_len, 1700);
	assert_int_equal(view.receipt_at, 0);
	assert_int_equal(view.delivered_at, 0);
	assert_false(view.revoked);

	assert_int_equal(pay(reservation.application), 0);
	assert_int_equal(pay(reservation.application), STORE_EXISTS);
	assert_int_equal(begin(fixture.front, reservation.application), 0);
	assert_true(facts.application.fee_paid);
	assert_int_equal(facts.application.fee_yen, 500);
	assert_true(facts.has_live);
	assert_true(facts.certificate_live);
	store_rollback(fixture.front);

	assert_int_equal(deliver(&reservation), 0);
	assert_int_equal(deliver(&reservation), STORE_STALE);
	assert_int_equal(load_view(reservation.application), 0);
	assert_int_equal(view.application.state, APPLICATION_DELIVERED);
	assert_string_equal(view.receipt_number, "R-1");
	assert_true(view.receipt_at > 0 && view.delivered_at > 0);
	assert_memory_equal(view.certificate.serial, reservation.serial, SERIAL_LEN);
}

static void a_lock_held_elsewhere_ends_with_the_deadline(void **state)
{
	(void)state;
	char id[APPLICATION_ID_LEN + 1];

	fixture_approved(&fixture, 5, id);
	PGconn *holder = fixture_connect(&fixture, "hakko_owner");
	fixture_exec(holder,
		"BEGIN; SELECT FROM hakko.resident WHERE card_number = 'card-5'"
		" FOR UPDATE");
	int64_t from_us = monotonic_us();
	store_set_deadline(fixture.other_front, deadline_after_ms(250));
	assert_int_equal(fault_kind(begin(fixture.other_front, id)), FAULT_TIMEOUT);
	assert_true(monotonic_us() - from_us < 5 * SECOND);
	assert_false(store_is_open(fixture.other_front));
	/* The server forgets it too, before anybody lets it go: its lock is not taken later. */
	while (strcmp(fixture_value(&fixture,
			      "SELECT count(*) FROM pg_stat_activity WHERE application_name ="
			      " 'hakko front' AND wait_event_type = 'Lock'"),
		       "0") != 0)
		assert_true(monotonic_us() - from_us < 8 * SECOND); /* lock_timeout is 10 s */
	fixture_exec(holder, "ROLLBACK");
	PQfinish(holder);
	store_close(fixture.other_front);
	fixture.other_front = fixture_store(&fixture, STORE_FRONT);
	assert_int_equal(begin(fixture.other_front, id), 0);
	store_rollback(fixture.other_front);
	store_rollback(fixture.other_front); /* safe when none is open */
}

/* The server cut the connection: said once, and again until it is reopened. */
static void a_cut_connection_is_unavailable(void **state)
{
	(void)state;
	assert_string_equal(fixture_sql(&fixture, "postgres",
				    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
				    " WHERE application_name = 'hakko front'"),
		"");
	assert_int_equal(fault_kind(load_view("x")), FAULT_UNAVAILABLE);
	assert_false(store_is_open(fixture.front));
	assert_int_equal(fault_kind(load_view("x")), FAULT_UNAVAILABLE);
	store_rollback(fixture.front);
	store_close(fixture.front);
	store_close(fixture.other_front);
	fixture.front = fixture_store(&fixture, STORE_FRONT);
	fixture.other_front = fixture_store(&fixture, STORE_FRONT);
}

static void what_the_closing_stopped_reads_as_lapsed(void **state)
{
	(void)state;
	char id[APPLICATION_ID_LEN + 1];
	int64_t closing_at;

	fixture_approved(&fixture, 6, id);
	assert_int_equal(load_view(id), 0);
	assert_false(view.closed_before_issue);
	assert_int_equal(load_view("ap_nnnnnnnnnnnnnnnnnnnnnnn"), STORE_NOT_FOUND);
	assert_int_equal(instant_from_text("2015-12-22T17:00:00+09:00", &closing_at), 0);
	fixture_clock_to(&fixture, closing_at);
	assert_int_equal(load_view(id), 0);
	assert_true(view.closed_before_issue);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_open_application_is_seen_by_the_next),
		cmocka_unit_test(two_openings_of_one_person_come_in_turn),
		cmocka_unit_test(a_fee_is_paid_once_and_comes_before_delivery),
		cmocka_unit_test(a_lock_held_elsewhere_ends_with_the_deadline),
		cmocka_unit_test(a_cut_connection_is_unavailable),
		cmocka_unit_test(what_the_closing_stopped_reads_as_lapsed),
	};
	return cmocka_run_group_tests(tests, open_fixture, close_fixture);
}
