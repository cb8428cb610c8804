/* SPDX-License-Identifier: Apache-2.0 */
#include "terminal/settings.h"

#define TEXT(member_, help_)                                                                       \
	{                                                                                          \
		.key = #member_, .type = SETTING_TEXT,                                             \
		.offset = offsetof(struct terminal_settings, member_), .fallback = "",             \
		.help = (help_)                                                                    \
	}
#define PATH(member_, help_)                                                                       \
	{                                                                                          \
		.key = #member_, .type = SETTING_PATH,                                             \
		.offset = offsetof(struct terminal_settings, member_), .fallback = "",             \
		.help = (help_)                                                                    \
	}
#define SECONDS(member_, fallback_, max_, help_)                                                   \
	{                                                                                          \
		.key = #member_, .type = SETTING_NUMBER,                                           \
		.offset = offsetof(struct terminal_settings, member_), .fallback = (fallback_),    \
		.min = 1, .max = (max_), .help = (help_)                                           \
	}

const struct setting terminal_settings_table[TERMINAL_SETTINGS_COUNT] = {
	TEXT(url, "the service: https://host:port"),
	PATH(ca, "PEM file of the CA of the service's TLS certificate"),
	PATH(certificate, "PEM file of this terminal's TLS certificate"),
	PATH(key, "PEM file of its private key"),
	TEXT(clerk, "who sits at the counter (L4)"),
	{ .key = "language",
		.type = SETTING_TEXT,
		.offset = offsetof(struct terminal_settings, language),
		.fallback = "auto",
		.max = 4,
		.help = "ja, en, or auto: by the environment" },
	SECONDS(patience_s, "120", 3600, "seconds that a step is asked again for"),
	SECONDS(timeout_s, "30", 600, "seconds that one attempt may take"),
};
