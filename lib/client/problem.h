/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Refusals as a person reads them. Writes to the given stream only.
 */
#pragma once

#include <stdio.h>

#include "client/answer.h"

/*
 * Prints a problem document (RFC 9457) in the answer's language: status and title, then one line
 * a violation: its sentence, then [rules, code, field]. An answer that is none prints its status.
 */
void client_problem_print(const struct client_answer *answer, FILE *out);
/* Prints text that came from elsewhere; a control becomes '?', a terminal obeys nothing. */
void client_problem_text(const char *text, FILE *out);
