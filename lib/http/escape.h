/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Percent-decoding of paths and queries (RFC 3986, 2.1), strictly: what comes out is UTF-8 without
 * controls, so also without NUL. A '+' is a '+'. Touches memory only.
 */
#pragma once

#include "base/arena.h"

#define HTTP_ESCAPE_BAD 1 /* a broken escape, a control, raw or broken UTF-8 */

/* Gives the decoded, terminated text of `len` octets in the arena. */
int http_escape_decode(struct arena *arena, const char *text, size_t len, const char **ret_text)
	MUST_CHECK;
