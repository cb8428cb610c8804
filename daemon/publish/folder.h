/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The published folder: crl/<key id>.crl and ca/<key id>.cer, both DER. A file is replaced by
 * rename, so nobody ever fetches half of one. A CRL is written as its pieces come.
 */
#pragma once

#include <sys/stat.h>

#include "base/digest.h"
#include "pki/ca.h"

#define FOLDER_PATH_MAX 1024

/* Makes crl/ and ca/ and writes the CA certificate. */
int publish_folder_prepare(const char *folder, const struct pki_ca *ca) MUST_CHECK;

/* A CRL being written: entries first, since what goes before them holds lengths known last. */
struct publish_folder_crl {
	int folder_fd;
	int entries_fd; /* unlinked */
	int file_fd;    /* a temporary file beside the published one */
	char temporary[64];
	char name[64];
};

#define PUBLISH_FOLDER_CRL_NONE ((struct publish_folder_crl){ -1, -1, -1, "", "" })

int publish_folder_crl_begin(
	const char *folder, const struct pki_ca *ca, struct publish_folder_crl *ret_crl) MUST_CHECK;
int publish_folder_crl_entries(struct publish_folder_crl *crl, struct bytes entries) MUST_CHECK;
/* Joins before || entries || after and fsyncs; gives the digest of the whole. */
int publish_folder_crl_join(struct publish_folder_crl *crl, struct bytes before, struct bytes after,
	struct digest *ret_digest) MUST_CHECK;
/* Renames it to its published name. */
int publish_folder_crl_publish(struct publish_folder_crl *crl) MUST_CHECK;
/* Removes what is left of it. */
void publish_folder_crl_done(struct publish_folder_crl *crl);

/* The published CRL as it was last read; all zero: never. */
struct publish_folder_seen {
	dev_t device;
	ino_t inode;
	struct timespec changed_at;
	struct digest digest;
};

/* SHA-256 of the CRL that is published now, read again only when it was replaced. */
#define PUBLISH_FOLDER_ABSENT 1
int publish_folder_crl_digest(const char *folder, const struct pki_ca *ca,
	struct publish_folder_seen *seen, struct digest *ret_digest) MUST_CHECK;
