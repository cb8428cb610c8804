/* SPDX-License-Identifier: Apache-2.0 */
#include "terminal/password.h"

#include "base/fault.h"

bool terminal_password_check(struct bytes password)
{
	if (password.len < TERMINAL_PASSWORD_MIN || password.len > TERMINAL_PASSWORD_MAX)
		return false;
	for (size_t i = 0; i < password.len; i++) {
		uint8_t at = password.data[i];
		if (!(at >= 'A' && at <= 'Z') && !(at >= '0' && at <= '9'))
			return false;
	}
	return true;
}

int terminal_password_load(const char *path, struct secret *ret_password)
{
	SECRET_CLEANUP struct secret password = { NULL, 0, 0 };
	int r = secret_load(&password, path, true);
	if (r < 0)
		return fault_trace(r);
	if (!terminal_password_check((struct bytes){ password.data, password.len }))
		return TERMINAL_PASSWORD_BAD;
	*ret_password = password;
	password = (struct secret){ NULL, 0, 0 };
	return 0;
}
