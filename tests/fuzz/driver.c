/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs a target over the files of a folder without libFuzzer: each file as it is, cut after each octet,
 * and with each octet changed in three ways.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "base/file.h"
#include "fuzz.h"

#define INPUT_MAX 1048576 /* octets of a corpus file */

static void run_damaged(struct buffer *input)
{
	static const uint8_t changes[] = { 0x01, 0x80, 0xff };
	/* Copies of the exact length, so that a sanitizer sees a read beyond it. */
	for (size_t len = 0; len < input->len; len++) {
		uint8_t *cut = malloc(len > 0 ? len : 1);
		if (cut == NULL)
			abort();
		memcpy(cut, input->data, len);
		(void)LLVMFuzzerTestOneInput(cut, len);
		free(cut);
	}
	for (size_t i = 0; i < input->len * LENGTH_OF(changes); i++) {
		uint8_t *octet = &input->data[i / LENGTH_OF(changes)];
		uint8_t change = changes[i % LENGTH_OF(changes)];
		*octet ^= change;
		(void)LLVMFuzzerTestOneInput(input->data, input->len);
		*octet ^= change;
	}
}

static int run_file(const char *folder, const char *name)
{
	char path[4096];
	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	BUFFER_CLEANUP struct buffer input = BUFFER(INPUT_MAX);
	int r = file_read(path, INPUT_MAX, &input);
	if (r != 0)
		return r < 0 ? fault_trace(r) : fault_new(FAULT_IO, "%s is gone", path);
	(void)LLVMFuzzerTestOneInput(input.data, input.len);
	run_damaged(&input);
	return 0;
}

int main(int argc, char **argv)
{
	DIR *folder = argc == 2 ? opendir(argv[1]) : NULL;
	if (folder == NULL) {
		(void)fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
		return 2;
	}
	int count = 0, r = 0;
	for (const struct dirent *entry = readdir(folder); entry != NULL && r == 0;
		entry = readdir(folder)) {
		if (entry->d_name[0] == '.')
			continue;
		r = run_file(argv[1], entry->d_name);
		count++;
	}
	(void)closedir(folder);
	(void)printf("%d inputs, each damaged in every octet\n", count);
	return r == 0 && count > 0 ? 0 : 1;
}
