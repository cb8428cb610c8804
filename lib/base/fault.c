/* SPDX-License-Identifier: Apache-2.0 */
#include "base/fault.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct frame {
	const char *function; /* a literal of the compiler's, lives for ever */
	int line;
};

static _Thread_local struct {
	char text[FAULT_TEXT_MAX];
	struct frame trace[FAULT_TRACE_MAX];
	size_t trace_len;
} latest;

static const char *const kind_names[] = {
	[FAULT_MEMORY] = "memory",
	[FAULT_IO] = "io",
	[FAULT_CRYPTO] = "crypto",
	[FAULT_DATABASE] = "database",
	[FAULT_UNAVAILABLE] = "unavailable",
	[FAULT_TIMEOUT] = "timeout",
	[FAULT_PROTOCOL] = "protocol",
	[FAULT_SETTINGS] = "settings",
	[FAULT_STATE] = "state",
	[FAULT_LIMIT] = "limit",
};

static void trace_add(const char *function, int line)
{
	if (latest.trace_len == FAULT_TRACE_MAX)
		return;
	latest.trace[latest.trace_len++] = (struct frame){ function, line };
}

void fault_raise(const char *function, int line, enum fault_kind kind, const char *format, ...)
{
	assert(kind >= FAULT_MEMORY && kind <= FAULT_LIMIT);

	/* The arguments may borrow the old text, so the new one is made beside it. */
	char text[FAULT_TEXT_MAX];
	va_list args;
	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);

	memcpy(latest.text, text, sizeof(text));
	latest.trace_len = 0;
	trace_add(function, line);
}

void fault_frame(const char *function, int line, int fault)
{
	assert(fault < 0);
	trace_add(function, line);
}

enum fault_kind fault_kind(int fault)
{
	assert(fault <= -FAULT_MEMORY && fault >= -FAULT_LIMIT);
	return (enum fault_kind) - fault;
}

const char *fault_kind_name(enum fault_kind kind)
{
	assert(kind >= FAULT_MEMORY && kind <= FAULT_LIMIT);
	return kind_names[kind];
}

const char *fault_text(void)
{
	return latest.text;
}

/* Appends to `out` from `*len` on, cutting at `size`. */
PRINTF_LIKE(4, 5)
static void append(char *out, size_t size, size_t *len, const char *format, ...)
{
	if (*len >= size)
		return;
	va_list args;
	va_start(args, format);
	int written = vsnprintf(out + *len, size - *len, format, args);
	va_end(args);
	*len = written < 0 ? size : *len + (size_t)written;
}

const char *fault_describe(char *out, size_t size)
{
	assert(size > 0);
	size_t len = 0;
	out[0] = '\0';
	append(out, size, &len, "%s", latest.text);
	for (size_t i = 0; i < latest.trace_len; i++)
		append(out, size, &len, "%s%s:%d", i == 0 ? " (" : " < ", latest.trace[i].function,
			latest.trace[i].line);
	if (latest.trace_len > 0)
		append(out, size, &len, ")");
	return out;
}

void fault_clear(void)
{
	latest.text[0] = '\0';
	latest.trace_len = 0;
}
