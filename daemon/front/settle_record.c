/* SPDX-License-Identifier: Apache-2.0 */
#include "front/settle_record.h"

#include "base/fault.h"
#include "front/record.h"

int front_settle_abandon(
	struct store *store, int64_t reservation_id, int64_t now_at, bool *ret_done)
{
	struct store_reserved reserved;
	*ret_done = false;
	int r = store_reservation_lock(store, reservation_id, &reserved);
	if (r < 0)
		return fault_trace(r);
	if (r > 0) {
		store_rollback(store);
		return r == STORE_NOT_FOUND ? 0 : FRONT_SETTLE_LATER;
	}
	struct front_leaf leaf;
	r = front_leaf_abandonment(&reserved, now_at, &leaf);
	if (r == 0)
		r = store_reservation_abandon(
			store, &reserved.reservation, &leaf.leaf, &leaf.octets);
	if (r == 0)
		r = store_commit(store);
	if (r != 0) {
		store_rollback(store);
		return r < 0 ? fault_trace(r) : FRONT_SETTLE_LATER;
	}
	*ret_done = true;
	return 0;
}

static int record_late(struct store *store, const struct store_reserved *reserved,
	const struct front_signed *signed_one)
{
	int r = front_record_late(store, reserved, signed_one);
	if (r < 0)
		return fault_trace(r);
	return r == 0 || r == STORE_EXISTS ? 0 : FRONT_SETTLE_LATER;
}

/* Abandoned in the meantime: then it is recorded as late. */
static int record(struct store *store, const struct store_reserved *reserved,
	const struct front_signed *signed_one, enum front_settle_step *step)
{
	struct certificate recorded;
	int r = front_record(NULL, store, reserved, signed_one, &recorded);
	if (r < 0)
		return fault_trace(r);
	if (r == STORE_NOT_FOUND)
		return FRONT_SETTLE_UNKNOWN;
	if (r != STORE_ABANDONED)
		return r == 0 ? 0 : FRONT_SETTLE_LATER;
	*step = FRONT_SETTLE_LATE;
	r = record_late(store, reserved, signed_one);
	return r < 0 ? fault_trace(r) : r;
}

static int do_step(struct store *store, const struct store_reserved *reserved,
	const struct front_signed *signed_one, int64_t now_at, enum front_settle_step *step)
{
	bool is_done = false;
	int r = 0;
	switch (*step) {
	case FRONT_SETTLE_PASS:
		return 0;
	case FRONT_SETTLE_WAIT:
		return FRONT_SETTLE_LATER;
	case FRONT_SETTLE_RESTORED:
		return FRONT_SETTLE_UNKNOWN;
	case FRONT_SETTLE_RECORD:
		r = record(store, reserved, signed_one, step);
		break;
	case FRONT_SETTLE_LATE:
		r = record_late(store, reserved, signed_one);
		break;
	case FRONT_SETTLE_ABANDON:
		r = front_settle_abandon(store, reserved->reservation.id, now_at, &is_done);
		*step = is_done ? FRONT_SETTLE_ABANDON : FRONT_SETTLE_PASS;
		break;
	}
	return r < 0 ? fault_trace(r) : r;
}

int front_settle_record(struct store *store, const uint8_t signer[SIGNER_ID_LEN],
	const struct wire_journal_record *record, int64_t now_at, enum front_settle_step *ret_step)
{
	*ret_step = FRONT_SETTLE_PASS;
	if (!front_settle_needs_reservation(record))
		return 0;
	struct store_reserved reserved;
	int r = store_reserved_load(store, record->reservation, &reserved);
	if (r < 0)
		return fault_trace(r);
	*ret_step = front_settle_plan(record, r == 0 ? &reserved : NULL, now_at);

	const struct front_signed signed_one = {
		.der = { record->der, record->der_len },
		.tbs = record->tbs,
		.signer = signer,
		.place = record->place,
	};
	r = do_step(store, &reserved, &signed_one, now_at, ret_step);
	return r < 0 ? fault_trace(r) : r;
}
