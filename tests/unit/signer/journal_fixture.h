/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A journal in a folder of its own, for the tests of journal.c and recover.c. Touches /tmp.
 */
#pragma once

#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/calendar.h"
#include "base/fault.h"
#include "signer/journal_state.h"

#define START_AT INT64_C(1450770000000000) /* 2015-12-22T07:40:00Z */
#define BODY_LEN 1000

struct fixture {
	char folder[64];
	struct digest ca_key;
	struct signer_journal *journal; /* NULL: closed */
	int64_t now_at;
};

static inline int fixture_open(struct fixture *fixture)
{
	return signer_journal_open(
		fixture->folder, &fixture->ca_key, fixture->now_at, &fixture->journal);
}

static inline void fixture_close(struct fixture *fixture)
{
	signer_journal_close(fixture->journal);
	fixture->journal = NULL;
}

static inline int fixture_setup(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));
	assert_non_null(fixture);
	(void)snprintf(fixture->folder, sizeof(fixture->folder), "/tmp/hakko-journal-XXXXXX");
	assert_non_null(mkdtemp(fixture->folder));
	memset(fixture->ca_key.octets, 0xca, DIGEST_LEN);
	fixture->now_at = START_AT;
	assert_int_equal(fixture_open(fixture), 0);
	*state = fixture;
	return 0;
}

static inline const char *fixture_path(const struct fixture *fixture, const char *name)
{
	static char path[512];
	(void)snprintf(path, sizeof(path), "%s/%s", fixture->folder, name);
	return path;
}

static inline int fixture_teardown(void **state)
{
	struct fixture *fixture = *state;
	fixture_close(fixture);
	DIR *folder = opendir(fixture->folder);
	assert_non_null(folder);
	for (const struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder))
		if (entry->d_name[0] != '.')
			assert_int_equal(unlink(fixture_path(fixture, entry->d_name)), 0);
	assert_int_equal(closedir(folder), 0);
	assert_int_equal(rmdir(fixture->folder), 0);
	free(fixture);
	return 0;
}

/* Appends an intent of a body all of one octet; the reservation is its number. */
static inline struct journal_place fixture_intent(struct fixture *fixture, uint8_t octet)
{
	uint8_t body[BODY_LEN];
	memset(body, octet, sizeof(body));
	struct journal_place place = { 0 };
	const struct signer_entry entry = {
		.kind = JOURNAL_INTENT,
		.stamped_at = fixture->now_at++,
		.reservation = octet,
		.reserved_at = START_AT,
		.id = { 1, octet },
		.key_tag = { 2, octet },
		.body = BYTES(body),
	};
	assert_int_equal(signer_journal_append(fixture->journal, &entry, &place), 0);
	return place;
}

static inline void fixture_sync(struct fixture *fixture)
{
	assert_int_equal(signer_journal_sync(fixture->journal), 0);
}

static inline off_t fixture_size(const struct fixture *fixture, const char *name)
{
	struct stat status;
	assert_int_equal(stat(fixture_path(fixture, name), &status), 0);
	return status.st_size;
}

static inline void fixture_cut(const struct fixture *fixture, const char *name, off_t len)
{
	assert_int_equal(truncate(fixture_path(fixture, name), len), 0);
}

/* Changes octets of a file: flips one bit, or zeroes `len` of them. */
static inline void fixture_damage(
	const struct fixture *fixture, const char *name, off_t place, size_t zero_len)
{
	static const uint8_t zeros[2 * SIGNER_RECORD_LEN];
	uint8_t octet;
	int fd = open(fixture_path(fixture, name), O_RDWR | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(pread(fd, &octet, 1, place), 1);
	octet ^= 0x10;
	if (zero_len == 0)
		assert_int_equal(pwrite(fd, &octet, 1, place), 1);
	else
		assert_int_equal(pwrite(fd, zeros, zero_len, place), zero_len);
	assert_int_equal(close(fd), 0);
}

static inline int64_t fixture_head(const struct fixture *fixture)
{
	return signer_journal_head(fixture->journal).position;
}
