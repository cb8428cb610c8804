/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The settings of hakko-terminal. Data only.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/settings.h"

struct terminal_settings {
	const char *url, *ca, *certificate, *key;
	const char *clerk;    /* who sits at the counter (L4) */
	const char *language; /* auto, ja, en */
	int64_t patience_s;   /* all attempts of one step together */
	int64_t timeout_s;    /* one attempt */
};

#define TERMINAL_SETTINGS_COUNT 8
extern const struct setting terminal_settings_table[TERMINAL_SETTINGS_COUNT];
