/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fault.h"

#define READ_AT_ONCE 65536 /* octets */

CLEANUP_DEFINE(text_done, char, free)

static void fd_done(const int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
}

/* Reads to the end, one octet past `max` at most. */
static int read_all(int fd, const char *path, size_t max, struct buffer *content)
{
	for (;;) {
		size_t room = max + 1 - content->len;
		uint8_t octets[READ_AT_ONCE];
		ssize_t got = read(fd, octets, room < sizeof(octets) ? room : sizeof(octets));
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return fault_new(FAULT_IO, "%s: %s", path, strerrordesc_np(errno));
		if (got == 0)
			return 0;
		if (content->len + (size_t)got > max)
			return fault_new(FAULT_LIMIT, "%s: more than %zu octets", path, max);
		int r = buffer_append(content, (struct bytes){ octets, (size_t)got });
		if (r < 0)
			return fault_trace(r);
	}
}

int file_read(const char *path, size_t max, struct buffer *ret_content)
{
	if (max >= SIZE_MAX / 2)
		return fault_new(FAULT_LIMIT, "%s: no maximum", path);
	CLEANUP(fd_done) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0 && errno == ENOENT)
		return FILE_ABSENT;
	if (fd < 0)
		return fault_new(FAULT_IO, "%s: %s", path, strerrordesc_np(errno));

	BUFFER_CLEANUP struct buffer content = BUFFER(max);
	int r = read_all(fd, path, max, &content);
	if (r < 0)
		return fault_trace(r);
	*ret_content = content;
	content = BUFFER(0);
	return 0;
}

static int write_all(int fd, const char *path, struct bytes content)
{
	while (content.len > 0) {
		ssize_t put = write(fd, content.data, content.len);
		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return fault_new(FAULT_IO, "%s: %s", path, strerrordesc_np(errno));
		content.data += put;
		content.len -= (size_t)put;
	}
	return 0;
}

/* Fills a file just made, with its mode whatever the umask is, and brings it to the disk. */
static int fill(int fd, const char *path, struct bytes content, mode_t mode)
{
	int r = write_all(fd, path, content);
	if (r < 0)
		return fault_trace(r);
	if (fchmod(fd, mode) != 0)
		return fault_new(FAULT_IO, "%s: mode: %s", path, strerrordesc_np(errno));
	if (fsync(fd) != 0)
		return fault_new(FAULT_IO, "%s: fsync: %s", path, strerrordesc_np(errno));
	return 0;
}

/* A name is on the disk only after its folder is. */
static int sync_folder_of(const char *path)
{
	CLEANUP(text_done) char *folder = strdup(path);
	if (folder == NULL)
		return fault_new(FAULT_MEMORY, "no memory for a path");
	char *slash = strrchr(folder, '/');
	if (slash != NULL)
		slash[slash == folder ? 1 : 0] = '\0';
	const char *name = slash != NULL ? folder : ".";

	CLEANUP(fd_done) int fd = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || fsync(fd) != 0)
		return fault_new(FAULT_IO, "%s: fsync: %s", name, strerrordesc_np(errno));
	return 0;
}

/* `flags` are renameat2()'s; FILE_EXISTS only with RENAME_NOREPLACE. */
static int rename_to(const char *path, const char *beside, unsigned int flags)
{
	if (renameat2(AT_FDCWD, beside, AT_FDCWD, path, flags) == 0)
		return 0;
	if (errno == EEXIST && flags == RENAME_NOREPLACE)
		return FILE_EXISTS;
	return fault_new(FAULT_IO, "%s: rename: %s", path, strerrordesc_np(errno));
}

/* Brings the content to `path` under another name first. */
static int bring(const char *path, struct bytes content, mode_t mode, unsigned int flags)
{
	CLEANUP(text_done) char *beside = NULL;
	if (asprintf(&beside, "%s.XXXXXX", path) < 0) {
		beside = NULL;
		return fault_new(FAULT_MEMORY, "no memory for a path");
	}
	CLEANUP(fd_done) int fd = mkostemp(beside, O_CLOEXEC);
	if (fd < 0)
		return fault_new(FAULT_IO, "%s: %s", beside, strerrordesc_np(errno));

	int r = fill(fd, beside, content, mode);
	if (r == 0)
		r = rename_to(path, beside, flags);
	if (r != 0) {
		(void)unlink(beside);
		return r < 0 ? fault_trace(r) : r;
	}
	r = sync_folder_of(path);
	return r < 0 ? fault_trace(r) : 0;
}

int file_replace(const char *path, struct bytes content, mode_t mode)
{
	int r = bring(path, content, mode, 0);
	return r < 0 ? fault_trace(r) : r;
}

int file_create(const char *path, struct bytes content, mode_t mode)
{
	/* Spares the work, and the space, of a copy that cannot be placed. */
	if (access(path, F_OK) == 0)
		return FILE_EXISTS;
	int r = bring(path, content, mode, RENAME_NOREPLACE);
	return r < 0 ? fault_trace(r) : r;
}
