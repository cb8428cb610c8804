/* SPDX-License-Identifier: Apache-2.0 */
/* Revocations, what a CRL is built from, two publishers, and leaves as auditors read them. */
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
static struct store_certificate_view view;
static struct store *rival; /* another host's publisher */

static int open_fixture(void **state)
{
	(void)state;
	fixture_open(&fixture, "store_revocation");
	fixture_residents(&fixture, 20);
	rival = fixture_store(&fixture, STORE_PUBLISH);
	return 0;
}

static int close_fixture(void **state)
{
	(void)state;
	store_close(rival);
	fixture_close(&fixture);
	return 0;
}

static int revoke(const uint8_t serial[SERIAL_LEN], enum revocation_cause cause)
{
	struct leaf leaf = fixture_leaf(LEAF_REVOCATION, fixture_now_at(&fixture), NULL, serial);
	struct leaf_octets octets = fixture_octets();
	return store_revocation_insert(
		fixture.front, serial, cause, fixture.terminal.id, FIXTURE_CLERK, &leaf, &octets);
}

static int publish(struct store *publisher, const struct store_crl_begun *begun, int64_t entries)
{
	struct leaf leaf = fixture_leaf(LEAF_CRL, begun->now_at, NULL, NULL);
	struct leaf_octets octets = fixture_octets();
	struct store_crl crl = {
		.number = begun->last_number + 1,
		.this_update_at = begun->now_at,
		.next_update_at = begun->now_at + 48 * HOUR,
		.entries = entries,
		.digest = { { 7 } },
		.revision = begun->revision,
	};
	return store_crl_finish(publisher, &crl, &leaf, &octets);
}

/* All serials of the CRL begun, in pages of `page`; checks that they rise. */
static int64_t count_entries(struct store *publisher, size_t page, const uint8_t *wanted, bool *ret)
{
	struct store_revoked entries[8];
	uint8_t last[SERIAL_LEN] = { 0 };
	size_t count;
	int64_t sum = 0;

	*ret = false;
	do {
		assert_int_equal(store_crl_entries(publisher, entries, page, &count), 0);
		for (size_t i = 0; i < count; i++) {
			assert_true(memcmp(entries[i].serial, last, SERIAL_LEN) > 0);
			memcpy(last, entries[i].serial, SERIAL_LEN);
			*ret |= memcmp(last, wanted, SERIAL_LEN) == 0;
		}
		sum += (int64_t)count;
	} while (count > 0);
	return sum;
}

static void a_revocation_is_final(void **state)
{
	(void)state;
	struct reservation reservation;
	const uint8_t nobody[SERIAL_LEN] = { 1 };
	int64_t before;
	int64_t after;
	struct store_crl crl;

	fixture_issue(&fixture, 1, &reservation);
	assert_int_equal(
		store_certificate_load(fixture.front, reservation.serial, FIXTURE_CODE, &view), 0);
	assert_false(view.revoked);
	assert_string_equal(view.municipality, FIXTURE_CODE);
	assert_string_equal(view.certificate.application, reservation.application);
	assert_int_equal(view.certificate.der_len, 1700);
	assert_int_equal(store_certificate_load(fixture.front, reservation.serial, "12100", &view),
		STORE_NOT_FOUND);
	assert_int_equal(
		store_certificate_load(fixture.front, nobody, NULL, &view), STORE_NOT_FOUND);
	assert_int_equal(store_crl_latest(fixture.publish, &crl, &before), STORE_NOT_FOUND);

	assert_int_equal(store_listen(fixture.publish, "hakko_revoked"), 0);
	assert_int_equal(store_wait_notice(fixture.publish, deadline_after_ms(0)), STORE_NOT_FOUND);
	assert_int_equal(revoke(reservation.serial, REVOCATION_COMPROMISE), 0);
	assert_int_equal(store_wait_notice(fixture.publish, deadline_after_ms(5000)), 0);
	assert_int_equal(store_crl_latest(fixture.publish, &crl, &after), STORE_NOT_FOUND);
	assert_true(after > before);

	assert_int_equal(revoke(reservation.serial, REVOCATION_UNWANTED), STORE_REVOKED);
	assert_int_equal(revoke(nobody, REVOCATION_UNWANTED), STORE_NOT_FOUND);
	assert_int_equal(store_certificate_load(fixture.front, reservation.serial, NULL, &view), 0);
	assert_true(view.revoked);
	assert_int_equal(view.cause, REVOCATION_COMPROMISE);
	assert_true(view.revoked_at <= view.now_at);
	/* Not handed over: it never will be (K5). */
	char sql[200];
	(void)snprintf(sql, sizeof(sql), "SELECT state FROM hakko.application WHERE id = '%s'",
		reservation.application);
	assert_string_equal(fixture_value(&fixture, sql), "discarded");
}

static void a_revocation_has_the_databases_time(void **state)
{
	(void)state;
	struct reservation reservation;
	struct leaf leaf;
	struct leaf_octets octets = fixture_octets();

	fixture_issue(&fixture, 2, &reservation);
	leaf = fixture_leaf(
		LEAF_REVOCATION, fixture_now_at(&fixture) - 10 * SECOND, NULL, reservation.serial);
	assert_int_equal(store_revocation_insert(fixture.front, reservation.serial,
				 REVOCATION_UNWANTED, 0, NULL, &leaf, &octets),
		STORE_RETRY);
	leaf.happened_at += 20 * SECOND;
	assert_int_equal(store_revocation_insert(fixture.front, reservation.serial,
				 REVOCATION_UNWANTED, 0, NULL, &leaf, &octets),
		STORE_RETRY);
	assert_int_equal(revoke(reservation.serial, REVOCATION_UNWANTED), 0);
}

static void a_crl_has_one_successor(void **state)
{
	(void)state;
	struct store_crl_begun begun;
	struct store_crl_begun other;
	struct store_crl crl;
	struct reservation reservation;
	int64_t revision;
	bool found;

	assert_int_equal(store_crl_begin(fixture.publish, &begun), 0);
	assert_int_equal(begun.last_number, 0);
	/* The lock spares the other the work. */
	assert_int_equal(store_crl_begin(rival, &other), STORE_STALE);
	int64_t entries = count_entries(
		fixture.publish, 8, (const uint8_t[SERIAL_LEN]){ 0 }, &found);
	assert_int_equal(entries, 2);
	/* What is revoked meanwhile is not in this one, however often it is read. */
	fixture_issue(&fixture, 3, &reservation);
	assert_int_equal(revoke(reservation.serial, REVOCATION_MOVEMENT), 0);
	assert_int_equal(store_crl_rewind(fixture.publish), 0);
	assert_int_equal(count_entries(fixture.publish, 1, reservation.serial, &found), entries);
	assert_false(found);
	assert_int_equal(publish(fixture.publish, &begun, entries), 0);
	assert_int_equal(store_crl_latest(rival, &crl, &revision), 0);
	assert_int_equal(crl.number, 1);
	assert_int_equal(crl.entries, entries);
	assert_int_equal(crl.revision, begun.revision);
	assert_true(revision > crl.revision);
	assert_int_equal(fault_kind(store_crl_rewind(fixture.publish)), FAULT_STATE);
}

/* Without the lock, as after a session that was cut: the same predecessor is taken once. */
static void two_publishers_cannot_both_follow(void **state)
{
	(void)state;
	struct store_crl_begun first;
	struct store_crl_begun second;

	assert_int_equal(store_crl_begin(fixture.publish, &first), 0);
	/* The rival's transaction begins as if there were no lock. */
	assert_string_equal(fixture_sql(&fixture, "hakko_owner",
				    "INSERT INTO hakko.crl SELECT number + 5, number,"
				    " this_update_at, next_update_at, 0, digest, 0 FROM hakko.crl"
				    " ORDER BY number DESC LIMIT 1"),
		"");
	assert_int_equal(publish(fixture.publish, &first, 0), STORE_STALE);
	assert_int_equal(store_crl_begin(rival, &second), 0);
	assert_int_equal(second.last_number, first.last_number + 5);
	store_rollback(rival);
}

static void an_entry_leaves_after_a_crl_past_its_end(void **state)
{
	(void)state;
	struct reservation reservation;
	struct store_crl_begun begun;
	bool found;

	fixture_issue(&fixture, 4, &reservation);
	assert_int_equal(revoke(reservation.serial, REVOCATION_UNWANTED), 0);
	fixture_clock_to(&fixture, reservation.not_after_at + HOUR);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(store_crl_begin(fixture.publish, &begun), 0);
		int64_t entries = count_entries(fixture.publish, 3, reservation.serial, &found);
		assert_int_equal(found, i == 0);
		assert_int_equal(publish(fixture.publish, &begun, entries), 0);
	}
}

static void requests_reach_the_publisher(void **state)
{
	(void)state;
	assert_int_equal(store_listen(rival, "hakko_publish"), 0);
	assert_int_equal(store_crl_request(fixture.front), 0);
	assert_int_equal(store_wait_notice(rival, deadline_after_ms(5000)), 0);
	assert_int_equal(store_wait_notice(rival, deadline_after_ms(0)), STORE_NOT_FOUND);
}

static bool is_after(struct store_leaf_cursor one, struct store_leaf_cursor other)
{
	return one.xid > other.xid || (one.xid == other.xid && one.id > other.id);
}

static void reading_leaves_is_recorded(void **state)
{
	(void)state;
	struct reservation reservation;
	struct store_leaf leaves[3];
	size_t count;
	struct store_leaf_cursor after = { 0 };
	int64_t sum = 0;

	fixture_issue(&fixture, 5, &reservation);
	assert_int_equal(store_leaf_list(fixture.auditor, 77, reservation.serial, 0, INT64_MAX,
				 after, leaves, 3, &count),
		0);
	assert_int_equal(count, 1);
	assert_int_equal(leaves[0].kind, LEAF_ISSUANCE);
	assert_int_equal(leaves[0].happened_at, reservation.reserved_at);
	assert_int_equal(leaves[0].octets.detail_len, 12);
	assert_string_equal(fixture_value(&fixture,
				    "SELECT client_id || ' ' || role FROM hakko.reading"
				    " ORDER BY id DESC LIMIT 1"),
		"77 hakko_auditor");
	/* Half-open in time. */
	assert_int_equal(
		store_leaf_list(fixture.front, 0, reservation.serial, reservation.reserved_at,
			reservation.reserved_at, after, leaves, 3, &count),
		0);
	assert_int_equal(count, 0);
	do {
		assert_int_equal(store_leaf_list(fixture.front, 78, NULL, 0, INT64_MAX, after,
					 leaves, 3, &count),
			0);
		for (size_t i = 0; i < count; i++) {
			assert_true(is_after(leaves[i].at, after));
			after = leaves[i].at;
		}
		sum += (int64_t)count;
	} while (count > 0);
	char sum_text[32];
	(void)snprintf(sum_text, sizeof(sum_text), "%ld", (long)sum);
	assert_string_equal(fixture_value(&fixture, "SELECT count(*) FROM hakko.leaf"), sum_text);
	assert_true(sum > 5);
	/* A page read is a reading recorded, the empty last one too. */
	assert_int_not_equal(strcmp(fixture_value(&fixture,
					    "SELECT count(*) FROM hakko.reading"
					    " WHERE client_id = 78"),
				     "0"),
		0);
}

/* Follows from `after` to the end; counts what came. */
static size_t follow(struct store_leaf_cursor *after)
{
	struct store_leaf leaves[2];
	size_t count;
	size_t sum = 0;

	do {
		assert_int_equal(store_leaf_list(fixture.auditor, 79, NULL, 0, INT64_MAX, *after,
					 leaves, 2, &count),
			0);
		if (count > 0)
			*after = leaves[count - 1].at;
		sum += count;
	} while (count > 0);
	return sum;
}

#define INSERT_A_LEAF                                                                              \
	"INSERT INTO hakko.leaf (kind, happened_at, octets, salt, detail) VALUES ('crl',"          \
	" hakko.now(), decode(repeat('00', 42), 'hex'), decode(repeat('00', 32), 'hex'), 'x')"

/* Ids and transactions begin in one order and end in the other: the follower waits, and has all. */
static void a_leaf_that_commits_late_is_not_lost(void **state)
{
	(void)state;
	struct store_leaf_cursor after = { 0 };
	PGconn *slow = fixture_connect(&fixture, "hakko_front");
	PGconn *fast = fixture_connect(&fixture, "hakko_front");

	(void)follow(&after);
	fixture_exec(slow, "BEGIN; " INSERT_A_LEAF);
	fixture_exec(fast, INSERT_A_LEAF);
	assert_int_equal(follow(&after), 0);
	fixture_exec(slow, "COMMIT");
	assert_int_equal(follow(&after), 2);
	/* The transaction that is older may have the higher ids, too. */
	fixture_exec(fast, "BEGIN; SELECT pg_current_xact_id()");
	fixture_exec(slow, INSERT_A_LEAF);
	assert_int_equal(follow(&after), 0);
	fixture_exec(fast, INSERT_A_LEAF "; COMMIT");
	assert_int_equal(follow(&after), 2);
	assert_int_equal(follow(&after), 0);
	PQfinish(slow);
	PQfinish(fast);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_revocation_is_final),
		cmocka_unit_test(a_revocation_has_the_databases_time),
		cmocka_unit_test(a_crl_has_one_successor),
		cmocka_unit_test(two_publishers_cannot_both_follow),
		cmocka_unit_test(requests_reach_the_publisher),
		cmocka_unit_test(reading_leaves_is_recorded),
		cmocka_unit_test(a_leaf_that_commits_late_is_not_lost),
		/* Last: its clock is past the closing. */
		cmocka_unit_test(an_entry_leaves_after_a_crl_past_its_end),
	};
	return cmocka_run_group_tests(tests, open_fixture, close_fixture);
}
