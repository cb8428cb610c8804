/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Prints the manual's table of refusals, docs/refusals.md, from lib/model/refusal.def.
 */
#include <stdio.h>

#include "model/refusal.h"

static const char head[] =
	"# What the service refuses\n"
	"\n"
	"Made from `lib/model/refusal.def` by `tests/golden/refusals.c`; a test compares. The rules are\n"
	"in [rules.md](rules.md). Codes are stable and never used for anything else.\n"
	"\n"
	"| status | meaning |\n"
	"|---|---|\n"
	"| 400 | the request cannot be read |\n"
	"| 403 | the client may not |\n"
	"| 404 | it is not there, or not for this client |\n"
	"| 409 | the state of the programme, an application or a certificate stands against it |\n"
	"| 422 | what was brought or sent does not meet a requirement |\n"
	"| 503 | not now: the same request may be sent again, nothing is lost |\n"
	"\n"
	"| code | status | rules | what the clerk reads |\n"
	"|---|---|---|---|\n";

int main(void)
{
	fputs(head, stdout);
	for (enum refusal i = REFUSAL_NONE + 1; i < REFUSAL_COUNT; i++) {
		const struct refusal_text *text = refusal_text(i);

		printf("| `%s` | %d | %s | %s<br>%s |\n", text->code, text->status, text->rule,
			text->ja, text->en);
	}
	return 0;
}
