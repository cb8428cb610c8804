/* SPDX-License-Identifier: Apache-2.0 */
#include "signer/segment.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/calendar.h"
#include "base/fault.h"

#define PREFIX "bodies-"
#define SEGMENT_MODE 0600

uint32_t signer_segment_of(int64_t stamped_at)
{
	struct date date = utc_of_instant(stamped_at).date;
	return (uint32_t)(date.year * 100 + date.month);
}

void signer_segment_name(uint32_t segment, char out[SIGNER_SEGMENT_NAME_SIZE])
{
	int len = snprintf(out, SIGNER_SEGMENT_NAME_SIZE, PREFIX "%04u-%02u", segment / 100 % 10000,
		segment % 100);
	assert(len == SIGNER_SEGMENT_NAME_SIZE - 2);
}

int signer_segment_from_name(const char *name, uint32_t *ret_segment)
{
	unsigned int year = 0, month = 0;
	char again[SIGNER_SEGMENT_NAME_SIZE];
	if (sscanf(name, PREFIX "%4u-%2u", &year, &month) != 2 || month < 1 || month > 12)
		return SIGNER_SEGMENT_BAD;
	signer_segment_name(year * 100 + month, again);
	if (strcmp(again, name) != 0)
		return SIGNER_SEGMENT_BAD;
	*ret_segment = year * 100 + month;
	return 0;
}

int signer_segment_open(int folder_fd, uint32_t segment, bool writable, int *ret_fd)
{
	char name[SIGNER_SEGMENT_NAME_SIZE];
	signer_segment_name(segment, name);
	int fd = openat(folder_fd, name, (writable ? O_RDWR : O_RDONLY) | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0 && errno == ENOENT)
		return SIGNER_SEGMENT_ABSENT;
	if (fd < 0)
		return fault_new(FAULT_IO, "%s: %s", name, strerrordesc_np(errno));
	*ret_fd = fd;
	return 0;
}

int signer_segment_create(int folder_fd, uint32_t segment, int *ret_fd)
{
	char name[SIGNER_SEGMENT_NAME_SIZE];
	signer_segment_name(segment, name);
	int fd = openat(
		folder_fd, name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, SEGMENT_MODE);
	if (fd < 0)
		return fault_new(FAULT_IO, "%s: %s", name, strerrordesc_np(errno));
	if (fsync(folder_fd) != 0) {
		int why = errno;
		(void)close(fd);
		return fault_new(FAULT_IO, "the journal's folder: %s", strerrordesc_np(why));
	}
	*ret_fd = fd;
	return 0;
}

int signer_segment_read(int fd, uint64_t offset, uint8_t *out, size_t len)
{
	while (len > 0) {
		ssize_t got = pread(fd, out, len, (off_t)offset);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return fault_new(
				FAULT_IO, "reading the journal: %s", strerrordesc_np(errno));
		if (got == 0)
			return SIGNER_SEGMENT_SHORT;
		out += got;
		offset += (uint64_t)got;
		len -= (size_t)got;
	}
	return 0;
}

int signer_segment_write(int fd, uint64_t offset, struct bytes octets)
{
	while (octets.len > 0) {
		ssize_t put = pwrite(fd, octets.data, octets.len, (off_t)offset);
		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return fault_new(FAULT_IO, "writing the journal: %s",
				put < 0 ? strerrordesc_np(errno) : "nothing was taken");
		octets.data += put;
		offset += (uint64_t)put;
		octets.len -= (size_t)put;
	}
	return 0;
}

int signer_segment_sync(int fd)
{
	if (fdatasync(fd) != 0)
		return fault_new(FAULT_IO, "syncing the journal: %s", strerrordesc_np(errno));
	return 0;
}
