/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One value of a setting, between its text and its type. Touches memory only; settings.h is
 * what programs use.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/settings.h"

#define SETTING_NUMBER_SIZE 32 /* octets of any number, boolean or instant as text */

union setting_value {
	char *text; /* on the heap */
	int64_t number;
	bool boolean;
};

/* True when the value of a type is a text, which goes with free(). */
bool setting_type_is_text(enum setting_type type);

#define SETTING_BAD 1
/* Reads `text` as the type of `row` says; SETTING_BAD with a borrowed reason in `ret_why`. */
int setting_value_from_text(const struct setting *row, const char *text,
	union setting_value *ret_value, const char **ret_why) MUST_CHECK;

/* The text of a value: borrowed from the value, or made in `out`. */
const char *setting_value_to_text(
	const struct setting *row, const union setting_value *value, char out[SETTING_NUMBER_SIZE]);
