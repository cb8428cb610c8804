/* SPDX-License-Identifier: Apache-2.0 */
/* crash-points-list: "<program> <point> <what is so at it>", a line each. */
#include <stdio.h>

static const struct {
	const char *program, *name, *what;
} rows[] = {
#define CRASH_POINT(program_, name_, text_, what_) { #program_, text_, what_ },
#include "crash_points.def"
#undef CRASH_POINT
};

int main(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		(void)printf("%s %s %s\n", rows[i].program, rows[i].name, rows[i].what);
	return 0;
}
