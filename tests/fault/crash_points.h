/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Crash points: at each the process says where it is and waits until it may go on. Without
 * $HAKKO_CRASH_CONTROL they do nothing. Linked into test programs only.
 */
#pragma once

enum crash_point {
#define CRASH_POINT(program_, name_, text_, what_) CRASH_##name_,
#include "crash_points.def"
#undef CRASH_POINT
	CRASH_POINT_COUNT
};

/*
 * Connects to the Unix socket that $HAKKO_CRASH_CONTROL names, writes "<point> <pid>\n", and returns
 * when one line was answered or the other side is gone. Nothing of the caller's errno changes.
 */
void crash_point_reach(enum crash_point point);
