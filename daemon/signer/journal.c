/* SPDX-License-Identifier: Apache-2.0 */
#include "signer/journal.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/log.h"
#include "signer/journal_state.h"
#include "signer/recover.h"

#define SCAN_RECORDS 512 /* records read at once */
#define GATHER_MAX 256   /* records gathered before they are written without being asked */

/* After a failure nobody knows what the disk holds: the journal is over (docs/journal.md). */
static int fail(struct signer_journal *journal, int fault)
{
	journal->has_failed = true;
	return fault_trace(fault);
}

static int check_alive(const struct signer_journal *journal)
{
	if (journal->has_failed)
		return fault_new(FAULT_STATE, "the journal has failed");
	return 0;
}

const uint8_t *signer_journal_id(const struct signer_journal *journal)
{
	return journal->signer;
}

const struct signer_record *signer_journal_last(const struct signer_journal *journal)
{
	return &journal->last;
}

struct journal_place signer_journal_head(const struct signer_journal *journal)
{
	return journal->durable;
}

bool signer_journal_is_durable(const struct signer_journal *journal)
{
	return journal->durable.position == journal->last.position;
}

int signer_journal_write(struct signer_journal *journal)
{
	int r = check_alive(journal);
	if (r < 0)
		return fault_trace(r);
	if (journal->bodies.len > 0) {
		r = signer_segment_write(
			journal->segment_fd, journal->written_len, buffer_bytes(&journal->bodies));
		if (r < 0)
			return fail(journal, r);
		journal->written_len += journal->bodies.len;
		journal->segment_dirty = true;
		buffer_clear(&journal->bodies);
	}
	if (journal->chain.len > 0) {
		uint64_t end = (uint64_t)journal->last.position * SIGNER_RECORD_LEN;
		r = signer_segment_write(
			journal->chain_fd, end - journal->chain.len, buffer_bytes(&journal->chain));
		if (r < 0)
			return fail(journal, r);
		journal->chain_dirty = true;
		buffer_clear(&journal->chain);
	}
	return 0;
}

int signer_journal_sync(struct signer_journal *journal)
{
	int r = signer_journal_write(journal);
	if (r < 0)
		return fault_trace(r);
	if (journal->segment_dirty) {
		r = signer_segment_sync(journal->segment_fd);
		if (r < 0)
			return fail(journal, r);
		journal->segment_dirty = false;
	}
	if (journal->chain_dirty) {
		r = signer_segment_sync(journal->chain_fd);
		if (r < 0)
			return fail(journal, r);
		journal->chain_dirty = false;
	}
	journal->durable = (struct journal_place){ journal->last.position, journal->last.hash };
	return 0;
}

/* A body of another month than the last: that segment is finished, the next begins. */
static int turn_segment(struct signer_journal *journal, uint32_t segment)
{
	assert(segment > journal->segment);
	int r = signer_journal_sync(journal);
	if (r < 0)
		return fault_trace(r);
	int fd;
	r = signer_segment_create(journal->folder_fd, segment, &fd);
	if (r < 0)
		return fail(journal, r);
	if (journal->segment_fd >= 0)
		(void)close(journal->segment_fd);
	journal->segment_fd = fd;
	journal->segment = segment;
	journal->written_len = 0;
	return 0;
}

/* Gathers the body with a salt of its own, and says in `record` where it will lie. */
static int gather_body(
	struct signer_journal *journal, struct bytes body, struct signer_record *record)
{
	uint32_t segment = signer_segment_of(record->stamped_at);
	if (segment != journal->segment) {
		int r = turn_segment(journal, segment);
		if (r < 0)
			return fault_trace(r);
	}
	uint8_t *place;
	size_t before = journal->bodies.len;
	int r = buffer_extend(&journal->bodies, SIGNER_SALT_LEN + body.len, &place);
	if (r < 0)
		return fault_trace(r);
	r = random_fill(place, SIGNER_SALT_LEN);
	if (r == 0) {
		memcpy(place + SIGNER_SALT_LEN, body.data, body.len);
		r = digest_of((struct bytes){ place, SIGNER_SALT_LEN + body.len }, &record->body);
	}
	if (r < 0) {
		journal->bodies.len = before;
		return fault_trace(r);
	}
	record->segment = segment;
	record->body_offset = journal->written_len + before;
	record->body_len = (uint32_t)(SIGNER_SALT_LEN + body.len);
	return 0;
}

/* The record of an entry, after the last one, without its body's place. */
static struct signer_record record_of(
	const struct signer_journal *journal, const struct signer_entry *entry)
{
	const struct signer_record *last = &journal->last;
	struct signer_record record = {
		.position = last->position + 1,
		.kind = entry->kind,
		.stamped_at = entry->stamped_at,
		.reservation = entry->reservation,
		.reserved_at = entry->reserved_at,
		.refers = entry->refers,
		.signed_at = entry->signed_at,
		.body = entry->digest,
		.segment = last->segment,
		.body_offset = last->body_offset + last->body_len,
		.durable = journal->durable.position,
		.acknowledged = last->acknowledged,
		.crl_number = last->crl_number,
		.crl_this_update_at = last->crl_this_update_at,
		.previous = last->hash,
	};
	memcpy(record.id, entry->id, sizeof(record.id));
	memcpy(record.key_tag, entry->key_tag, sizeof(record.key_tag));
	if (entry->kind == JOURNAL_ACKNOWLEDGED)
		record.acknowledged = entry->refers;
	if (entry->kind == JOURNAL_CRL) {
		record.crl_number = entry->crl_number;
		record.crl_this_update_at = entry->crl_this_update_at;
	}
	return record;
}

/* Keeps what is gathered, and what a crash could tear, within its bounds. */
static int make_room(struct signer_journal *journal)
{
	int r = 0;
	if (journal->last.position - journal->durable.position >= SIGNER_UNSYNCED_MAX)
		r = signer_journal_sync(journal);
	else if (journal->bodies.max - journal->bodies.len < SIGNER_BODY_MAX ||
		journal->chain.max - journal->chain.len < SIGNER_RECORD_LEN)
		r = signer_journal_write(journal);
	return r < 0 ? fault_trace(r) : 0;
}

int signer_journal_append(struct signer_journal *journal, const struct signer_entry *entry,
	struct journal_place *ret_place)
{
	assert(entry->stamped_at >= journal->last.stamped_at);
	assert(entry->signed_at <= entry->stamped_at);
	assert(entry->body.len <= SIGNER_BODY_MAX - SIGNER_SALT_LEN);
	int r = check_alive(journal);
	if (r < 0)
		return fault_trace(r);
	r = make_room(journal);
	if (r < 0)
		return fault_trace(r);

	struct signer_record record = record_of(journal, entry);
	if (entry->body.len > 0) {
		r = gather_body(journal, entry->body, &record);
		if (r < 0)
			return fail(journal, r);
		/* Turning to a new segment synced what was before. */
		record.durable = journal->durable.position;
	}
	uint8_t header[SIGNER_RECORD_LEN];
	r = signer_record_encode(&record, header);
	if (r < 0)
		return fail(journal, r);
	r = buffer_append(&journal->chain, BYTES(header));
	if (r < 0)
		return fail(journal, r);
	journal->last = record;
	*ret_place = (struct journal_place){ record.position, record.hash };
	return 0;
}

/* How many records the kernel has: those gathered cannot be read back yet. */
static int64_t written_count(const struct signer_journal *journal)
{
	return journal->last.position - (int64_t)(journal->chain.len / SIGNER_RECORD_LEN);
}

/* A header as it stands in the file at that position. */
static int decode_at(const uint8_t *header, int64_t position, struct signer_record *ret_record)
{
	struct signer_record record;
	int r = signer_record_decode(header, &record);
	if (r < 0)
		return fault_trace(r);
	if (r != 0 || record.position != position)
		return fault_new(
			FAULT_STATE, "journal: record %lld is damaged", (long long)position);
	*ret_record = record;
	return 0;
}

/* Reads `count` headers from `position` on. */
static int read_headers(
	struct signer_journal *journal, int64_t position, size_t count, uint8_t *out)
{
	int r = signer_segment_read(journal->chain_fd, (uint64_t)(position - 1) * SIGNER_RECORD_LEN,
		out, count * SIGNER_RECORD_LEN);
	if (r == SIGNER_SEGMENT_SHORT)
		return fault_new(FAULT_STATE, "journal: the chain became shorter");
	return r < 0 ? fault_trace(r) : 0;
}

int signer_journal_read(
	struct signer_journal *journal, int64_t position, struct signer_record *ret_record)
{
	if (position < 1 || position > written_count(journal))
		return JOURNAL_ABSENT;
	uint8_t header[SIGNER_RECORD_LEN];
	int r = read_headers(journal, position, 1, header);
	if (r < 0)
		return fault_trace(r);
	r = decode_at(header, position, ret_record);
	return r < 0 ? fault_trace(r) : 0;
}

/* A descriptor of the segment, the current one or one kept for the next read. */
static int segment_for_reading(struct signer_journal *journal, uint32_t segment, int *ret_fd)
{
	if (segment == journal->segment && journal->segment_fd >= 0) {
		*ret_fd = journal->segment_fd;
		return 0;
	}
	if (journal->old_fd < 0 || segment != journal->old_segment) {
		if (journal->old_fd >= 0)
			(void)close(journal->old_fd);
		journal->old_fd = -1;
		int fd;
		int r = signer_segment_open(journal->folder_fd, segment, false, &fd);
		if (r == SIGNER_SEGMENT_ABSENT)
			return JOURNAL_ABSENT;
		if (r < 0)
			return fault_trace(r);
		journal->old_fd = fd;
		journal->old_segment = segment;
	}
	*ret_fd = journal->old_fd;
	return 0;
}

int signer_journal_read_body(
	struct signer_journal *journal, const struct signer_record *record, struct buffer *ret_body)
{
	if (record->body_len <= SIGNER_SALT_LEN)
		return JOURNAL_ABSENT;
	int fd;
	int r = segment_for_reading(journal, record->segment, &fd);
	if (r != 0)
		return r < 0 ? fault_trace(r) : JOURNAL_ABSENT;

	uint8_t salted[SIGNER_BODY_MAX];
	struct digest digest = { { 0 } };
	r = signer_segment_read(fd, record->body_offset, salted, record->body_len);
	if (r < 0)
		return fault_trace(r);
	if (r == 0) {
		r = digest_of((struct bytes){ salted, record->body_len }, &digest);
		if (r < 0)
			return fault_trace(r);
	}
	if (r != 0 || !digest_equal(&digest, &record->body))
		return fault_new(FAULT_STATE, "journal: the body of record %lld is damaged",
			(long long)record->position);
	buffer_clear(ret_body);
	r = buffer_append(ret_body,
		(struct bytes){ salted + SIGNER_SALT_LEN, record->body_len - SIGNER_SALT_LEN });
	return r < 0 ? fault_trace(r) : 0;
}

/* Visits a block of headers. JOURNAL_SCAN_STOP. */
static int visit_block(const uint8_t *headers, int64_t first, size_t count,
	int (*visit)(const struct signer_record *record, void *context), void *context)
{
	for (size_t i = 0; i < count; i++) {
		struct signer_record record;
		int r = decode_at(headers + i * SIGNER_RECORD_LEN, first + (int64_t)i, &record);
		if (r < 0)
			return fault_trace(r);
		r = visit(&record, context);
		if (r != 0)
			return r < 0 ? fault_trace(r) : JOURNAL_SCAN_STOP;
	}
	return 0;
}

int signer_journal_scan(struct signer_journal *journal, int64_t first,
	int (*visit)(const struct signer_record *record, void *context), void *context)
{
	assert(first >= 1);
	int64_t end = written_count(journal);
	BUFFER_CLEANUP struct buffer block = BUFFER(SCAN_RECORDS * SIGNER_RECORD_LEN);
	uint8_t *headers;
	int r = buffer_extend(&block, block.max, &headers);
	if (r < 0)
		return fault_trace(r);
	while (first <= end) {
		size_t count = end - first + 1 < SCAN_RECORDS ? (size_t)(end - first + 1)
							      : SCAN_RECORDS;
		r = read_headers(journal, first, count, headers);
		if (r < 0)
			return fault_trace(r);
		r = visit_block(headers, first, count, visit, context);
		if (r != 0)
			return r < 0 ? fault_trace(r) : JOURNAL_SCAN_STOP;
		first += (int64_t)count;
	}
	return 0;
}

/* Opens and locks the folder, and the chain in it, which is made if there is none. */
static int open_files(struct signer_journal *journal, const char *folder,
	const struct digest *ca_key, int64_t now_at)
{
	journal->folder_fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (journal->folder_fd < 0)
		return fault_new(FAULT_SETTINGS, "%s: %s", folder, strerrordesc_np(errno));
	if (flock(journal->folder_fd, LOCK_EX | LOCK_NB) != 0)
		return fault_new(FAULT_SETTINGS, "%s: another signer has this journal", folder);

	const int flags = O_RDWR | O_CLOEXEC | O_NOFOLLOW;
	journal->chain_fd = openat(journal->folder_fd, SIGNER_CHAIN_NAME, flags);
	if (journal->chain_fd < 0 && errno == ENOENT) {
		int r = signer_recover_create(journal->folder_fd, ca_key, now_at);
		if (r < 0)
			return fault_trace(r);
		log_event(LOG_LEVEL_NOTICE, "journal-made", "folder=%s", folder);
		journal->chain_fd = openat(journal->folder_fd, SIGNER_CHAIN_NAME, flags);
	}
	if (journal->chain_fd < 0)
		return fault_new(FAULT_IO, "%s/chain: %s", folder, strerrordesc_np(errno));
	return 0;
}

/* The first record says whose journal this is. */
static int read_genesis(struct signer_journal *journal, const struct digest *ca_key)
{
	uint8_t header[SIGNER_RECORD_LEN];
	struct signer_record first;
	int r = read_headers(journal, 1, 1, header);
	if (r < 0)
		return fault_trace(r);
	r = decode_at(header, 1, &first);
	if (r < 0)
		return fault_trace(r);
	if (first.kind != JOURNAL_GENESIS)
		return fault_new(FAULT_STATE, "journal: record 1 does not begin a journal");
	if (!digest_equal(&first.body, ca_key))
		return fault_new(FAULT_SETTINGS, "the journal is of another CA key");
	memcpy(journal->signer, first.id, sizeof(journal->signer));
	return 0;
}

static int open_journal(struct signer_journal *journal, const char *folder,
	const struct digest *ca_key, int64_t now_at)
{
	int r = open_files(journal, folder, ca_key, now_at);
	if (r < 0)
		return fault_trace(r);
	r = read_genesis(journal, ca_key);
	if (r < 0)
		return fault_trace(r);
	int64_t cut = 0;
	r = signer_recover_tail(journal, now_at, &cut);
	if (r < 0)
		return fault_trace(r);
	if (cut > 0)
		log_event(LOG_LEVEL_WARNING, "journal-cut", "records=%lld head=%lld",
			(long long)cut, (long long)journal->last.position);
	return 0;
}

int signer_journal_open(const char *folder, const struct digest *ca_key, int64_t now_at,
	struct signer_journal **ret_journal)
{
	struct signer_journal *journal = calloc(1, sizeof(*journal));
	if (journal == NULL)
		return fault_new(FAULT_MEMORY, "no memory for the journal");
	*journal = (struct signer_journal){
		.folder_fd = -1,
		.chain_fd = -1,
		.segment_fd = -1,
		.old_fd = -1,
		.chain = BUFFER(GATHER_MAX * SIGNER_RECORD_LEN),
		.bodies = BUFFER(GATHER_MAX * SIGNER_BODY_MAX),
	};
	int r = open_journal(journal, folder, ca_key, now_at);
	if (r < 0) {
		signer_journal_close(journal);
		return fault_trace(r);
	}
	*ret_journal = journal;
	return 0;
}

void signer_journal_close(struct signer_journal *journal)
{
	if (journal == NULL)
		return;
	const int fds[] = { journal->old_fd, journal->segment_fd, journal->chain_fd,
		journal->folder_fd };
	for (size_t i = 0; i < LENGTH_OF(fds); i++)
		if (fds[i] >= 0)
			(void)close(fds[i]);
	buffer_done(&journal->chain);
	buffer_done(&journal->bodies);
	free(journal);
}
