/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a round of the loop does once: finished signatures are journalled and answered, whatever
 * whole frames wait are handed to their verbs, all that they journalled is synced at once, and only then
 * the jobs go to the signing threads.
 */
#pragma once

#include "signer/signer.h"

/* Takes the finished jobs: their outcomes are written before an answer stands in any output. */
int signer_round_finish(struct signer *signer) MUST_CHECK;
/* One frame of each peer that has one; closes those that break the rules. */
int signer_round_ask(struct signer *signer) MUST_CHECK;
/* One sync for all of it, one more look at the clock, then sign and answer. */
int signer_round_settle(struct signer *signer) MUST_CHECK;
/* The journal failed: tells everybody who waits, as far as possible. */
void signer_round_abandon(struct signer *signer);
/* Closes a peer, whatever it waits for. */
void signer_round_close_peer(struct signer_peer *peer);
