/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the terminal tells its clerk, in Japanese or English, one line a step. Never a password,
 * never personal data.
 */
#pragma once

#include "client/command.h"

/* Each has its two sentences in say.c. */
enum terminal_line {
	TERMINAL_REHEARSAL,
	TERMINAL_OPENED,
	TERMINAL_CARRIED_ON,
	TERMINAL_STATE,
	TERMINAL_NEXT,
	TERMINAL_MINUTES,
	TERMINAL_WARNING,
	TERMINAL_LEFT,
	TERMINAL_FEE,
	TERMINAL_KEY_MADE,
	TERMINAL_KEY_FOUND,
	TERMINAL_ISSUED,
	TERMINAL_NOT_AFTER,
	TERMINAL_WRITTEN,
	TERMINAL_DELIVERED,
	TERMINAL_REVOKED,
	TERMINAL_WAITING,
	TERMINAL_BUSY,
	TERMINAL_MAY_BE_OPEN,
	TERMINAL_PASSWORD_BAD_LINE,
	TERMINAL_KEY_THERE_LINE,
	TERMINAL_CERTIFICATE_FOREIGN,
	TERMINAL_BROKE_OFF,
	TERMINAL_LINES,
};

/* "label: value" to call->out; an empty value prints the label alone. */
void terminal_say(const struct client_call *call, enum terminal_line line, const char *value);
/* The same to call->err. */
void terminal_say_aside(const struct client_call *call, enum terminal_line line, const char *value);
