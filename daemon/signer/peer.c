/* SPDX-License-Identifier: Apache-2.0 */
#include "signer/peer.h"

#include <assert.h>
#include <endian.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/fault.h"
#include "signer/crl.h"

#define LENGTH_LEN 4   /* octets of the length word */
#define READ_MIN 16384 /* octets asked for at least: most frames come in one read */
#define IN_MAX (LENGTH_LEN + WIRE_FRAME_MAX + READ_MIN)

int signer_peer_open(struct signer_peer *peer, int fd)
{
	struct ucred who;
	socklen_t len = sizeof(who);
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &len) != 0)
		return fault_new(FAULT_IO, "peer: %s", strerrordesc_np(errno));
	*peer = (struct signer_peer){
		.state = SIGNER_PEER_READING,
		.fd = fd,
		.uid = who.uid,
		.in = BUFFER(IN_MAX),
		.out = WIRE_BUFFER,
	};
	return 0;
}

void signer_peer_close(struct signer_peer *peer)
{
	assert(peer->job == NULL);
	signer_crl_free(peer->crl);
	buffer_done(&peer->in);
	buffer_done(&peer->out);
	(void)close(peer->fd);
	*peer = (struct signer_peer){ .state = SIGNER_PEER_FREE, .fd = -1 };
}

/* Length of the frame that is coming in with its length word, 0 while that is not whole. */
static size_t frame_len(const struct signer_peer *peer)
{
	uint32_t word;
	if (peer->in.len < sizeof(word))
		return 0;
	memcpy(&word, peer->in.data, sizeof(word));
	return LENGTH_LEN + (size_t)be32toh(word);
}

int signer_peer_read(struct signer_peer *peer)
{
	/* What is in already is a whole frame: the rest waits in the socket. */
	struct bytes frame;
	if (signer_peer_frame(peer, &frame))
		return 0;
	size_t wanted = frame_len(peer) > peer->in.len + READ_MIN ? frame_len(peer) - peer->in.len
								  : READ_MIN;
	uint8_t *place;
	size_t before = peer->in.len;
	int r = buffer_extend(&peer->in, wanted, &place);
	if (r < 0)
		return fault_trace(r);
	ssize_t got = recv(peer->fd, place, wanted, MSG_DONTWAIT);
	peer->in.len = before + (got > 0 ? (size_t)got : 0);
	if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR))
		return SIGNER_PEER_END;
	return frame_len(peer) > LENGTH_LEN + WIRE_FRAME_MAX ? SIGNER_PEER_END : 0;
}

bool signer_peer_frame(const struct signer_peer *peer, struct bytes *ret_frame)
{
	size_t len = frame_len(peer);
	if (len == 0 || peer->in.len < len)
		return false;
	*ret_frame = (struct bytes){ peer->in.data + LENGTH_LEN, len - LENGTH_LEN };
	return true;
}

void signer_peer_consume(struct signer_peer *peer)
{
	size_t len = frame_len(peer);
	assert(len > 0 && len <= peer->in.len);
	memmove(peer->in.data, peer->in.data + len, peer->in.len - len);
	peer->in.len -= len;
	peer->stalled_since_us = 0;
}

bool signer_peer_has_output(const struct signer_peer *peer)
{
	return peer->out_sent < peer->out.len;
}

int signer_peer_flush(struct signer_peer *peer)
{
	while (signer_peer_has_output(peer)) {
		ssize_t sent = send(peer->fd, peer->out.data + peer->out_sent,
			peer->out.len - peer->out_sent, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0 && errno == EAGAIN)
			return 0;
		if (sent < 0)
			return SIGNER_PEER_END;
		peer->out_sent += (size_t)sent;
		peer->stalled_since_us = 0;
	}
	buffer_clear(&peer->out);
	peer->out_sent = 0;
	return 0;
}

void signer_peer_note_stall(struct signer_peer *peer, int64_t now_us)
{
	bool is_half = signer_peer_has_output(peer) ||
		(peer->state == SIGNER_PEER_READING && (peer->in.len > 0 || peer->crl != NULL));
	if (!is_half)
		peer->stalled_since_us = 0;
	else if (peer->stalled_since_us == 0)
		peer->stalled_since_us = now_us;
}

int signer_peer_refuse(struct signer_peer *peer, enum refusal refusal, const char *text)
{
	struct wire_refused refused = { 0 };
	(void)snprintf(refused.code, sizeof(refused.code), "%s", refusal_text(refusal)->code);
	(void)snprintf(refused.text, sizeof(refused.text), "%s", text);
	peer->state = SIGNER_PEER_READING;
	int r = wire_refused_encode(&refused, &peer->out);
	return r < 0 ? fault_trace(r) : 0;
}
