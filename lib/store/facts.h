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

/* clang-format off */
/* Facts without an application: STORE_FACTS_COLUMNS, FROM with $1 the client's fingerprint. */
#define STORE_FACTS_COLUMNS                                                                        \
	" clock_timestamp() + s.clock_offset,"                                                     \
	" p.id, p.opening_at, p.closing_at, p.validity_years, p.fee_yen,"                          \
	" m.code, m.name, m.romaji, m.closing_at,"                                                 \
	" c.id, c.fingerprint, c.role, c.municipality, c.name, c.suspended,"                       \
	" o.open_id IS NOT NULL, o.open_id, o.issued, ca.not_after_at,"                            \
	" r.id IS NOT NULL," STORE_RESIDENT_COLUMNS

/* Its end where there is an application (table a, fee f). */
#define STORE_APPLICATION_COLUMNS                                                                  \
	" a.id IS NOT NULL, a.id, a.kind, a.state, a.municipality, a.resident_id, a.terminal_id,"  \
	" a.opened_at, f.application_id IS NOT NULL, f.amount_yen"

/* Which states are open (P8): application_state_is_open(). */
#define STORE_OPEN_STATES "('received', 'inquiry_due', 'inquiry_sent', 'approved', 'issuing')"

/* Of all applications of r: an open one (P8) but for the one meant, and whether any was issued. */
#define STORE_OTHERS(but_for_)                                                                     \
	" CROSS JOIN LATERAL (SELECT"                                                              \
	" max(oa.id) FILTER (WHERE oa.state IN " STORE_OPEN_STATES but_for_ ") AS open_id,"        \
	" coalesce(bool_or(oa.state IN ('issued', 'delivered')), false) AS issued"                 \
	" FROM hakko.application oa WHERE oa.resident_id = r.id) o"

#define STORE_NEWEST_CA                                                                            \
	" LEFT JOIN LATERAL (SELECT k.not_after_at FROM hakko.ca_key k"                            \
	" ORDER BY k.id DESC LIMIT 1) ca ON true"

/* Facts of application $2 for client $1, a terminal only for its own municipality's. */
#define STORE_APPLICATION_FROM                                                                     \
	" FROM" STORE_ROW("client", "c", "x.fingerprint = $1::bytea")                              \
	STORE_JOIN("application", "a", "x.id = $2::text")                                          \
	STORE_JOIN("resident", "r", "x.id = a.resident_id")                                        \
	STORE_JOIN("resident_record", "rr", "x.id = r.current_record_id")                          \
	STORE_JOIN("municipality", "m", "x.code = a.municipality")                                 \
	" CROSS JOIN hakko.system s"                                                               \
	STORE_JOIN("programme", "p", "x.id = 1")                                                   \
	STORE_LEFT_JOIN("fee", "f", "x.application_id = a.id")                                     \
	STORE_OTHERS(" AND oa.id <> a.id") STORE_NEWEST_CA
#define STORE_OF_MUNICIPALITY " WHERE (c.role <> 'terminal' OR a.municipality = c.municipality)"
/* clang-format on */

extern const struct store_columns store_facts_columns;       /* of struct facts */
extern const struct store_columns store_application_columns; /* of struct facts */
extern const struct store_columns store_resident_columns;    /* of struct resident */

/* "BEGIN", the lock of an application $1 and of its resident, as first queries of a pipeline. */
void store_facts_begin(struct store_query *ret_begin);
void store_facts_lock(struct store_query *ret_lock, const char *application_id);

/*
 * After a pipeline whose result `index` is of a facts statement: reads it, or gives up with
 * STORE_NOT_FOUND. Whoever was issued a certificate before costs a round trip more: is it live?
 * Leaves the transaction open, the store knows whose it is.
 */
int store_facts_take(struct store *store, const struct store_answer *answer, size_t index,
	bool with_application, struct facts *ret_facts) MUST_CHECK;
