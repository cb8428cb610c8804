/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who may ask what: the permit table, by the user the kernel names for a peer. One frame goes to the verb it names.
 */
#pragma once

#include "signer/signer.h"

/* Whether the user may ask anything at all. */
bool signer_verb_is_expected(const struct signer_settings *settings, uid_t uid);
/*
 * Hands one frame to its verb. SIGNER_PEER_END when the peer may not, or the frame is none; both
 * are logged. A fault is the signer's end.
 */
int signer_verb_handle(struct signer *signer, struct signer_peer *peer, struct bytes frame)
	MUST_CHECK;
