/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/calendar.h"
#include "front/application_json.h"

#define CLOSING "2015-12-22T08:00:00Z"

static struct store_application_view view;
static struct front_application_frame frame;

static int64_t at(const char *text)
{
	int64_t instant_at;
	assert_int_equal(instant_from_text(text, &instant_at), 0);
	return instant_at;
}

static int setup(void **state)
{
	(void)state;
	view = (struct store_application_view){
		.application = { .id = "ap_abcdefghijklmnopqrstuvw",
			.kind = APPLICATION_ISSUANCE,
			.state = APPLICATION_APPROVED,
			.municipality = "12232",
			.opened_at = at("2015-11-02T01:00:00Z") },
	};
	frame = (struct front_application_frame){ .now_at = at("2015-11-02T01:00:01Z"),
		.closing_at = at(CLOSING) };
	return 0;
}

static void expect(const char *expected)
{
	json_t *root = front_application_json(&view, &frame);
	assert_non_null(root);
	char *text = json_dumps(root, JSON_COMPACT);
	json_decref(root);
	assert_string_equal(text, expected);
	free(text);
}

static void expect_member(const char *name, const char *expected)
{
	json_t *root = front_application_json(&view, &frame);
	assert_non_null(root);
	char *text = json_dumps(json_object_get(root, name), JSON_COMPACT | JSON_ENCODE_ANY);
	json_decref(root);
	assert_string_equal(text, expected);
	free(text);
}

static void test_approved(void **state)
{
	(void)state;
	expect("{\"id\":\"ap_abcdefghijklmnopqrstuvw\",\"kind\":\"issuance\",\"state\":\"approved\","
	       "\"municipality\":\"12232\",\"opened_at\":\"2015-11-02T01:00:00Z\",\"fee\":null,"
	       "\"serial\":null,\"issued_not_after\":null,\"delivered_at\":null,\"revoked_at\":null,"
	       "\"next\":\"submit_csr\",\"closing_at\":\"2015-12-22T08:00:00Z\","
	       "\"seconds_left\":null,\"warning\":null,\"issuing_minutes\":[15,30]}");
}

static void make_issued(void)
{
	view.application.state = APPLICATION_ISSUED;
	view.has_certificate = true;
	view.certificate.serial[15] = 0x2a;
	view.certificate.not_after_at = at("2018-11-01T14:59:59Z");
}

static void test_issued_and_paid(void **state)
{
	(void)state;
	make_issued();
	expect_member("next", "\"pay_fee\"");
	view.application.fee_paid = true;
	view.application.fee_yen = 500;
	view.receipt_at = at("2015-11-02T01:05:00Z");
	memcpy(view.receipt_number, "A-1", 4);
	expect("{\"id\":\"ap_abcdefghijklmnopqrstuvw\",\"kind\":\"issuance\",\"state\":\"issued\","
	       "\"municipality\":\"12232\",\"opened_at\":\"2015-11-02T01:00:00Z\","
	       "\"fee\":{\"amount_yen\":500,\"receipt_number\":\"A-1\","
	       "\"paid_at\":\"2015-11-02T01:05:00Z\"},"
	       "\"serial\":\"0000000000000000000000000000002a\","
	       "\"issued_not_after\":\"2018-11-01T14:59:59Z\",\"delivered_at\":null,"
	       "\"revoked_at\":null,\"next\":\"deliver\","
	       "\"closing_at\":\"2015-12-22T08:00:00Z\",\"seconds_left\":null,\"warning\":null,"
	       "\"issuing_minutes\":[15,30]}");
}

static void test_revoked_has_nothing_next(void **state)
{
	(void)state;
	make_issued();
	view.revoked = true;
	view.revoked_at = at("2015-11-03T00:00:00Z");
	expect_member("next", "\"nothing\"");
	expect_member("revoked_at", "\"2015-11-03T00:00:00Z\"");
}

static void test_time_left_in_the_last_days(void **state)
{
	(void)state;
	frame.now_at = at("2015-11-22T07:59:59.999999Z");
	expect_member("seconds_left", "null");
	frame.now_at = at("2015-11-22T08:00:00Z");
	expect_member("seconds_left", "2592000");
	frame.now_at = at("2015-12-22T07:59:59Z");
	expect_member("seconds_left", "1");
	frame.now_at = at("2015-12-22T08:00:01Z");
	expect_member("seconds_left", "0");
}

static void test_warning_within_thirty_minutes(void **state)
{
	(void)state;
	view.application.opened_at = at("2015-12-22T07:30:00Z");
	expect_member("warning", "null");
	view.application.opened_at = at("2015-12-22T07:30:01Z");
	expect_member("warning", "\"closing_soon\"");
}

static void test_lapsed_by_the_end(void **state)
{
	(void)state;
	view.closed_before_issue = true;
	expect_member("state", "\"lapsed\"");
	expect_member("next", "\"nothing\"");
}

static void test_programme_without_an_end(void **state)
{
	(void)state;
	frame.closing_at = PROGRAMME_OPEN_END;
	expect_member("closing_at", "null");
	expect_member("seconds_left", "null");
	expect_member("warning", "null");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_approved, setup),
		cmocka_unit_test_setup(test_issued_and_paid, setup),
		cmocka_unit_test_setup(test_revoked_has_nothing_next, setup),
		cmocka_unit_test_setup(test_time_left_in_the_last_days, setup),
		cmocka_unit_test_setup(test_warning_within_thirty_minutes, setup),
		cmocka_unit_test_setup(test_lapsed_by_the_end, setup),
		cmocka_unit_test_setup(test_programme_without_an_end, setup),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
