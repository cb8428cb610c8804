/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <string.h>

#include "base/calendar.h"
#include "front/leaves_query.h"
#include "model/programme.h"

static struct front_leaves_query query;
static struct verdict verdict;

static void read_one(const char *name, const char *value)
{
	struct http_request request = { .query_count = 1 };
	request.query[0][0] = name;
	request.query[0][1] = value;
	front_leaves_query_read(&request, &query, &verdict);
}

static void test_nothing_asked(void **state)
{
	(void)state;
	struct http_request request = { .query_count = 0 };
	front_leaves_query_read(&request, &query, &verdict);
	assert_true(verdict_allows(&verdict));
	assert_false(query.has_serial);
	assert_int_equal(query.from_at, 0);
	assert_true(query.to_at == PROGRAMME_OPEN_END);
	assert_true(query.after.xid == 0 && query.after.id == 0);
	assert_int_equal(query.limit, FRONT_LEAVES_LIMIT);
}

static void test_each_is_read(void **state)
{
	(void)state;
	read_one("serial", "0000000000000000000000000000002a");
	assert_true(verdict_allows(&verdict));
	assert_true(query.has_serial);
	assert_int_equal(query.serial[15], 0x2a);
	read_one("from", "1970-01-01T00:00:01Z");
	assert_int_equal(query.from_at, SECOND);
	read_one("to", "1970-01-01T09:00:02+09:00");
	assert_int_equal(query.to_at, 2 * SECOND);
	read_one("limit", "1");
	assert_int_equal(query.limit, 1);
}

static void test_what_is_refused(void **state)
{
	(void)state;
	static const char *const pairs[][2] = {
		{ "limit", "0" },
		{ "limit", "" },
		{ "limit", "1000" },
		{ "limit", "9x" },
		{ "serial", "2a" },
		{ "serial", "f000000000000000000000000000002a" },
		{ "from", "yesterday" },
		{ "to", "" },
		{ "after", "1" },
		{ "after", "c1_0000000000000001" },
		{ "after", "c2_0000000000000001" },
		{ "after", "c2_00000000000000010000000000000000002g" },
		{ "after", "c2_0000000000000001000000000000002g" },
		{ "after", "c2_000000000000002g0000000000000001" },
		{ "after", "c2_00000000000000018000000000000000" },
		{ "after", "c2_80000000000000000000000000000001" },
		{ "after", "c2_000000000000000100000000000000010" },
		{ "page", "1" },
	};
	for (size_t i = 0; i < LENGTH_OF(pairs); i++) {
		read_one(pairs[i][0], pairs[i][1]);
		if (verdict.count != 1 || verdict.violations[0].refusal != REFUSAL_PARAMETER)
			fail_msg("%s=%s is taken", pairs[i][0], pairs[i][1]);
		assert_string_equal(verdict.violations[0].field, pairs[i][0]);
	}
}

static void test_cursor_comes_back(void **state)
{
	(void)state;
	static const int64_t ids[] = { 1, 42, INT64_C(1) << 40, INT64_MAX };
	for (size_t i = 0; i < LENGTH_OF(ids); i++) {
		char cursor[FRONT_LEAVES_CURSOR_SIZE];
		front_leaves_cursor(
			(struct store_leaf_cursor){ ids[i], ids[LENGTH_OF(ids) - 1 - i] }, cursor);
		read_one("after", cursor);
		assert_true(verdict_allows(&verdict));
		assert_true(query.after.xid == ids[i]);
		assert_true(query.after.id == ids[LENGTH_OF(ids) - 1 - i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_asked),
		cmocka_unit_test(test_each_is_read),
		cmocka_unit_test(test_what_is_refused),
		cmocka_unit_test(test_cursor_comes_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
