/* SPDX-License-Identifier: Apache-2.0 */
#include "base/secret.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fault.h"

static void fd_done(const int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
}

int secret_init(struct secret *secret, size_t len)
{
	assert(len > 0);
	if (len > SECRET_MAX)
		return fault_new(FAULT_LIMIT, "a secret of %zu octets", len);
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t mapped_len = (len + page - 1) / page * page;
	void *data = mmap(
		NULL, mapped_len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (data == MAP_FAILED)
		return fault_new(FAULT_MEMORY, "no memory for a secret");

	/* Both are best effort, see the header. */
	(void)mlock(data, mapped_len);
	(void)madvise(data, mapped_len, MADV_DONTDUMP);
	*secret = (struct secret){ data, len, mapped_len };
	return 0;
}

void secret_done(struct secret *secret)
{
	if (secret->data != NULL) {
		explicit_bzero(secret->data, secret->mapped_len);
		(void)munmap(secret->data, secret->mapped_len);
	}
	*secret = (struct secret){ NULL, 0, 0 };
}

/* Reads until `out` is full; less in the file is FAULT_IO, the file changed under us. */
static int read_exactly(int fd, const char *path, uint8_t *out, size_t len)
{
	while (len > 0) {
		ssize_t got = read(fd, out, len);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return fault_new(FAULT_IO, "%s: %s", path,
				got < 0 ? strerrordesc_np(errno) : "shorter than it said");
		out += got;
		len -= (size_t)got;
	}
	return 0;
}

/* A secret's file is a plain one, of a sane size, and nothing for others. */
static int file_check(int fd, const char *path, size_t *ret_len)
{
	struct stat status;
	if (fstat(fd, &status) != 0)
		return fault_new(FAULT_SETTINGS, "%s: %s", path, strerrordesc_np(errno));
	if (!S_ISREG(status.st_mode))
		return fault_new(FAULT_SETTINGS, "%s: not a regular file", path);
	if ((status.st_mode & S_IRWXO) != 0)
		return fault_new(FAULT_SETTINGS, "%s: open to other users, chmod o= it", path);
	if (status.st_size <= 0 || status.st_size > SECRET_MAX)
		return fault_new(
			FAULT_SETTINGS, "%s: empty, or more than %d octets", path, SECRET_MAX);
	*ret_len = (size_t)status.st_size;
	return 0;
}

int secret_load(struct secret *secret, const char *path, bool is_text)
{
	__attribute__((cleanup(fd_done))) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return fault_new(FAULT_SETTINGS, "%s: %s", path, strerrordesc_np(errno));
	size_t len;
	int r = file_check(fd, path, &len);
	if (r < 0)
		return fault_trace(r);

	SECRET_CLEANUP struct secret loaded = { NULL, 0, 0 };
	r = secret_init(&loaded, len);
	if (r < 0)
		return fault_trace(r);
	/* Straight into the locked pages: no copy stays behind in a stream's buffer. */
	r = read_exactly(fd, path, loaded.data, len);
	if (r < 0)
		return fault_trace(r);
	if (is_text && loaded.data[len - 1] == '\n')
		loaded.len--;
	if (loaded.len == 0)
		return fault_new(FAULT_SETTINGS, "%s: empty", path);
	*secret = loaded;
	loaded = (struct secret){ NULL, 0, 0 };
	return 0;
}

int secret_harden_process(void)
{
	const struct rlimit none = { 0, 0 };
	if (prctl(PR_SET_DUMPABLE, 0) != 0 || setrlimit(RLIMIT_CORE, &none) != 0)
		return fault_new(FAULT_IO, "core files: %s", strerrordesc_np(errno));
	return 0;
}
