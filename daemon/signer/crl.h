/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The verbs WIRE_CRL_BEGIN, _ENTRIES, _END: the signer writes header and trailer, reads every entry
 * that streams by, hashes all of it in constant memory, journals number and digests, signs. CRLs go
 * on after the programme's end (P3). Touches journal and peer.
 */
#pragma once

#include "signer/signer.h"

/* One CRL in progress; NULL is none. */
void signer_crl_free(struct signer_crl *crl);

/* SIGNER_PEER_END when the frame is no such message, or not one that may come now. */
int signer_crl_begin(struct signer *signer, struct signer_peer *peer, struct wire_reader *reader)
	MUST_CHECK;
int signer_crl_entries(struct signer *signer, struct signer_peer *peer, struct wire_reader *reader)
	MUST_CHECK;
int signer_crl_end(struct signer *signer, struct signer_peer *peer, struct wire_reader *reader)
	MUST_CHECK;
/* A job came back: puts the answer into the peer's output, frees the job. */
int signer_crl_finish(struct signer *signer, struct signer_job *job) MUST_CHECK;
