/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which language a program speaks. Reads the environment, never writes.
 */
#pragma once

#include <stdbool.h>

/*
 * "ja" or "en": the setting's word where it is one of them; "auto" goes by LC_ALL, LC_MESSAGES,
 * LANG (the first that is set), and is English unless that begins with "ja".
 */
const char *client_language(const char *setting);
bool client_language_is_japanese(const char *setting);
