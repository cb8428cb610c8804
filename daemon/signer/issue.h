/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The verb WIRE_ISSUE: judge the reservation, build its to-be-signed bytes, journal them; once they
 * are synced and signed, journal the signature and answer. A repeat of a known reservation gets the same
 * bytes. Touches journal, index and the peer.
 */
#pragma once

#include "signer/signer.h"

/* SIGNER_PEER_END when the frame is no such message. */
int signer_issue_ask(struct signer *signer, struct signer_peer *peer, struct wire_reader *reader)
	MUST_CHECK;
/* A job came back: journals its outcome, puts the answers into the peers' output, frees the job. */
int signer_issue_finish(struct signer *signer, struct signer_job *job) MUST_CHECK;
/* The intent is synced: the last look at the clock before the key. REFUSAL_NONE: sign. */
enum refusal signer_issue_may_sign(const struct signer *signer, const struct signer_job *job);
/* The job will not be signed: its intent stays unanswered. Frees the job. */
void signer_issue_drop(struct signer *signer, struct signer_job *job);
