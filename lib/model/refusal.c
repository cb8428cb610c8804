/* SPDX-License-Identifier: Apache-2.0 */
#include "model/refusal.h"

#include <assert.h>
#include <string.h>

static const struct refusal_text texts[REFUSAL_COUNT] = {
	[REFUSAL_NONE] = { "", 200, "", "", "" },
#define REFUSAL(name_, code_, status_, rule_, ja_, en_)                                            \
	[REFUSAL_##name_] = { code_, status_, rule_, ja_, en_ },
#include "model/refusal.def"
#undef REFUSAL
};

const struct refusal_text *refusal_text(enum refusal refusal)
{
	assert(refusal > REFUSAL_NONE && refusal < REFUSAL_COUNT);
	return &texts[refusal];
}

int refusal_from_text(const char *code, enum refusal *ret_refusal)
{
	for (size_t i = REFUSAL_NONE + 1; i < REFUSAL_COUNT; i++) {
		if (strcmp(code, texts[i].code) == 0) {
			*ret_refusal = (enum refusal)i;
			return 0;
		}
	}
	return REFUSAL_BAD;
}

bool verdict_allows(const struct verdict *verdict)
{
	return verdict->count == 0;
}

void verdict_refuse(struct verdict *verdict, enum refusal refusal, const char *field)
{
	struct violation *violation;
	size_t len = strlen(field);

	assert(refusal > REFUSAL_NONE && refusal < REFUSAL_COUNT);
	if (verdict->count == VERDICT_MAX)
		return;
	if (len > VIOLATION_FIELD_MAX - 1)
		len = VIOLATION_FIELD_MAX - 1;
	violation = &verdict->violations[verdict->count++];
	violation->refusal = refusal;
	memcpy(violation->field, field, len);
	violation->field[len] = '\0';
}

bool verdict_has(const struct verdict *verdict, enum refusal refusal)
{
	for (size_t i = 0; i < verdict->count; i++) {
		if (verdict->violations[i].refusal == refusal)
			return true;
	}
	return false;
}
