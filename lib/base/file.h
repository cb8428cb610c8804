/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whole files: read with a maximum, replaced so that nobody ever sees half of one.
 */
#pragma once

#include <sys/types.h>

#include "base/bytes.h"

#define FILE_ABSENT 1

/* Gives the content in `ret_content` (buffer_done() it). FILE_ABSENT; FAULT_LIMIT above `max`. */
int file_read(const char *path, size_t max, struct buffer *ret_content) MUST_CHECK;
/*
 * Temporary file beside it ("path.XXXXXX"), fsync, rename, fsync of the folder. `mode` is set
 * whatever the umask. A crash may leave the temporary file behind, never half of `path`.
 */
int file_replace(const char *path, struct bytes content, mode_t mode) MUST_CHECK;
#define FILE_EXISTS 2
/* The same for a file that must not be there yet: FILE_EXISTS, and that one is untouched. */
int file_create(const char *path, struct bytes content, mode_t mode) MUST_CHECK;
