/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One connection to the signer: who it is, the octets of the frame that is coming in, the answer
 * that is going out, what it waits for. One question at a time: while an answer is owed nothing
 * more is read. Touches one socket, without blocking.
 */
#pragma once

#include <sys/types.h>

#include "model/refusal.h"
#include "wire/message.h"

struct signer_job;
struct signer_crl;

enum signer_peer_state {
	SIGNER_PEER_FREE = 0, /* no connection */
	SIGNER_PEER_READING,  /* the next frame may come */
	SIGNER_PEER_SYNCING,  /* answered when the journal is synced: status or records */
	SIGNER_PEER_SIGNING,  /* answered when the job it waits for is done */
};

struct signer_peer {
	enum signer_peer_state state;
	int fd;
	uid_t uid;
	struct buffer in, out;
	size_t out_sent;
	int64_t stalled_since_us;        /* monotonic; 0: nothing is half done */
	struct signer_crl *crl;          /* in progress */
	struct signer_peer *next_waiter; /* for the same job */
	struct signer_job *job;
	bool wants_records; /* SYNCING: by this request, else the status */
	struct wire_journal_request request;
};

/* Takes the connected socket; its user is asked of the kernel. */
int signer_peer_open(struct signer_peer *peer, int fd) MUST_CHECK;
/* Closes the socket and frees what the peer held; it must not wait for a job any more. */
void signer_peer_close(struct signer_peer *peer);

#define SIGNER_PEER_END 1 /* the peer went away, or broke the protocol: close it */
/* Takes in what has come, at most one frame and a little. SIGNER_PEER_END. */
int signer_peer_read(struct signer_peer *peer) MUST_CHECK;
/* Whether a whole frame is in; it borrows the peer's buffer until signer_peer_consume(). */
bool signer_peer_frame(const struct signer_peer *peer, struct bytes *ret_frame);
void signer_peer_consume(struct signer_peer *peer);
/* Sends what it can of the answer. SIGNER_PEER_END. */
int signer_peer_flush(struct signer_peer *peer) MUST_CHECK;
bool signer_peer_has_output(const struct signer_peer *peer);
/* Notes since when something is half done: a frame, an answer, a CRL. */
void signer_peer_note_stall(struct signer_peer *peer, int64_t now_us);

/* Puts a refusal into the peer's output and lets it ask again. `text` is English, no personal data. */
int signer_peer_refuse(struct signer_peer *peer, enum refusal refusal, const char *text) MUST_CHECK;
