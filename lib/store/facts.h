/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one way this room reads struct facts: first a statement that locks (resident, then
 * application), then one that reads everything, so that its snapshot and hakko.now() come after
 * the locks. For this room only.
 */
#pragma once

#include "model/facts.h"
#include "store/row.h"

/* What is read of a resident: tables r (resident) and rr (resident_record). */
#define STORE_RESIDENT_COLUMNS                                                                     \
	" r.id, rr.id, rr.commitment, r.municipality, rr.name, rr.name_flags, rr.address,"         \
	" rr.address_flags, rr.era, rr.birth_year, rr.birth_month, rr.birth_day,"                  \
	" rr.adult_finding, rr.sex, rr.ward, r.card_state, r.card_number, r.card_valid_to_on,"     \
	" r.present"

/* Facts without an application: STORE_FACTS_COLUMNS, FROM with $1 the client's fingerprint. */
#define STORE_FACTS_COLUMNS                                                                        \
	" clock_timestamp() + s.clock_offset,"                                                     \
	" p.id, p.opening_at, p.closing_at, p.validity_years, p.fee_yen,"                          \
	" m.code, m.name, m.romaji, m.closing_at,"                                                 \
	" c.id, c.fingerprint, c.role, c.municipality, c.name, c.suspended,"                       \
	" other.id IS NOT NULL, other.id, live.serial IS NOT NULL, live.serial,"                   \
	" live.not_after_at, ca.not_after_at,"                                                     \
	" r.id IS NOT NULL," STORE_RESIDENT_COLUMNS

/* Its end $2… of the application (table a, fee f). */
#define STORE_APPLICATION_COLUMNS                                                                  \
	" a.id IS NOT NULL, a.id, a.kind, a.state, a.municipality, a.resident_id, a.terminal_id,"  \
	" a.opened_at, f.application_id IS NOT NULL, f.amount_yen,"                                \
	" live.application_id IS NOT DISTINCT FROM a.id"

/* Which states are open (P8): application_state_is_open(). */
#define STORE_OPEN_STATES "('received', 'inquiry_due', 'inquiry_sent', 'approved', 'issuing')"

/* Another open application of r (P8), but for `except_`. */
#define STORE_OTHER_OPEN(except_)                                                                  \
	" LEFT JOIN LATERAL (SELECT o.id FROM hakko.application o"                                 \
	" WHERE o.resident_id = r.id AND o.state IN " STORE_OPEN_STATES except_                    \
	" LIMIT 1) other ON true"

/*
 * A live certificate of r (P8): its application's latest reservation, recorded, not revoked, valid
 * through the whole second of its notAfter.
 */
#define STORE_LIVE                                                                                 \
	" LEFT JOIN LATERAL (SELECT la.id AS application_id, lr.serial, lr.not_after_at"           \
	" FROM hakko.application la"                                                               \
	" JOIN hakko.reservation lr ON lr.id = la.reservation_id"                                  \
	" JOIN hakko.certificate lc ON lc.serial = lr.serial"                                      \
	" WHERE la.resident_id = r.id AND la.state IN ('issued', 'delivered')"                     \
	" AND lr.not_after_at > clock_timestamp() + s.clock_offset - interval '1 second'"          \
	" AND NOT EXISTS (SELECT FROM hakko.revocation lv WHERE lv.serial = lr.serial)"            \
	" LIMIT 1) live ON true"

#define STORE_NEWEST_CA                                                                             \
	" LEFT JOIN LATERAL (SELECT k.not_after_at FROM hakko.ca_key k ORDER BY k.id DESC LIMIT 1)" \
	" ca ON true"

/* Facts of application $2 for client $1, a terminal only for its own municipality's. */
#define STORE_APPLICATION_FROM                                                                     \
	" FROM hakko.client c"                                                                     \
	" JOIN hakko.application a ON a.id = $2::text"                                             \
	" AND (c.role <> 'terminal' OR a.municipality = c.municipality)"                           \
	" JOIN hakko.resident r ON r.id = a.resident_id"                                           \
	" JOIN hakko.resident_record rr ON rr.id = r.current_record_id"                            \
	" JOIN hakko.municipality m ON m.code = a.municipality"                                    \
	" CROSS JOIN hakko.system s"                                                               \
	" JOIN hakko.programme p ON p.id = 1"                                                      \
	" LEFT JOIN hakko.fee f ON f.application_id = a.id" STORE_OTHER_OPEN(" AND o.id <> a.id")  \
		STORE_LIVE STORE_NEWEST_CA
#define STORE_OF_CLIENT " WHERE c.fingerprint = $1::bytea"

extern const struct store_columns store_facts_columns;       /* of struct facts */
extern const struct store_columns store_application_columns; /* of struct facts */
extern const struct store_columns store_resident_columns;    /* of struct resident */

/* "BEGIN", the lock of an application $1 and of its resident, as first queries of a pipeline. */
void store_facts_begin(struct store_query *ret_begin);
void store_facts_lock(struct store_query *ret_lock, const char *application_id);

/*
 * After a pipeline whose result `index` is of a facts statement: reads it, or gives up with
 * STORE_NOT_FOUND. Leaves the transaction open, the store knows whose it is.
 */
int store_facts_take(struct store *store, const struct store_answer *answer, size_t index,
	bool with_application, struct facts *ret_facts) MUST_CHECK;
