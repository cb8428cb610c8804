/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The typed line between the services and the signer, framing: a frame is a 4-octet big-endian
 * length of what follows, a version octet, a 2-octet verb or answer, and fields in the fixed
 * order of that message. Integers are big-endian; octet strings have a 4-octet length. A reader
 * must end exactly at the end of its frame. Blocking calls end by a deadline. Touches one
 * descriptor it is given.
 *
 *	service → signer: WIRE_ISSUE, WIRE_JOURNAL, WIRE_CRL_BEGIN …, WIRE_STATUS
 *	signer → service: WIRE_ANSWER with the verb's fields, or WIRE_REFUSED with code and text
 */
#pragma once

#include <stdbool.h>

#include "base/bytes.h"
#include "base/clock.h"

#define WIRE_VERSION 1
#define WIRE_FRAME_MAX 131072 /* octets after the length word; a longer frame ends the connection */
#define WIRE_HEAD_LEN 7

enum wire_verb {
	WIRE_ISSUE = 1,
	WIRE_JOURNAL = 2,
	WIRE_CRL_BEGIN = 3,
	WIRE_CRL_ENTRIES = 4,
	WIRE_CRL_END = 5,
	WIRE_STATUS = 6,
	WIRE_ANSWER = 128,
	WIRE_REFUSED = 129,
};

/*
 * Writing: begin clears the buffer and leaves room for the head, the puts append fields, end fills
 * the head in. FAULT_LIMIT beyond the buffer's maximum or WIRE_FRAME_MAX; WIRE_BUFFER never is
 * less than a frame.
 */
#define WIRE_BUFFER BUFFER(WIRE_FRAME_MAX + WIRE_HEAD_LEN)
int wire_frame_begin(struct buffer *frame, enum wire_verb verb) MUST_CHECK;
int wire_put_u8(struct buffer *frame, uint8_t value) MUST_CHECK;
int wire_put_u32(struct buffer *frame, uint32_t value) MUST_CHECK;
int wire_put_i64(struct buffer *frame, int64_t value) MUST_CHECK;
int wire_put_fixed(struct buffer *frame, struct bytes octets) MUST_CHECK; /* length known to both */
int wire_put_bytes(struct buffer *frame, struct bytes octets) MUST_CHECK;
int wire_put_text(struct buffer *frame, const char *text) MUST_CHECK;
int wire_frame_end(struct buffer *frame) MUST_CHECK;

#define WIRE_BAD 1 /* the frame's fields are not what the verb has */

/* Reads fields; after a failure every later call fails too, so that one check at the end does. */
struct wire_reader {
	struct bytes rest;
	bool failed;
};
/* Head of a whole frame (without the length word): verb and a reader of its fields. WIRE_BAD. */
int wire_frame_open(struct bytes frame, enum wire_verb *ret_verb, struct wire_reader *ret_reader)
	MUST_CHECK;
uint8_t wire_get_u8(struct wire_reader *reader);
uint32_t wire_get_u32(struct wire_reader *reader);
int64_t wire_get_i64(struct wire_reader *reader);
void wire_get_fixed(struct wire_reader *reader, uint8_t *out, size_t len);
struct bytes wire_get_bytes(struct wire_reader *reader, size_t max); /* borrows the frame */
/* Copies a text without NUL into `out` and terminates it; longer than size - 1 fails. */
void wire_get_text(struct wire_reader *reader, char *out, size_t size);
/* WIRE_BAD unless everything was read and nothing is left. */
int wire_reader_end(const struct wire_reader *reader) MUST_CHECK;

/*
 * Whole frames over a socket, blocking or not. FAULT_TIMEOUT, FAULT_UNAVAILABLE (peer gone),
 * FAULT_PROTOCOL (too long). What is sent is what wire_frame_end() left; what is received is
 * what wire_frame_open() reads: without the length word.
 */
int wire_send(int fd, struct bytes frame, struct deadline deadline) MUST_CHECK;
int wire_receive(int fd, struct buffer *frame, struct deadline deadline) MUST_CHECK;
