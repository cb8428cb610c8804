/* SPDX-License-Identifier: Apache-2.0 */
#include <endian.h>
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "base/fault.h"
#include "wire/frame.h"

/* Waits until the socket is ready for `events`. FAULT_TIMEOUT. */
static int await(int fd, short events, struct deadline deadline)
{
	struct pollfd poller = { .fd = fd, .events = events };
	for (;;) {
		int left_ms = deadline_left_ms(deadline);
		int ready = poll(&poller, 1, left_ms);
		if (ready > 0)
			return 0;
		if (ready < 0 && errno != EINTR)
			return fault_new(FAULT_IO, "line: %s", strerrordesc_np(errno));
		if (left_ms == 0)
			return fault_new(FAULT_TIMEOUT, "line: the deadline passed");
	}
}

/* After a call that moved nothing: 0 to try again, or the fault. */
static int again(int fd, short events, struct deadline deadline)
{
	if (errno == EINTR)
		return 0;
	if (errno != EAGAIN && errno != EWOULDBLOCK)
		return fault_new(FAULT_UNAVAILABLE, "line: %s", strerrordesc_np(errno));
	int r = await(fd, events, deadline);
	return r < 0 ? fault_trace(r) : 0;
}

int wire_send(int fd, struct bytes frame, struct deadline deadline)
{
	while (frame.len > 0) {
		ssize_t sent = send(fd, frame.data, frame.len, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (sent >= 0) {
			frame.data += sent;
			frame.len -= (size_t)sent;
			continue;
		}
		int r = again(fd, POLLOUT, deadline);
		if (r < 0)
			return fault_trace(r);
	}
	return 0;
}

static int receive_exactly(int fd, uint8_t *out, size_t len, struct deadline deadline)
{
	while (len > 0) {
		ssize_t got = recv(fd, out, len, MSG_DONTWAIT);
		if (got == 0)
			return fault_new(FAULT_UNAVAILABLE, "line: the other side went away");
		if (got > 0) {
			out += got;
			len -= (size_t)got;
			continue;
		}
		int r = again(fd, POLLIN, deadline);
		if (r < 0)
			return fault_trace(r);
	}
	return 0;
}

int wire_receive(int fd, struct buffer *frame, struct deadline deadline)
{
	uint32_t word;
	int r = receive_exactly(fd, (uint8_t *)&word, sizeof(word), deadline);
	if (r < 0)
		return fault_trace(r);
	uint32_t len = be32toh(word);
	if (len > WIRE_FRAME_MAX)
		return fault_new(FAULT_PROTOCOL, "line: a frame of %u octets", len);

	buffer_clear(frame);
	uint8_t *place;
	r = buffer_extend(frame, len, &place);
	if (r < 0)
		return fault_trace(r);
	r = receive_exactly(fd, place, len, deadline);
	if (r < 0) {
		buffer_clear(frame);
		return fault_trace(r);
	}
	return 0;
}
