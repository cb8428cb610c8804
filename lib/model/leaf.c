/* SPDX-License-Identifier: Apache-2.0 */
#include "model/leaf.h"

#include "model/names.h"

static const char *const kinds[] = {
	[LEAF_ISSUANCE] = "issuance",
	[LEAF_DELIVERY] = "delivery",
	[LEAF_REVOCATION] = "revocation",
	[LEAF_CRL] = "crl",
	[LEAF_ABANDONMENT] = "abandonment",
	[LEAF_CLOCK] = "clock",
	[LEAF_CLIENT] = "client",
	[LEAF_CA] = "ca",
};

const char *leaf_kind_name(enum leaf_kind kind)
{
	return names_at(kinds, LENGTH_OF(kinds), kind);
}

int leaf_kind_from_text(const char *text, enum leaf_kind *ret_kind)
{
	size_t index;

	if (names_find(kinds, LENGTH_OF(kinds), text, &index) != 0)
		return LEAF_KIND_BAD;
	*ret_kind = (enum leaf_kind)index;
	return 0;
}
