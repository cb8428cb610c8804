/* SPDX-License-Identifier: Apache-2.0 */
#include "signer/recover.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fault.h"

#define CHAIN_MODE 0600
#define CHAIN_NEW SIGNER_CHAIN_NAME ".new" /* becomes the chain when its first record is durable */

/* Octets of bodies that a crash can leave without their records. */
#define TORN_BODIES_MAX ((int64_t)(SIGNER_UNSYNCED_MAX + 1) * SIGNER_BODY_MAX)

CLEANUP_DEFINE(folder_done, DIR, (void)closedir)

static void fd_done(const int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
}

/* Calls `visit` with each name in the folder but its own two. */
static int folder_walk(
	int folder_fd, int (*visit)(int folder_fd, const char *name, void *context), void *context)
{
	int fd = openat(folder_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CLEANUP(folder_done) DIR *folder = fd < 0 ? NULL : fdopendir(fd);
	if (folder == NULL)
		return fault_new(FAULT_IO, "the journal's folder: %s", strerrordesc_np(errno));
	for (;;) {
		errno = 0;
		const struct dirent *entry = readdir(folder);
		if (entry == NULL)
			break;
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		int r = visit(folder_fd, entry->d_name, context);
		if (r < 0)
			return fault_trace(r);
	}
	if (errno != 0)
		return fault_new(FAULT_IO, "the journal's folder: %s", strerrordesc_np(errno));
	return 0;
}

/* A folder that holds anything is no place for a new journal: its chain may just be gone. */
static int refuse_content(int folder_fd, const char *name, void *context)
{
	(void)folder_fd;
	(void)context;
	if (strcmp(name, CHAIN_NEW) == 0 || strcmp(name, "lost+found") == 0)
		return 0;
	return fault_new(FAULT_STATE, "journal: no chain, but the folder holds %s", name);
}

/* The first record; it has no body. */
static int genesis(const struct digest *ca_key, int64_t now_at, uint8_t out[SIGNER_RECORD_LEN])
{
	struct signer_record record = {
		.position = 1,
		.kind = JOURNAL_GENESIS,
		.stamped_at = now_at,
		.body = *ca_key,
	};
	int r = random_fill(record.id, sizeof(record.id));
	if (r < 0)
		return fault_trace(r);
	r = signer_record_encode(&record, out);
	return r < 0 ? fault_trace(r) : 0;
}

int signer_recover_create(int folder_fd, const struct digest *ca_key, int64_t now_at)
{
	int r = folder_walk(folder_fd, refuse_content, NULL);
	if (r < 0)
		return fault_trace(r);
	uint8_t header[SIGNER_RECORD_LEN];
	r = genesis(ca_key, now_at, header);
	if (r < 0)
		return fault_trace(r);

	__attribute__((cleanup(fd_done))) int fd = openat(folder_fd, CHAIN_NEW,
		O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, CHAIN_MODE);
	if (fd < 0)
		return fault_new(FAULT_IO, "journal: %s", strerrordesc_np(errno));
	r = signer_segment_write(fd, 0, BYTES(header));
	if (r < 0)
		return fault_trace(r);
	if (fsync(fd) != 0 || renameat(folder_fd, CHAIN_NEW, folder_fd, SIGNER_CHAIN_NAME) != 0 ||
		fsync(folder_fd) != 0)
		return fault_new(FAULT_IO, "journal: %s", strerrordesc_np(errno));
	return 0;
}

/* The end of the chain: the only part of it that a crash can have torn. */
struct tail {
	int64_t first;   /* position of records[0] */
	size_t count;    /* whole headers from there to the end of the file */
	bool torn;       /* octets beyond them */
	int64_t durable; /* highest position that any of them knows to be durable */
	struct signer_record *records;
	bool *valid; /* in themselves */
};

static void tail_done(struct tail *tail)
{
	free(tail->records);
	free(tail->valid);
}

/* Decodes the headers read; what does not decode is not valid, that is no fault yet. */
static int tail_decode(struct tail *tail, const uint8_t *headers)
{
	for (size_t i = 0; i < tail->count; i++) {
		struct signer_record *record = &tail->records[i];
		int r = signer_record_decode(headers + i * SIGNER_RECORD_LEN, record);
		if (r < 0)
			return fault_trace(r);
		tail->valid[i] = r == 0 && record->position == tail->first + (int64_t)i;
		if (tail->valid[i] && record->durable > tail->durable)
			tail->durable = record->durable;
	}
	return 0;
}

static int tail_read(const struct signer_journal *journal, struct tail *tail)
{
	struct stat status;
	if (fstat(journal->chain_fd, &status) != 0)
		return fault_new(FAULT_IO, "journal: %s", strerrordesc_np(errno));
	int64_t total = status.st_size / SIGNER_RECORD_LEN;
	if (total == 0)
		return fault_new(FAULT_STATE, "journal: the chain has no first record");
	tail->torn = status.st_size % SIGNER_RECORD_LEN != 0;
	/* One more than can be torn: the first is the durable record that the rest hangs on. */
	tail->first = total > SIGNER_UNSYNCED_MAX + 1 ? total - SIGNER_UNSYNCED_MAX : 1;
	tail->count = (size_t)(total - tail->first + 1);
	tail->records = calloc(tail->count, sizeof(*tail->records));
	tail->valid = calloc(tail->count, sizeof(*tail->valid));
	if (tail->records == NULL || tail->valid == NULL)
		return fault_new(FAULT_MEMORY, "no memory for the journal's end");

	BUFFER_CLEANUP struct buffer octets = BUFFER(tail->count * SIGNER_RECORD_LEN);
	uint8_t *headers;
	int r = buffer_extend(&octets, octets.max, &headers);
	if (r < 0)
		return fault_trace(r);
	r = signer_segment_read(journal->chain_fd, (uint64_t)(tail->first - 1) * SIGNER_RECORD_LEN,
		headers, octets.max);
	if (r != 0)
		return r < 0 ? fault_trace(r) : fault_new(FAULT_IO, "journal: the chain shrank");
	r = tail_decode(tail, headers);
	return r < 0 ? fault_trace(r) : 0;
}

#define TAIL_BROKEN 1

/* Whether the body is what the header says; one that was erased is not looked for. TAIL_BROKEN. */
static int body_check(struct signer_journal *journal, const struct signer_record *record)
{
	BUFFER_CLEANUP struct buffer body = BUFFER(SIGNER_BODY_MAX);
	int r = signer_journal_read_body(journal, record, &body);
	if (r < 0 && fault_kind(r) == FAULT_STATE) {
		fault_clear();
		return TAIL_BROKEN;
	}
	return r < 0 ? fault_trace(r) : 0;
}

/* How many records from the tail's first on verify: hash, predecessor, body. */
static int tail_verify(struct signer_journal *journal, const struct tail *tail, size_t *ret_count)
{
	size_t i = 0;
	for (; i < tail->count; i++) {
		const struct signer_record *record = &tail->records[i];
		if (!tail->valid[i])
			break;
		if (i > 0 &&
			(!digest_equal(&record->previous, &tail->records[i - 1].hash) ||
				record->stamped_at < tail->records[i - 1].stamped_at))
			break;
		int r = body_check(journal, record);
		if (r < 0)
			return fault_trace(r);
		if (r == TAIL_BROKEN)
			break;
	}
	*ret_count = i;
	return 0;
}

/* Bodies of a month after the last record's are what a crash left, unless they are too many. */
static int remove_later_segment(int folder_fd, const char *name, void *context)
{
	const struct signer_record *last = context;
	uint32_t segment;
	struct stat status;
	if (signer_segment_from_name(name, &segment) != 0 || segment <= last->segment)
		return 0;
	if (fstatat(folder_fd, name, &status, AT_SYMLINK_NOFOLLOW) != 0)
		return fault_new(FAULT_IO, "%s: %s", name, strerrordesc_np(errno));
	if (status.st_size > TORN_BODIES_MAX)
		return fault_new(FAULT_STATE, "journal: %s holds bodies without records", name);
	if (unlinkat(folder_fd, name, 0) != 0)
		return fault_new(FAULT_IO, "%s: %s", name, strerrordesc_np(errno));
	return 0;
}

/* Opens the last record's segment and cuts off what lies beyond its last body. */
static int open_segment(struct signer_journal *journal, int64_t now_at)
{
	const struct signer_record *last = &journal->last;
	if (last->segment == 0)
		return 0;
	int fd;
	int r = signer_segment_open(journal->folder_fd, last->segment, true, &fd);
	if (r < 0)
		return fault_trace(r);
	journal->segment = last->segment;
	if (r == SIGNER_SEGMENT_ABSENT && signer_segment_of(now_at) > last->segment)
		return 0; /* erased: nothing is appended to it any more */
	if (r == SIGNER_SEGMENT_ABSENT)
		return fault_new(FAULT_STATE, "journal: this month's bodies are gone");
	journal->segment_fd = fd;
	journal->written_len = last->body_offset + last->body_len;

	struct stat status;
	if (fstat(fd, &status) != 0)
		return fault_new(FAULT_IO, "journal: %s", strerrordesc_np(errno));
	int64_t beyond = status.st_size - (int64_t)journal->written_len;
	if (beyond < 0 || beyond > TORN_BODIES_MAX)
		return fault_new(FAULT_STATE, "journal: bodies and records do not belong together");
	if (beyond > 0 && ftruncate(fd, (off_t)journal->written_len) != 0)
		return fault_new(FAULT_IO, "journal: %s", strerrordesc_np(errno));
	return 0;
}

/* What the kernel holds of it may not be on disk yet: the last process may have been killed. */
static int make_durable(struct signer_journal *journal)
{
	if (fsync(journal->chain_fd) != 0 ||
		(journal->segment_fd >= 0 && fsync(journal->segment_fd) != 0) ||
		fsync(journal->folder_fd) != 0)
		return fault_new(FAULT_IO, "syncing the journal: %s", strerrordesc_np(errno));
	journal->durable = (struct journal_place){ journal->last.position, journal->last.hash };
	return 0;
}

/* Judges the tail: the last record to keep, or FAULT_STATE. */
static int judge(
	struct signer_journal *journal, const struct tail *tail, struct signer_record *ret_last)
{
	size_t good;
	int r = tail_verify(journal, tail, &good);
	if (r < 0)
		return fault_trace(r);
	int64_t broken = tail->first + (int64_t)good;
	if (good == 0 || broken <= tail->durable)
		return fault_new(FAULT_STATE, "journal: record %lld is damaged", (long long)broken);
	*ret_last = tail->records[good - 1];
	return 0;
}

int signer_recover_tail(struct signer_journal *journal, int64_t now_at, int64_t *ret_cut)
{
	__attribute__((cleanup(tail_done))) struct tail tail = { 0 };
	int r = tail_read(journal, &tail);
	if (r < 0)
		return fault_trace(r);
	struct signer_record last;
	r = judge(journal, &tail, &last);
	if (r < 0)
		return fault_trace(r);
	journal->last = last;

	int64_t cut = tail.first + (int64_t)tail.count - 1 - last.position;
	if ((cut > 0 || tail.torn) &&
		ftruncate(journal->chain_fd, (off_t)(last.position * SIGNER_RECORD_LEN)) != 0)
		return fault_new(FAULT_IO, "journal: %s", strerrordesc_np(errno));
	r = folder_walk(journal->folder_fd, remove_later_segment, &last);
	if (r < 0)
		return fault_trace(r);
	r = open_segment(journal, now_at);
	if (r < 0)
		return fault_trace(r);
	r = make_durable(journal);
	if (r < 0)
		return fault_trace(r);
	*ret_cut = cut + (cut == 0 && tail.torn ? 1 : 0);
	return 0;
}
