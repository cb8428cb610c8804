/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"

#include <assert.h>
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/calendar.h"
#include "base/fault.h"
#include "base/file.h"

#define CLOCK_FILE_MODE 0644

struct clock_file {
	char magic[sizeof(CLOCK_FILE_MAGIC) - 1];
	int64_t offset; /* little-endian, read and written as a whole */
};

_Static_assert(sizeof(struct clock_file) == CLOCK_FILE_LEN, "the clock file is 16 octets");

static void fd_done(const int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
}

static int64_t microseconds(clockid_t id)
{
	struct timespec now;
	int r = clock_gettime(id, &now);
	assert(r == 0);
	(void)r;
	return (int64_t)now.tv_sec * SECOND + now.tv_nsec / 1000;
}

static int64_t offset_us(const struct clock_file *file)
{
	return (int64_t)le64toh((uint64_t)__atomic_load_n(&file->offset, __ATOMIC_ACQUIRE));
}

static struct clock_file clock_file_of(int64_t offset)
{
	struct clock_file file = { .offset = (int64_t)htole64((uint64_t)offset) };
	memcpy(file.magic, CLOCK_FILE_MAGIC, sizeof(file.magic));
	return file;
}

struct clock clock_real(void)
{
	return (struct clock){ NULL };
}

/* Maps a clock file; FAULT_SETTINGS when it is not one. */
static int map(const char *path, int flags, int protection, struct clock_file **ret_file)
{
	__attribute__((cleanup(fd_done))) int fd = open(path, flags | O_CLOEXEC | O_NOCTTY);
	struct stat status;
	if (fd < 0 || fstat(fd, &status) != 0)
		return fault_new(FAULT_SETTINGS, "%s: %s", path, strerrordesc_np(errno));
	/* Beyond the end of a shorter file a mapping would kill the reader. */
	if (!S_ISREG(status.st_mode) || status.st_size != CLOCK_FILE_LEN)
		return fault_new(FAULT_SETTINGS, "%s: no clock file", path);

	struct clock_file *file = mmap(NULL, CLOCK_FILE_LEN, protection, MAP_SHARED, fd, 0);
	if (file == MAP_FAILED)
		return fault_new(FAULT_IO, "%s: map: %s", path, strerrordesc_np(errno));
	int64_t offset = offset_us(file);
	if (memcmp(file->magic, CLOCK_FILE_MAGIC, sizeof(file->magic)) != 0 ||
		offset > CLOCK_OFFSET_MAX || offset < -CLOCK_OFFSET_MAX) {
		(void)munmap(file, CLOCK_FILE_LEN);
		return fault_new(FAULT_SETTINGS, "%s: no clock file", path);
	}
	*ret_file = file;
	return 0;
}

int clock_rehearsal_open(const char *path, struct clock *ret_clock)
{
	struct clock_file *file;
	int r = map(path, O_RDONLY, PROT_READ, &file);
	if (r < 0)
		return fault_trace(r);
	ret_clock->file = file;
	return 0;
}

void clock_done(struct clock *clock)
{
	/* munmap() takes the address of a mapping that was never ours to change. */
	if (clock->file != NULL)
		(void)munmap((void *)(uintptr_t)clock->file, CLOCK_FILE_LEN);
	clock->file = NULL;
}

int clock_rehearsal_write(const char *path, int64_t offset)
{
	if (offset > CLOCK_OFFSET_MAX || offset < -CLOCK_OFFSET_MAX)
		return fault_new(FAULT_LIMIT, "%s: a clock moved too far", path);
	struct clock_file fresh = clock_file_of(offset);
	struct bytes octets = { (const uint8_t *)&fresh, sizeof(fresh) };
	int r = file_create(path, octets, CLOCK_FILE_MODE);
	if (r < 0)
		return fault_trace(r);
	if (r == 0)
		return 0;

	struct clock_file *file;
	r = map(path, O_RDWR, PROT_READ | PROT_WRITE, &file);
	if (r < 0)
		return fault_trace(r);
	/* One store of an aligned word: no reader ever sees half of an offset. */
	__atomic_store_n(&file->offset, fresh.offset, __ATOMIC_RELEASE);
	r = msync(file, CLOCK_FILE_LEN, MS_SYNC);
	int why = errno;
	(void)munmap(file, CLOCK_FILE_LEN);
	return r == 0 ? 0 : fault_new(FAULT_IO, "%s: %s", path, strerrordesc_np(why));
}

int64_t clock_rehearsal_offset_us(const struct clock *clock)
{
	return clock->file != NULL ? offset_us(clock->file) : 0;
}

int64_t clock_now_at(const struct clock *clock)
{
	return clock_real_now_at() + clock_rehearsal_offset_us(clock);
}

int64_t clock_real_now_at(void)
{
	return microseconds(CLOCK_REALTIME);
}

int64_t monotonic_us(void)
{
	return microseconds(CLOCK_MONOTONIC);
}

struct deadline deadline_after_ms(int64_t ms)
{
	return (struct deadline){ monotonic_us() + ms * 1000 };
}

struct deadline deadline_sooner(struct deadline a, struct deadline b)
{
	return a.monotonic_us < b.monotonic_us ? a : b;
}

int deadline_left_ms(struct deadline deadline)
{
	int64_t left_us = deadline.monotonic_us - monotonic_us();
	if (left_us <= 0)
		return 0;
	/* Rounded up: poll() must not spin through the last millisecond. */
	int64_t left_ms = (left_us + 999) / 1000;
	return left_ms > INT_MAX ? INT_MAX : (int)left_ms;
}
