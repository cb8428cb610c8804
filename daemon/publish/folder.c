/* SPDX-License-Identifier: Apache-2.0 */
#include "publish/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/file.h"

#define COPY_LEN 65536

static void key_id_text(const struct pki_ca *ca, char out[2 * PKI_KEY_ID_LEN + 1])
{
	hex_encode((struct bytes){ ca->key_id, PKI_KEY_ID_LEN }, out);
}

static int path_of(const char *folder, const char *below, const struct pki_ca *ca,
	const char *suffix, char out[FOLDER_PATH_MAX])
{
	char id[2 * PKI_KEY_ID_LEN + 1];
	int len;

	key_id_text(ca, id);
	len = snprintf(out, FOLDER_PATH_MAX, "%s/%s/%s%s", folder, below, id, suffix);
	if (len < 0 || len >= FOLDER_PATH_MAX)
		return fault_new(FAULT_SETTINGS, "the published folder's path is too long");
	return 0;
}

static int make_folder(const char *folder, const char *below)
{
	char path[FOLDER_PATH_MAX];
	int len = snprintf(path, sizeof(path), "%s/%s", folder, below);

	if (len < 0 || (size_t)len >= sizeof(path))
		return fault_new(FAULT_SETTINGS, "the published folder's path is too long");
	if (mkdir(path, 0755) != 0 && errno != EEXIST)
		return fault_new(FAULT_IO, "mkdir %s: %s", path, strerror(errno));
	return 0;
}

int publish_folder_prepare(const char *folder, const struct pki_ca *ca)
{
	char path[FOLDER_PATH_MAX];
	int r;

	r = make_folder(folder, "crl");
	if (r < 0)
		return fault_trace(r);
	r = make_folder(folder, "ca");
	if (r < 0)
		return fault_trace(r);
	r = path_of(folder, "ca", ca, ".cer", path);
	if (r < 0)
		return fault_trace(r);
	r = file_replace(path, buffer_bytes(&ca->der), 0644);
	return r < 0 ? fault_trace(r) : 0;
}

int publish_folder_crl_begin(
	const char *folder, const struct pki_ca *ca, struct publish_folder_crl *ret_crl)
{
	struct publish_folder_crl crl = PUBLISH_FOLDER_CRL_NONE;
	char path[FOLDER_PATH_MAX], id[2 * PKI_KEY_ID_LEN + 1];

	key_id_text(ca, id);
	snprintf(crl.name, sizeof(crl.name), "%s.crl", id);
	snprintf(crl.temporary, sizeof(crl.temporary), ".%s.crl.new", id);
	if (snprintf(path, sizeof(path), "%s/crl", folder) >= (int)sizeof(path))
		return fault_new(FAULT_SETTINGS, "the published folder's path is too long");
	crl.folder_fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (crl.folder_fd < 0)
		return fault_new(FAULT_IO, "open %s: %s", path, strerror(errno));
	crl.entries_fd = open(path, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (crl.entries_fd < 0) {
		int r = fault_new(FAULT_IO, "temporary file in %s: %s", path, strerror(errno));

		publish_folder_crl_done(&crl);
		return r;
	}
	*ret_crl = crl;
	return 0;
}

static int write_all(int fd, struct bytes octets)
{
	while (octets.len > 0) {
		ssize_t n = write(fd, octets.data, octets.len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fault_new(FAULT_IO, "writing a CRL: %s", strerror(errno));
		octets.data += n;
		octets.len -= (size_t)n;
	}
	return 0;
}

int publish_folder_crl_entries(struct publish_folder_crl *crl, struct bytes entries)
{
	int r = write_all(crl->entries_fd, entries);

	return r < 0 ? fault_trace(r) : 0;
}

/* Reads `fd` from its current place to its end, hashing; writes to `to_fd` unless it is -1. */
static int copy_hashed(int fd, int to_fd, struct digest_stream *stream)
{
	uint8_t chunk[COPY_LEN];
	int r;

	for (;;) {
		ssize_t n = read(fd, chunk, sizeof(chunk));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fault_new(FAULT_IO, "reading a CRL: %s", strerror(errno));
		if (n == 0)
			return 0;
		r = digest_stream_add(stream, (struct bytes){ chunk, (size_t)n });
		if (r == 0 && to_fd >= 0)
			r = write_all(to_fd, (struct bytes){ chunk, (size_t)n });
		if (r < 0)
			return fault_trace(r);
	}
}

static int join_pieces(struct publish_folder_crl *crl, struct bytes before, struct bytes after,
	struct digest_stream *stream)
{
	int r = digest_stream_add(stream, before);

	if (r == 0)
		r = write_all(crl->file_fd, before);
	if (r == 0)
		r = copy_hashed(crl->entries_fd, crl->file_fd, stream);
	if (r == 0)
		r = digest_stream_add(stream, after);
	if (r == 0)
		r = write_all(crl->file_fd, after);
	return r < 0 ? fault_trace(r) : 0;
}

int publish_folder_crl_join(struct publish_folder_crl *crl, struct bytes before, struct bytes after,
	struct digest *ret_digest)
{
	DIGEST_STREAM_CLEANUP struct digest_stream *stream = NULL;
	int r;

	if (lseek(crl->entries_fd, 0, SEEK_SET) < 0)
		return fault_new(FAULT_IO, "lseek: %s", strerror(errno));
	crl->file_fd = openat(
		crl->folder_fd, crl->temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (crl->file_fd < 0)
		return fault_new(FAULT_IO, "open %s: %s", crl->temporary, strerror(errno));
	r = digest_stream_new(&stream);
	if (r == 0)
		r = join_pieces(crl, before, after, stream);
	if (r < 0)
		return fault_trace(r);
	if (fsync(crl->file_fd) != 0)
		return fault_new(FAULT_IO, "fsync of a CRL: %s", strerror(errno));
	r = digest_stream_end(stream, ret_digest);
	return r < 0 ? fault_trace(r) : 0;
}

int publish_folder_crl_publish(struct publish_folder_crl *crl)
{
	if (renameat(crl->folder_fd, crl->temporary, crl->folder_fd, crl->name) != 0)
		return fault_new(FAULT_IO, "rename to %s: %s", crl->name, strerror(errno));
	crl->temporary[0] = '\0';
	if (fsync(crl->folder_fd) != 0)
		return fault_new(FAULT_IO, "fsync of the published folder: %s", strerror(errno));
	return 0;
}

void publish_folder_crl_done(struct publish_folder_crl *crl)
{
	if (crl->file_fd >= 0) {
		close(crl->file_fd);
		if (crl->temporary[0] != '\0')
			unlinkat(crl->folder_fd, crl->temporary, 0);
	}
	if (crl->entries_fd >= 0)
		close(crl->entries_fd);
	if (crl->folder_fd >= 0)
		close(crl->folder_fd);
	*crl = PUBLISH_FOLDER_CRL_NONE;
}

static int read_digest(int fd, struct digest *ret_digest)
{
	DIGEST_STREAM_CLEANUP struct digest_stream *stream = NULL;
	int r = digest_stream_new(&stream);

	if (r == 0)
		r = copy_hashed(fd, -1, stream);
	if (r == 0)
		r = digest_stream_end(stream, ret_digest);
	return r < 0 ? fault_trace(r) : 0;
}

static bool is_seen(const struct publish_folder_seen *seen, const struct stat *now)
{
	return seen->device == now->st_dev && seen->inode == now->st_ino &&
		seen->changed_at.tv_sec == now->st_ctim.tv_sec &&
		seen->changed_at.tv_nsec == now->st_ctim.tv_nsec;
}

static int see(int fd, struct publish_folder_seen *seen)
{
	struct stat now;
	int r;

	if (fstat(fd, &now) != 0)
		return fault_new(FAULT_IO, "fstat of the published CRL: %s", strerror(errno));
	if (is_seen(seen, &now))
		return 0;
	r = read_digest(fd, &seen->digest);
	if (r < 0)
		return fault_trace(r);
	seen->device = now.st_dev;
	seen->inode = now.st_ino;
	seen->changed_at = now.st_ctim;
	return 0;
}

int publish_folder_crl_digest(const char *folder, const struct pki_ca *ca,
	struct publish_folder_seen *seen, struct digest *ret_digest)
{
	char path[FOLDER_PATH_MAX];
	int r, fd;

	r = path_of(folder, "crl", ca, ".crl", path);
	if (r < 0)
		return fault_trace(r);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		return PUBLISH_FOLDER_ABSENT;
	if (fd < 0)
		return fault_new(FAULT_IO, "open %s: %s", path, strerror(errno));
	r = see(fd, seen);
	close(fd);
	if (r < 0)
		return fault_trace(r);
	*ret_digest = seen->digest;
	return 0;
}
