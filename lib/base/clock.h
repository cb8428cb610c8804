/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The service's clock and deadlines. The service's clock is CLOCK_REALTIME, in a rehearsal plus
 * the offset of the rehearsal's clock file (mapped, so a change is seen at once). Only the
 * owner of a rehearsal CA certificate opens such a file: see pki/ca.h. TLS peers and deadlines
 * never use it: they go by the real clock and by CLOCK_BOOTTIME.
 */
#pragma once

#include <stdint.h>

#include "base/cleanup.h"

struct clock {
	const struct clock_file *file; /* NULL: the real clock */
};

#define CLOCK_FILE_MAGIC "hakkoclk" /* then int64, little-endian: offset in microseconds */
#define CLOCK_FILE_LEN 16
#define CLOCK_OFFSET_MAX (INT64_C(400) * 366 * 86400 * 1000000) /* microseconds, either way */

/* The real clock; needs no close. */
struct clock clock_real(void);
/* Maps the rehearsal's clock file read-only; FAULT_SETTINGS when it is not one. */
int clock_rehearsal_open(const char *path, struct clock *ret_clock) MUST_CHECK;
void clock_done(struct clock *clock);
/*
 * Makes the file (0644) or changes its offset in place, so that open maps see it, whole.
 * FAULT_SETTINGS when it is another file, FAULT_LIMIT beyond CLOCK_OFFSET_MAX.
 */
int clock_rehearsal_write(const char *path, int64_t offset_us) MUST_CHECK;
int64_t clock_rehearsal_offset_us(const struct clock *clock);

/* Microseconds since 1970, by the service's clock. */
int64_t clock_now_at(const struct clock *clock);
/* The same by CLOCK_REALTIME, for TLS peers. */
int64_t clock_real_now_at(void);

/* A point of CLOCK_MONOTONIC by which a blocking call must have ended. */
struct deadline {
	int64_t monotonic_us;
};

struct deadline deadline_after_ms(int64_t ms);
struct deadline deadline_sooner(struct deadline a, struct deadline b);
/* Milliseconds left, rounded up, 0 when it has passed; for poll(). */
int deadline_left_ms(struct deadline deadline) MUST_CHECK;
int64_t monotonic_us(void);
