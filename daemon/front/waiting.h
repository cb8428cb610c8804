/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the service waits for: a thread of its own asks database and signer once a second who
 * they are, and whether both belong to the CA certificate. The latest answers are kept here for
 * errands, /health and the status line. Never repairs anything.
 */
#pragma once

#include <stdatomic.h>

#include "front/settings.h"
#include "front/thread.h"
#include "pki/ca.h"
#include "store/system.h"
#include "wire/line.h"

enum front_lack {
#define LACK(name_, stops_, refusal_, text_) FRONT_LACK_##name_,
#include "front/lack.def"
#undef LACK
	FRONT_LACK_COUNT
};

/*
 * 9999-12-31T23:59:59Z in the settings: a programme without an end, as RFC 5280 4.1.2.5 writes "no
 * well-defined end".
 */
#define FRONT_OPEN_END_AT (INT64_C(253402300799) * SECOND)

struct front_waiting {
	struct front_thread thread;
	const struct front_settings *settings; /* borrowed */
	const struct pki_ca *ca;               /* borrowed */
	struct store *store;
	struct wire_line line;
	atomic_uint lacks;               /* a bit for each enum front_lack */
	atomic_int_fast64_t database_at; /* CLOCK_MONOTONIC of the last good answer, 0: none */
	atomic_int_fast64_t signer_at;
	atomic_bool schema_other; /* the database's schema is not this program's: it must end */
	pthread_mutex_t lock;
	struct store_system system; /* under the lock, as the two below */
	struct wire_status status;
};

/* Everything is lacking until asked. Borrows both. */
int front_waiting_init(struct front_waiting *waiting, const struct front_settings *settings,
	const struct pki_ca *ca) MUST_CHECK;
/* Asks once, within the deadline; what is not there is no fault. */
void front_waiting_ask(struct front_waiting *waiting, struct deadline deadline);
int front_waiting_start(struct front_waiting *waiting) MUST_CHECK;
void front_waiting_done(struct front_waiting *waiting);

void front_waiting_set(struct front_waiting *waiting, enum front_lack lack, bool lacking);
bool front_waiting_lacks(const struct front_waiting *waiting, enum front_lack lack);
/* Nothing that stops every request is lacking. */
bool front_waiting_is_serving(const struct front_waiting *waiting);
/* Why nothing can be issued now; REFUSAL_NONE when it can. */
enum refusal front_waiting_issuance(const struct front_waiting *waiting);
/* Text of the first thing lacking, NULL when nothing is; borrowed for ever. */
const char *front_waiting_text(const struct front_waiting *waiting);
const char *front_lack_text(enum front_lack lack);
const char *front_lack_name(enum front_lack lack); /* "signer_kind" */

/*
 * Whether database and signer, as far as they have answered, name the programme's end that stands
 * in the settings (P1); sets the lack CLOSING accordingly.
 */
void front_waiting_compare_closing(struct front_waiting *waiting);

/* The latest answers; all zero before the first. */
void front_waiting_system(struct front_waiting *waiting, struct store_system *ret_system);
void front_waiting_status(struct front_waiting *waiting, struct wire_status *ret_status);
