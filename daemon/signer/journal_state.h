/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an open journal is made of; between journal.c, which goes on with it, and recover.c, which
 * opens it. Nobody else looks inside.
 */
#pragma once

#include "signer/journal.h"
#include "signer/segment.h"

/*
 * At most so many records are not yet durable at a time: that bounds what a crash can tear, and
 * so what is looked at, and may be cut off, at the next start.
 */
#define SIGNER_UNSYNCED_MAX 4096

struct signer_journal {
	int folder_fd; /* locked */
	int chain_fd;
	int segment_fd;   /* current segment, -1 before the first body */
	uint32_t segment; /* its month, 0 none */
	int old_fd;       /* the segment read last, -1 none */
	uint32_t old_segment;
	uint8_t signer[SIGNER_ID_LEN];
	struct signer_record last;       /* last appended */
	struct journal_place durable;    /* last synced */
	struct buffer chain;             /* headers appended, not yet written */
	struct buffer bodies;            /* bodies of them */
	uint64_t written_len;            /* octets of the current segment that are written */
	bool segment_dirty, chain_dirty; /* written, not yet synced */
	bool has_failed;
};

#define SIGNER_CHAIN_NAME "chain"
