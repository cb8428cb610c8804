/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/settings.h"

#define TEXT(member_, help_)                                                                       \
	{                                                                                          \
		.key = #member_, .type = SETTING_TEXT,                                             \
		.offset = offsetof(struct ctl_settings, member_), .fallback = "", .help = (help_)  \
	}
#define PATH(member_, help_)                                                                       \
	{                                                                                          \
		.key = #member_, .type = SETTING_PATH,                                             \
		.offset = offsetof(struct ctl_settings, member_), .fallback = "", .help = (help_)  \
	}

const struct setting ctl_settings_table[CTL_SETTINGS_COUNT] = {
	TEXT(database, "connection string of the database's owner, without a password"),
	TEXT(url, "the service: https://host:port"),
	PATH(ca, "PEM file of the CA of the service's TLS certificate"),
	PATH(certificate, "PEM file of this person's TLS certificate"),
	PATH(key, "PEM file of its private key"),
	{ .key = "language",
		.type = SETTING_TEXT,
		.offset = offsetof(struct ctl_settings, language),
		.fallback = "auto",
		.max = 4,
		.help = "ja, en, or auto: by the environment" },
	PATH(rehearsal_clock, "the rehearsal's clock file, for the rehearsal commands"),
	{ .key = "timeout_s",
		.type = SETTING_NUMBER,
		.offset = offsetof(struct ctl_settings, timeout_s),
		.fallback = "30",
		.min = 1,
		.max = 600,
		.help = "seconds that a request or a transaction may take" },
};
