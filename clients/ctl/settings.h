/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The settings of hakkoctl. Data only.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/settings.h"

struct ctl_settings {
	const char *database; /* the owner's connection string */
	const char *url, *ca, *certificate, *key;
	const char *language; /* auto, ja, en */
	const char *rehearsal_clock;
	int64_t timeout_s;
};

#define CTL_SETTINGS_COUNT 8
extern const struct setting ctl_settings_table[CTL_SETTINGS_COUNT];
