/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Faults: what goes wrong although nobody did anything wrong. Every int function of hakko
 * answers 0 (did what it says), > 0 (an outcome its header names, the caller must handle it) or
 * < 0 (a fault, passed up unchanged). The text and the trace of the latest fault stand in
 * storage of the thread; a program prints them once, where it gives up. Never logs, never exits.
 *
 *	int r = file_read(path, MAX, &text);
 *	if (r < 0)
 *		return fault_trace(r);
 */
#pragma once

#include <stddef.h>

#include "base/cleanup.h"

enum fault_kind {
	FAULT_MEMORY = 1,  /* an allocation failed */
	FAULT_IO,          /* a system call failed */
	FAULT_CRYPTO,      /* OpenSSL failed where valid input cannot make it fail */
	FAULT_DATABASE,    /* PostgreSQL answered an error nobody expected */
	FAULT_UNAVAILABLE, /* the other side (database, signer) cannot be reached or went away */
	FAULT_TIMEOUT,     /* a deadline passed */
	FAULT_PROTOCOL,    /* the other side sent what it must not send */
	FAULT_SETTINGS,    /* a settings file, argument or credential cannot be used */
	FAULT_STATE,       /* stored state contradicts itself, or was restored: needs a person */
	FAULT_LIMIT,       /* a named maximum was exceeded by our own side */
};

#define FAULT_TEXT_MAX 512 /* octets of text kept, the rest is cut */
#define FAULT_TRACE_MAX 16 /* frames kept, later ones are dropped */

/*
 * Starts a fault of `kind`, replacing the thread's latest. Never put personal data in it (L5).
 * The value is computed here, so that the compiler knows that it is negative.
 */
#define fault_new(kind_, ...) (fault_raise(__func__, __LINE__, (kind_), __VA_ARGS__), -(int)(kind_))

/* Adds the calling function to the trace and answers the fault unchanged. */
#define fault_trace(fault_) fault_pass(__func__, __LINE__, (fault_))

void fault_raise(const char *function, int line, enum fault_kind kind, const char *format, ...)
	PRINTF_LIKE(4, 5);
void fault_frame(const char *function, int line, int fault);
MUST_CHECK static inline int fault_pass(const char *function, int line, int fault)
{
	fault_frame(function, line, fault);
	return fault;
}

/* Kind of a fault code (which is < 0). */
enum fault_kind fault_kind(int fault);

/* Short stable name of a kind ("memory", "database"…), for metric labels and logs. */
const char *fault_kind_name(enum fault_kind kind);

/* Text of this thread's latest fault, "" if there was none; borrowed until the next fault. */
const char *fault_text(void);

/* Writes "text (function:line < function:line …)", cut to `size`; answers `out`. */
const char *fault_describe(char *out, size_t size);

/* Forgets this thread's latest fault. */
void fault_clear(void);
