/* SPDX-License-Identifier: Apache-2.0 */
#include "client/language.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

static const char *locale_of_environment(void)
{
	static const char *const names[] = { "LC_ALL", "LC_MESSAGES", "LANG", NULL };
	for (size_t i = 0; names[i] != NULL; i++) {
		const char *value = getenv(names[i]);
		if (value != NULL && *value != '\0')
			return value;
	}
	return "";
}

bool client_language_is_japanese(const char *setting)
{
	if (strcmp(setting, "auto") == 0)
		setting = locale_of_environment();
	return strncmp(setting, "ja", 2) == 0;
}

const char *client_language(const char *setting)
{
	return client_language_is_japanese(setting) ? "ja" : "en";
}
