/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The register of residents. A resident's items are versions that never change; a new version
 * replaces, an erasure (L1) deletes.
 */
#pragma once

#include "model/resident.h"
#include "store/connection.h"

/* One line of an import that cannot be taken. */
struct store_reject {
	int64_t line;     /* 1 is the first line after the header */
	char reason[128]; /* names the column, never its content */
};
/* Gives up to `size` octets of the CSV file; 0 in ret_len at its end. */
typedef int store_reader(void *context, char *out, size_t size, size_t *ret_len);

/*
 * Loads CSV (header line, these columns in this order: municipality,card_number,card_state,
 * card_valid_to,name,name_flags,address,address_flags,era,birth_year,birth_month,birth_day,
 * adult_finding,sex,ward) through COPY into a staging table and from there, all or nothing. Codes
 * are the certificate's: era 0 to 5, sex 1 to 3; unknown parts of the birth date 0; card_state a
 * card_state_name(); card_valid_to YYYY-MM-DD or empty; adult_finding 1, 0 or empty; ward 1 or 0.
 * Same card number: a new version of that resident, where anything differs. Gives the number of
 * lines. STORE_STALE: rejects were found (given in ret_rejects, the first `rejects_max`), nothing
 * loaded. What `reader` answers other than 0 ends the import and is answered. Runs by its own
 * rules: one import at a time, the others wait within their deadlines.
 */
int store_resident_import(struct store *store, store_reader *reader, void *context,
	struct store_reject *ret_rejects, size_t rejects_max, size_t *ret_reject_count,
	int64_t *ret_loaded) MUST_CHECK;
