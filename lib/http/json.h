/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON requests by field tables: unknown, repeated and missing members, wrong types, bad UTF-8,
 * NUL in strings, too deep nesting and out-of-range values are each refused with their own code
 * and the member's JSON pointer (RFC 6901). All violations at once where the syntax allows.
 * Touches memory only; never keeps the body's text anywhere but in the caller's struct.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "model/refusal.h"

#define HTTP_JSON_DEPTH_MAX 8 /* nesting of objects and arrays, the body's own object counted */

enum http_json_type {
	HTTP_JSON_TEXT,    /* char[max + 1]: 1 to max octets (0 when optional), no controls */
	HTTP_JSON_LINES,   /* char[max + 1]: as TEXT, line ends allowed (PEM) */
	HTTP_JSON_NUMBER,  /* int64_t from min to max, an integer */
	HTTP_JSON_BOOLEAN, /* bool */
	HTTP_JSON_WORD,    /* int: one of `words`, its value */
	HTTP_JSON_DATE,    /* struct date, "YYYY-MM-DD" */
	HTTP_JSON_INSTANT, /* int64_t, RFC 3339 */
	HTTP_JSON_OBJECT,  /* nested table, into the same struct */
};

struct http_json_word {
	const char *text;
	int value;
};

struct http_json_field {
	const char *name; /* a plain literal: no '~', no '/' */
	enum http_json_type type;
	bool required;
	size_t offset; /* of the value in the caller's struct */
	/* Of a bool set when the member was there, not the struct's first member; 0, -1: none. */
	ptrdiff_t given;
	/* Of a NUMBER; of a text, octets: `max` is needed, `min` may raise the least. */
	int64_t min, max;
	const struct http_json_word *words;   /* ends with a NULL text */
	const struct http_json_field *fields; /* of an object, ends with a NULL name */
};

#define HTTP_JSON_REFUSED 1
/*
 * Decodes an object of RFC 8259 into `ret_values`. `fields` ends with a NULL name; members that are
 * absent leave their values as they are. HTTP_JSON_REFUSED: `ret_verdict` holds at least one
 * violation, and what `ret_values` holds then means nothing. Otherwise the verdict allows.
 */
int http_json_decode(struct bytes body, const struct http_json_field *fields, void *ret_values,
	struct verdict *ret_verdict) MUST_CHECK;
