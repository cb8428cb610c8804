/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Texts that go into certificates: UTF-8 in its shortest form and nothing a printer obeys. Inside the
 * room only. Which characters a person's items may hold is policy's, not judged here.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Counts the characters of a text; false when it is not UTF-8 or holds a control (C0, DEL, C1). */
bool pki_text_characters(const char *text, size_t *ret_count);
/* Whether `text` is an absolute http URI in ASCII without white space, quotes or angle brackets. */
bool pki_text_is_uri(const char *text);
