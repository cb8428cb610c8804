/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The journal's bodies: one file a month of UTC, "bodies-YYYY-MM", appended to. These files hold
 * the personal data; one can be deleted when all of it is past L1. Touches the files in the folder it is given.
 */
#pragma once

#include <stdbool.h>

#include "base/bytes.h"

#define SIGNER_SEGMENT_NAME_SIZE 16 /* "bodies-2015-12" with terminator */

/* YYYYMM of an instant, in UTC. */
uint32_t signer_segment_of(int64_t stamped_at);
void signer_segment_name(uint32_t segment, char out[SIGNER_SEGMENT_NAME_SIZE]);
#define SIGNER_SEGMENT_BAD 1 /* no name of a segment */
int signer_segment_from_name(const char *name, uint32_t *ret_segment) MUST_CHECK;

#define SIGNER_SEGMENT_ABSENT 2
/* Opens a segment; `writable` for the current one. SIGNER_SEGMENT_ABSENT. */
int signer_segment_open(int folder_fd, uint32_t segment, bool writable, int *ret_fd) MUST_CHECK;
/* Makes a segment that must not be there, and its entry in the folder durable. */
int signer_segment_create(int folder_fd, uint32_t segment, int *ret_fd) MUST_CHECK;

#define SIGNER_SEGMENT_SHORT 3 /* the file ends before */
/* Whole reads and writes at a place, whatever the interruptions. */
int signer_segment_read(int fd, uint64_t offset, uint8_t *out, size_t len) MUST_CHECK;
int signer_segment_write(int fd, uint64_t offset, struct bytes octets) MUST_CHECK;
/* fdatasync(); FAULT_IO. The descriptor must not be used after a fault: the kernel may have dropped the pages. */
int signer_segment_sync(int fd) MUST_CHECK;
