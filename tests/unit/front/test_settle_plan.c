/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "front/settle_plan.h"

#define NOW (INT64_C(1450000000) * SECOND)

/* A row of the table: what the journal and the database hold, and what follows. */
static const struct {
	const char *what;
	enum journal_kind kind;
	bool is_signed, is_known, is_recorded, is_abandoned;
	int64_t age_us;
	enum front_settle_step step;
} rows[] = {
	{ "no intent", JOURNAL_OUTCOME, 0, 0, 0, 0, 0, FRONT_SETTLE_PASS },
	{ "no intent", JOURNAL_CRL, 0, 0, 0, 0, 0, FRONT_SETTLE_PASS },
	{ "no intent", JOURNAL_ACKNOWLEDGED, 0, 0, 0, 0, 0, FRONT_SETTLE_PASS },
	{ "no intent", JOURNAL_GENESIS, 0, 0, 0, 0, 0, FRONT_SETTLE_PASS },
	{ "unknown", JOURNAL_INTENT, 1, 0, 0, 0, 0, FRONT_SETTLE_RESTORED },
	{ "unknown, unsigned", JOURNAL_INTENT, 0, 0, 0, 0, DAY, FRONT_SETTLE_RESTORED },
	{ "recorded", JOURNAL_INTENT, 1, 1, 1, 0, 0, FRONT_SETTLE_PASS },
	{ "recorded late", JOURNAL_INTENT, 1, 1, 1, 1, DAY, FRONT_SETTLE_PASS },
	{ "on its way", JOURNAL_INTENT, 1, 1, 0, 0, 0, FRONT_SETTLE_WAIT },
	{ "at its limit", JOURNAL_INTENT, 1, 1, 0, 0, STORE_RESERVATION_LIMIT, FRONT_SETTLE_WAIT },
	{ "signed, forgotten", JOURNAL_INTENT, 1, 1, 0, 0, STORE_RESERVATION_LIMIT + 1,
		FRONT_SETTLE_RECORD },
	{ "signed, abandoned", JOURNAL_INTENT, 1, 1, 0, 1, DAY, FRONT_SETTLE_LATE },
	{ "being signed", JOURNAL_INTENT, 0, 1, 0, 0, SECOND, FRONT_SETTLE_WAIT },
	{ "never signed", JOURNAL_INTENT, 0, 1, 0, 0, STORE_RESERVATION_LIMIT + 1,
		FRONT_SETTLE_ABANDON },
	{ "never signed, abandoned", JOURNAL_INTENT, 0, 1, 0, 1, DAY, FRONT_SETTLE_PASS },
};

static void test_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH_OF(rows); i++) {
		struct wire_journal_record record = { .kind = rows[i].kind,
			.der_len = rows[i].is_signed ? 1 : 0 };
		struct store_reserved reserved = { .recorded = rows[i].is_recorded };
		reserved.reservation.reserved_at = NOW - rows[i].age_us;
		reserved.reservation.abandoned = rows[i].is_abandoned;
		enum front_settle_step step = front_settle_plan(
			&record, rows[i].is_known ? &reserved : NULL, NOW);
		if (step != rows[i].step)
			fail_msg("%s: %d, not %d", rows[i].what, (int)step, (int)rows[i].step);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
