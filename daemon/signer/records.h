/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The verbs that look at the journal: WIRE_JOURNAL, by which database and journal watch each
 * other, and WIRE_STATUS. Both are answered after a sync, so that nobody is ever told of a record
 * that a crash could take back. Touches journal and peer.
 */
#pragma once

#include "signer/signer.h"

/* SIGNER_PEER_END when the frame is no such message. */
int signer_records_ask(struct signer *signer, struct signer_peer *peer, struct wire_reader *reader)
	MUST_CHECK;
int signer_records_ask_status(
	struct signer *signer, struct signer_peer *peer, struct wire_reader *reader) MUST_CHECK;
/* The journal is synced: puts the answer into the output of a peer that is SYNCING. */
int signer_records_answer(struct signer *signer, struct signer_peer *peer) MUST_CHECK;
