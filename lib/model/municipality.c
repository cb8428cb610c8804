/* SPDX-License-Identifier: Apache-2.0 */
#include "model/municipality.h"

#include "model/names.h"

static const char *const roles[] = {
	[CLIENT_TERMINAL] = "terminal",
	[CLIENT_REGISTRY] = "registry",
	[CLIENT_OPERATOR] = "operator",
	[CLIENT_AUDITOR] = "auditor",
	[CLIENT_VERIFIER] = "verifier",
};

const char *client_role_name(enum client_role role)
{
	return names_at(roles, LENGTH_OF(roles), role);
}

int client_role_from_text(const char *text, enum client_role *ret_role)
{
	size_t index;

	if (names_find(roles, LENGTH_OF(roles), text, &index) != 0)
		return CLIENT_ROLE_BAD;
	*ret_role = (enum client_role)index;
	return 0;
}
