/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/line.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/fault.h"

#define CONNECT_PAUSE_MS 10 /* between two tries while the backlog is full */

_Static_assert(
	sizeof(((struct wire_line *)NULL)->path) == sizeof(((struct sockaddr_un *)NULL)->sun_path),
	"a line's path is what a socket's address holds");

int wire_line_init(struct wire_line *line, const char *path)
{
	size_t len = strlen(path);
	if (len >= sizeof(line->path))
		return fault_new(FAULT_SETTINGS, "%s: too long for a socket's path", path);
	*line = (struct wire_line){ .fd = -1 };
	memcpy(line->path, path, len + 1);
	return 0;
}

void wire_line_done(struct wire_line *line)
{
	if (line->fd >= 0)
		(void)close(line->fd);
	line->fd = -1;
}

/* After a fault nobody knows what the other side still sends: the connection is given up. */
static int give_up(struct wire_line *line, int fault)
{
	wire_line_done(line);
	return fault_trace(fault);
}

/* Between two questions nothing comes but the end. */
static bool is_dead(int fd)
{
	uint8_t octet;
	ssize_t got = recv(fd, &octet, 1, MSG_PEEK | MSG_DONTWAIT);
	return got >= 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
}

/*
 * Connects without blocking. A full backlog is EAGAIN and cannot be polled for, since the socket is
 * not connected to anything yet: it is tried again. FAULT_TIMEOUT, FAULT_UNAVAILABLE.
 */
static int connect_in_time(
	int fd, const char *path, const struct sockaddr_un *address, struct deadline deadline)
{
	for (;;) {
		if (connect(fd, (const struct sockaddr *)address, sizeof(*address)) == 0)
			return 0;
		if (errno != EAGAIN && errno != EINTR)
			return fault_new(FAULT_UNAVAILABLE, "%s: %s", path, strerrordesc_np(errno));
		int left_ms = deadline_left_ms(deadline);
		if (left_ms == 0)
			return fault_new(FAULT_TIMEOUT, "%s: nobody took the connection", path);
		(void)poll(NULL, 0, left_ms < CONNECT_PAUSE_MS ? left_ms : CONNECT_PAUSE_MS);
	}
}

static int connect_line(struct wire_line *line, struct deadline deadline)
{
	if (line->fd >= 0 && !is_dead(line->fd))
		return 0;
	wire_line_done(line);

	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return fault_new(FAULT_IO, "line: %s", strerrordesc_np(errno));
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	memcpy(address.sun_path, line->path, sizeof(address.sun_path));
	int r = connect_in_time(fd, line->path, &address, deadline);
	if (r < 0) {
		(void)close(fd);
		return fault_trace(r);
	}
	line->fd = fd;
	return 0;
}

static int receive_refusal(
	struct wire_line *line, struct wire_reader *reader, struct wire_refused *ret_refused)
{
	if (wire_refused_decode(reader, ret_refused) != 0)
		return give_up(line, fault_new(FAULT_PROTOCOL, "line: no such refusal"));
	return WIRE_LINE_REFUSED;
}

/* The answer to a question; `answer` borrows the frame. WIRE_LINE_REFUSED. */
static int receive(struct wire_line *line, struct deadline deadline, struct buffer *frame,
	struct wire_reader *ret_answer, struct wire_refused *ret_refused)
{
	int r = wire_receive(line->fd, frame, deadline);
	if (r < 0)
		return give_up(line, r);
	enum wire_verb verb;
	struct wire_reader reader;
	r = wire_frame_open(buffer_bytes(frame), &verb, &reader);
	if (r == 0 && verb == WIRE_REFUSED)
		return receive_refusal(line, &reader, ret_refused);
	if (r != 0 || verb != WIRE_ANSWER)
		return give_up(line, fault_new(FAULT_PROTOCOL, "line: neither answer nor refusal"));
	*ret_answer = reader;
	return 0;
}

/* Sends the question in `frame` and puts the answer there. WIRE_LINE_REFUSED. */
static int ask(struct wire_line *line, struct deadline deadline, struct buffer *frame,
	struct wire_reader *ret_answer, struct wire_refused *ret_refused)
{
	int r = connect_line(line, deadline);
	if (r < 0)
		return fault_trace(r);
	r = wire_send(line->fd, buffer_bytes(frame), deadline);
	if (r < 0)
		return give_up(line, r);
	r = receive(line, deadline, frame, ret_answer, ret_refused);
	return r < 0 ? fault_trace(r) : r;
}

/* What a decoder says of an answer: it fits, or the signer speaks another language. */
static int judge(struct wire_line *line, int decoded)
{
	if (decoded == 0)
		return 0;
	return give_up(line, fault_new(FAULT_PROTOCOL, "line: not the answer to this question"));
}

int wire_line_issue(struct wire_line *line, const struct wire_issue *message,
	struct deadline deadline, struct wire_issued *ret_issued, struct wire_refused *ret_refused)
{
	BUFFER_CLEANUP struct buffer frame = WIRE_BUFFER;
	struct wire_reader answer;
	int r = wire_issue_encode(message, &frame);
	if (r < 0)
		return fault_trace(r);
	r = ask(line, deadline, &frame, &answer, ret_refused);
	if (r != 0)
		return r < 0 ? fault_trace(r) : r;
	return judge(line, wire_issued_decode(&answer, ret_issued));
}

int wire_line_journal(struct wire_line *line, const struct wire_journal_request *message,
	struct deadline deadline, struct wire_journal *ret_journal,
	struct wire_refused *ret_refused)
{
	BUFFER_CLEANUP struct buffer frame = WIRE_BUFFER;
	struct wire_reader answer;
	int r = wire_journal_request_encode(message, &frame);
	if (r < 0)
		return fault_trace(r);
	r = ask(line, deadline, &frame, &answer, ret_refused);
	if (r != 0)
		return r < 0 ? fault_trace(r) : r;
	return judge(line, wire_journal_decode(&answer, ret_journal));
}

int wire_line_status(struct wire_line *line, struct deadline deadline,
	struct wire_status *ret_status, struct wire_refused *ret_refused)
{
	BUFFER_CLEANUP struct buffer frame = WIRE_BUFFER;
	struct wire_reader answer;
	int r = wire_frame_begin(&frame, WIRE_STATUS);
	if (r < 0)
		return fault_trace(r);
	r = wire_frame_end(&frame);
	if (r < 0)
		return fault_trace(r);
	r = ask(line, deadline, &frame, &answer, ret_refused);
	if (r != 0)
		return r < 0 ? fault_trace(r) : r;
	return judge(line, wire_status_decode(&answer, ret_status));
}

int wire_line_crl_begin(
	struct wire_line *line, const struct wire_crl_begin *message, struct deadline deadline)
{
	BUFFER_CLEANUP struct buffer frame = WIRE_BUFFER;
	int r = wire_crl_begin_encode(message, &frame);
	if (r < 0)
		return fault_trace(r);
	r = connect_line(line, deadline);
	if (r < 0)
		return fault_trace(r);
	r = wire_send(line->fd, buffer_bytes(&frame), deadline);
	return r < 0 ? give_up(line, r) : 0;
}

/* A frame of a CRL that has begun: on a new connection it would mean nothing. */
static int crl_continue(
	struct wire_line *line, const struct buffer *frame, struct deadline deadline)
{
	if (line->fd < 0)
		return fault_new(FAULT_UNAVAILABLE, "line: lost in the middle of a CRL");
	int r = wire_send(line->fd, buffer_bytes(frame), deadline);
	return r < 0 ? give_up(line, r) : 0;
}

int wire_line_crl_entries(struct wire_line *line, struct bytes entries, struct deadline deadline)
{
	BUFFER_CLEANUP struct buffer frame = WIRE_BUFFER;
	int r = wire_crl_entries_encode(entries, &frame);
	if (r < 0)
		return fault_trace(r);
	r = crl_continue(line, &frame, deadline);
	return r < 0 ? fault_trace(r) : 0;
}

int wire_line_crl_end(struct wire_line *line, struct deadline deadline,
	struct wire_crl_signed *ret_signed, struct wire_refused *ret_refused)
{
	BUFFER_CLEANUP struct buffer frame = WIRE_BUFFER;
	struct wire_reader answer;
	int r = wire_frame_begin(&frame, WIRE_CRL_END);
	if (r < 0)
		return fault_trace(r);
	r = wire_frame_end(&frame);
	if (r < 0)
		return fault_trace(r);
	r = crl_continue(line, &frame, deadline);
	if (r < 0)
		return fault_trace(r);
	r = receive(line, deadline, &frame, &answer, ret_refused);
	if (r != 0)
		return r < 0 ? fault_trace(r) : r;
	return judge(line, wire_crl_signed_decode(&answer, ret_signed));
}
