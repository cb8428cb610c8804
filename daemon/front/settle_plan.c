/* SPDX-License-Identifier: Apache-2.0 */
#include "front/settle_plan.h"

bool front_settle_needs_reservation(const struct wire_journal_record *record)
{
	return record->kind == JOURNAL_INTENT;
}

enum front_settle_step front_settle_plan(const struct wire_journal_record *record,
	const struct store_reserved *reserved, int64_t now_at)
{
	if (!front_settle_needs_reservation(record))
		return FRONT_SETTLE_PASS;
	if (reserved == NULL)
		return FRONT_SETTLE_RESTORED;

	bool is_signed = record->der_len > 0;
	if (reserved->recorded || (reserved->reservation.abandoned && !is_signed))
		return FRONT_SETTLE_PASS;
	if (reserved->reservation.abandoned)
		return FRONT_SETTLE_LATE;
	if (now_at - reserved->reservation.reserved_at <= STORE_RESERVATION_LIMIT)
		return FRONT_SETTLE_WAIT;
	return is_signed ? FRONT_SETTLE_RECORD : FRONT_SETTLE_ABANDON;
}
