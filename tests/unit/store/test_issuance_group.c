/* SPDX-License-Identifier: Apache-2.0 */
/* Records of several reservations in one transaction: each as if it had come alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "fixture.h"

#define COUNT 5

static struct fixture fixture;
static struct store_record records[COUNT];
static struct reservation reservations[COUNT];
static const struct store_record *const group[COUNT] = { &records[0], &records[1], &records[2],
	&records[3], &records[4] };

static int open_fixture(void **state)
{
	(void)state;
	fixture_open(&fixture, "store_issuance_group");
	fixture_residents(&fixture, 40);
	return 0;
}

static int close_fixture(void **state)
{
	(void)state;
	fixture_close(&fixture);
	return 0;
}

/* An open reservation and what its record would be, different for each number. */
static void reserve(size_t i, int number)
{
	char id[APPLICATION_ID_LEN + 1];
	fixture_approved(&fixture, number, id);
	fixture_reserve(&fixture, id, number, &reservations[i]);
	fixture_record(&reservations[i], &records[i]);
	records[i].certificate.der[0] = (uint8_t)number;
	records[i].position = number;
	memcpy(records[i].certificate.application, id, sizeof(id));
}

/* How many recorded rows say of this reservation exactly what its record says. */
static const char *rows_of(const struct store_record *record)
{
	char sql[512], serial[2 * SERIAL_LEN + 1], tbs[2 * DIGEST_LEN + 1];
	hex_encode(BYTES(record->certificate.serial), serial);
	hex_encode(BYTES(record->tbs.octets), tbs);
	(void)snprintf(sql, sizeof(sql),
		"SELECT count(*) FROM hakko.certificate c JOIN hakko.leaf l USING (serial)"
		" JOIN hakko.application a ON a.id = l.application_id WHERE c.serial = '\\x%s'"
		" AND c.tbs_sha256 = '\\x%s' AND get_byte(c.der, 0) = %u AND c.position = %lld"
		" AND octet_length(c.der) = %zu AND a.id = '%s' AND a.state = 'issued'"
		" AND l.kind = 'issuance'",
		serial, tbs, record->certificate.der[0], (long long)record->position,
		record->certificate.der_len, record->certificate.application);
	return fixture_value(&fixture, sql);
}

static void the_open_ones_are_recorded(void **state)
{
	(void)state;
	bool recorded[COUNT];
	struct certificate first;
	for (size_t i = 0; i < COUNT; i++)
		reserve(i, (int)i + 1);
	assert_int_equal(store_issuance_record(fixture.front, &records[1], &first), 0);
	records[2].reservation = 123456789;                 /* unknown */
	records[3].certificate.serial[SERIAL_LEN - 1] ^= 1; /* of no such reservation */

	assert_int_equal(store_issuance_group_record(fixture.front, group, COUNT, recorded), 0);
	const bool wanted[COUNT] = { true, false, false, false, true };
	assert_memory_equal(recorded, wanted, sizeof(wanted));
	const char *const rows[COUNT] = { "1", "1", "0", "0", "1" };
	for (size_t i = 0; i < COUNT; i++)
		assert_string_equal(rows_of(&records[i]), rows[i]);
}

static void one_that_is_there_twice_is_recorded_once(void **state)
{
	(void)state;
	bool recorded[3];
	for (size_t i = 0; i < COUNT; i++)
		reserve(i, (int)i + 11);
	const struct store_record *const twice[] = { &records[0], &records[1], &records[0] };
	assert_int_equal(store_issuance_group_record(fixture.front, twice, 3, recorded), 0);
	const bool wanted[] = { true, true, false };
	assert_memory_equal(recorded, wanted, sizeof(wanted));
	assert_string_equal(rows_of(&records[0]), "1");
	assert_string_equal(rows_of(&records[1]), "1");
}

static void who_is_recorded_is_said(void **state)
{
	(void)state;
	bool recorded[3];
	struct reservation issued;
	reserve(0, 21);
	fixture_issue(&fixture, 22, &issued);
	const int64_t ids[] = { reservations[0].id, issued.id, 0 };
	assert_int_equal(store_issuance_group_recorded(fixture.front, ids, 3, recorded), 0);
	const bool wanted[] = { false, true, false };
	assert_memory_equal(recorded, wanted, sizeof(wanted));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_open_ones_are_recorded),
		cmocka_unit_test(one_that_is_there_twice_is_recorded_once),
		cmocka_unit_test(who_is_recorded_is_said),
	};
	return cmocka_run_group_tests(tests, open_fixture, close_fixture);
}
