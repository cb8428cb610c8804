/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One line an event: the event's name first, then key=value. For programs; rooms do not log.
 * Goes to the journal when systemd reads stderr (with PRIORITY and fields), else to stderr.
 * Never give it personal data, keys, CSRs, passwords (L5).
 */
#pragma once

#include "base/cleanup.h"

#define LOG_LINE_MAX 2048 /* octets of a line, the rest is cut */

/* The journal's priorities. */
enum log_level {
	LOG_LEVEL_ERROR = 3,
	LOG_LEVEL_WARNING = 4,
	LOG_LEVEL_NOTICE = 5,
	LOG_LEVEL_INFO = 6,
};

/* The program's name, borrowed for ever; call once at start. */
void log_open(const char *program);
/*
 * `event` is lower-case words with '-'; the format gives "key=value key=\"two words\"", or "".
 * Controls become '?'. In the journal each key is a field as well: HAKKO_EVENT, HAKKO_KEY.
 */
void log_event(enum log_level level, const char *event, const char *format, ...) PRINTF_LIKE(3, 4);
/* Logs this thread's latest fault with its trace, and forgets it. */
void log_fault(const char *event, int fault);
