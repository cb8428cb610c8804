/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The journal at start (docs/journal.md "Start"): the first record of a new one, and the end of
 * one that a crash left. What cannot have been acknowledged to anyone is cut off; anything else
 * that does not verify is FAULT_STATE. Reads at most SIGNER_UNSYNCED_MAX records and their
 * bodies, however long the journal is.
 */
#pragma once

#include "signer/journal_state.h"

/* Makes the chain with its first record. The folder has to be empty (FAULT_STATE). */
int signer_recover_create(int folder_fd, const struct digest *ca_key, int64_t now_at) MUST_CHECK;

/* Finds the last good record of the opened chain, cuts the rest off, opens the current segment. */
int signer_recover_tail(struct signer_journal *journal, int64_t now_at, int64_t *ret_cut)
	MUST_CHECK;
