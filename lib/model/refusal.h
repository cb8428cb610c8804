/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the service can refuse, and the verdicts made of it. Generated from refusal.def, the
 * only list: code, HTTP status, rule id, Japanese, English. Codes are never reused.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/cleanup.h"

enum refusal {
	REFUSAL_NONE = 0,
#define REFUSAL(name_, code_, status_, rule_, ja_, en_) REFUSAL_##name_,
#include "model/refusal.def"
#undef REFUSAL
	REFUSAL_COUNT
};

struct refusal_text {
	const char *code; /* stable, lower-case with '_', in the API and in metric labels */
	int status;       /* HTTP */
	const char *rule; /* ids of docs/rules.md, a space between; "" where none is meant */
	const char *ja;   /* one sentence for the clerk */
	const char *en;
};

#define REFUSAL_CODE_MAX 47 /* characters of a code */

/* Text of a refusal, which REFUSAL_NONE is not (assert). */
const struct refusal_text *refusal_text(enum refusal refusal);
#define REFUSAL_BAD 1
/* The refusal of a code, as another process names it; REFUSAL_BAD. */
int refusal_from_text(const char *code, enum refusal *ret_refusal) MUST_CHECK;

#define VERDICT_MAX 16 /* violations in one verdict; the rules of one act are fewer */
#define VIOLATION_FIELD_MAX 64

/* One thing that stands against an act. `field` is a JSON pointer into the request, or "". */
struct violation {
	enum refusal refusal;
	char field[VIOLATION_FIELD_MAX];
};

/* All violations at once (A11); none means allowed. */
struct verdict {
	size_t count;
	struct violation violations[VERDICT_MAX];
};

bool verdict_allows(const struct verdict *verdict);
/*
 * Adds one; beyond VERDICT_MAX it is dropped, the verdict refuses all the same. `field` is cut to
 * VIOLATION_FIELD_MAX - 1.
 */
void verdict_refuse(struct verdict *verdict, enum refusal refusal, const char *field);
bool verdict_has(const struct verdict *verdict, enum refusal refusal);
