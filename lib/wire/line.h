/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A service's end of the line: one connection to the signer's Unix socket, one question at a
 * time. It reconnects by itself on the next question after a fault. Not shared between threads.
 */
#pragma once

#include "wire/message.h"

struct wire_line {
	char path[108];
	int fd; /* -1: not connected */
};

#define WIRE_LINE_REFUSED 2 /* the signer refused; `ret_refused` says why */

/* Borrows nothing; connects lazily. FAULT_SETTINGS when the path is too long for a socket. */
int wire_line_init(struct wire_line *line, const char *path) MUST_CHECK;
void wire_line_done(struct wire_line *line);
int wire_line_issue(struct wire_line *line, const struct wire_issue *message,
	struct deadline deadline, struct wire_issued *ret_issued, struct wire_refused *ret_refused)
	MUST_CHECK;
int wire_line_journal(struct wire_line *line, const struct wire_journal_request *message,
	struct deadline deadline, struct wire_journal *ret_journal,
	struct wire_refused *ret_refused) MUST_CHECK;
int wire_line_status(struct wire_line *line, struct deadline deadline,
	struct wire_status *ret_status, struct wire_refused *ret_refused) MUST_CHECK;
/* A CRL: begin, any number of entries, end. A refusal comes at the end. */
int wire_line_crl_begin(struct wire_line *line, const struct wire_crl_begin *message,
	struct deadline deadline) MUST_CHECK;
int wire_line_crl_entries(struct wire_line *line, struct bytes entries, struct deadline deadline)
	MUST_CHECK;
int wire_line_crl_end(struct wire_line *line, struct deadline deadline,
	struct wire_crl_signed *ret_signed, struct wire_refused *ret_refused) MUST_CHECK;
