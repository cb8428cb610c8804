/* SPDX-License-Identifier: Apache-2.0 */
/* What an installation is: its kind, its clock, its keys, clients and municipalities. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/calendar.h"
#include "base/fault.h"
#include "fixture.h"

static struct fixture fixture;

static int open_fixture(void **state)
{
	(void)state;
	fixture_open(&fixture, "store_system");
	return 0;
}

static int close_fixture(void **state)
{
	(void)state;
	fixture_close(&fixture);
	return 0;
}

static int set_clock(int64_t offset_us, int64_t happened_at)
{
	struct leaf leaf = fixture_leaf(LEAF_CLOCK, happened_at, NULL, NULL);
	struct leaf_octets octets = fixture_octets();
	return store_clock_set(fixture.owner, offset_us, &leaf, &octets);
}

static void an_installation_is_made_once(void **state)
{
	(void)state;
	struct store_system system;
	int64_t opening_at;
	int64_t closing_at;

	assert_int_equal(store_system_init(fixture.owner, SERVICE_PRODUCTION), STORE_EXISTS);
	assert_int_equal(store_system_load(fixture.publish, &system), 0);
	assert_int_equal(system.kind, SERVICE_REHEARSAL);
	assert_int_equal(instant_from_text("2004-01-29T00:00:00+09:00", &opening_at), 0);
	assert_int_equal(instant_from_text("2015-12-22T08:00:00Z", &closing_at), 0);
	assert_int_equal(system.programme.id, 1);
	assert_int_equal(system.programme.opening_at, opening_at);
	assert_int_equal(system.programme.closing_at, closing_at);
	assert_int_equal(system.programme.validity_years, 3);
	assert_int_equal(system.programme.fee_yen, 500);
	assert_true(system.last_recorded_at > 0 && system.last_recorded_at <= system.now_at);
}

static void the_clock_keeps_its_microseconds(void **state)
{
	(void)state;
	struct store_system system;
	int64_t now_at = fixture_now_at(&fixture);
	int64_t offset_us;

	assert_int_equal(store_system_load(fixture.owner, &system), 0);
	offset_us = system.clock_offset_us + HOUR + 1;
	assert_int_equal(set_clock(offset_us, now_at + HOUR), 0);
	assert_int_equal(store_system_load(fixture.owner, &system), 0);
	assert_int_equal(system.clock_offset_us, offset_us);
	assert_int_equal(system.last_recorded_at, now_at + HOUR);
	int64_t real_us = clock_real_now_at();
	int64_t difference_us = system.now_at - (real_us + offset_us);
	assert_true(difference_us > -2 * SECOND && difference_us < 2 * SECOND);
}

static void the_clock_never_goes_back_past_a_record(void **state)
{
	(void)state;
	struct store_system system;

	assert_int_equal(store_system_load(fixture.owner, &system), 0);
	assert_int_equal(set_clock(system.clock_offset_us - 2 * HOUR, system.now_at), STORE_STALE);
	assert_int_equal(store_system_load(fixture.owner, &system), 0);
	int64_t back_us = system.now_at - system.last_recorded_at - SECOND / 2;
	fixture_clock_forward(&fixture, 10 * SECOND);
	assert_int_equal(store_system_load(fixture.owner, &system), 0);
	assert_true(back_us < 10 * SECOND);
	assert_int_equal(set_clock(system.clock_offset_us + 5 * SECOND, system.now_at), 0);
}

static void production_has_the_real_clock(void **state)
{
	(void)state;
	struct fixture production;
	struct store_system system;
	struct leaf leaf = fixture_leaf(LEAF_CLOCK, clock_real_now_at(), NULL, NULL);
	struct leaf_octets octets = fixture_octets();

	fixture_create_database(&production, "store_production");
	assert_int_equal(store_migrate(fixture_conninfo(&production, "hakko_owner"),
				 deadline_after_ms(20000), NULL, NULL),
		0);
	production.owner = fixture_store(&production, STORE_OWNER);
	/* Nothing is recorded before it is known what this is. */
	assert_int_equal(store_system_load(production.owner, &system), STORE_NOT_FOUND);
	assert_string_equal(fixture_sql(&production, "hakko_front",
				    "INSERT INTO hakko.municipality (code, name, romaji)"
				    " VALUES ('12232', 'x', 'X')"),
		"23502");
	assert_int_equal(store_system_init(production.owner, SERVICE_PRODUCTION), 0);
	assert_int_equal(fault_kind(store_clock_set(production.owner, SECOND, &leaf, &octets)),
		FAULT_DATABASE);
	assert_int_equal(store_system_load(production.owner, &system), 0);
	assert_int_equal(system.kind, SERVICE_PRODUCTION);
	assert_int_equal(system.clock_offset_us, 0);
	assert_int_equal(system.last_recorded_at, 0);
	store_close(production.owner);
}

static void the_newest_key_issues(void **state)
{
	(void)state;
	struct store_ca ca;
	struct leaf leaf = fixture_leaf(LEAF_CA, fixture_now_at(&fixture), NULL, NULL);
	struct leaf_octets octets = fixture_octets();

	assert_int_equal(store_ca_load(fixture.front, &ca), 0);
	assert_true(digest_equal(&ca.key, &fixture.ca_key));
	assert_int_equal(ca.der_len, 4);
	assert_int_equal(store_ca_insert(fixture.owner, &ca, &leaf, &octets), STORE_EXISTS);
	ca.key.octets[0] ^= 1;
	assert_int_equal(store_ca_insert(fixture.owner, &ca, &leaf, &octets), 0);
	struct store_ca newest;
	assert_int_equal(store_ca_load(fixture.publish, &newest), 0);
	assert_true(digest_equal(&newest.key, &ca.key));
}

static void changes_of_clients_are_heard(void **state)
{
	(void)state;
	struct client *clients = NULL;
	struct client loaded;
	size_t count;
	int64_t version;
	int64_t later;
	struct leaf leaf = fixture_leaf(LEAF_CLIENT, fixture_now_at(&fixture), NULL, NULL);
	struct leaf_octets octets = fixture_octets();

	assert_int_equal(store_listen(fixture.front, "hakko_register"), 0);
	assert_int_equal(store_client_list(fixture.front, &clients, &count, &version), 0);
	assert_int_equal(count, 2);
	assert_int_equal(clients[0].id, fixture.terminal.id);
	assert_string_equal(clients[0].municipality, FIXTURE_CODE);
	assert_string_equal(clients[1].municipality, "");
	free(clients);

	assert_int_equal(store_client_suspend(
				 fixture.other_front, fixture.terminal.id, true, &leaf, &octets),
		0);
	assert_int_equal(store_wait_notice(fixture.front, deadline_after_ms(5000)), 0);
	assert_int_equal(store_client_list(fixture.front, &clients, &count, &later), 0);
	assert_true(later > version);
	assert_true(clients[0].suspended);
	free(clients);
	assert_int_equal(
		store_client_load(fixture.front, &fixture.terminal.fingerprint, &loaded), 0);
	assert_true(loaded.suspended);
	assert_int_equal(
		store_client_suspend(fixture.front, 12345, true, &leaf, &octets), STORE_NOT_FOUND);

	struct client again = fixture.operator;
	assert_int_equal(store_client_insert(fixture.front, &again, &leaf, &octets), STORE_EXISTS);
	struct client lost = { .role = CLIENT_TERMINAL, .name = "x", .municipality = "99999" };
	assert_int_equal(
		store_client_insert(fixture.front, &lost, &leaf, &octets), STORE_NOT_FOUND);
	assert_int_equal(
		store_client_load(fixture.front, &lost.fingerprint, &loaded), STORE_NOT_FOUND);
}

static void a_municipality_closes_earlier_never_later(void **state)
{
	(void)state;
	struct municipality early = { .code = "12203", .name = "市川市", .romaji = "Ichikawa-shi" };
	struct municipality loaded;

	assert_int_equal(instant_from_text("2015-12-22T16:30:00+09:00", &early.closing_at), 0);
	assert_int_equal(store_municipality_insert(fixture.front, &early), 0);
	assert_int_equal(store_municipality_insert(fixture.front, &early), STORE_EXISTS);
	assert_int_equal(store_municipality_load(fixture.front, "12203", &loaded), 0);
	assert_int_equal(loaded.closing_at, early.closing_at);
	assert_string_equal(loaded.name, "市川市");
	assert_int_equal(store_municipality_load(fixture.front, "00000", &loaded), STORE_NOT_FOUND);
	early.code[4] = '4';
	early.closing_at += 30 * MINUTE + 1;
	assert_int_equal(
		fault_kind(store_municipality_insert(fixture.front, &early)), FAULT_DATABASE);
	early.closing_at -= 1;
	assert_int_equal(store_municipality_insert(fixture.front, &early), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_installation_is_made_once),
		cmocka_unit_test(the_clock_keeps_its_microseconds),
		cmocka_unit_test(the_clock_never_goes_back_past_a_record),
		cmocka_unit_test(production_has_the_real_clock),
		cmocka_unit_test(the_newest_key_issues),
		cmocka_unit_test(changes_of_clients_are_heard),
		cmocka_unit_test(a_municipality_closes_earlier_never_later),
	};
	return cmocka_run_group_tests(tests, open_fixture, close_fixture);
}
