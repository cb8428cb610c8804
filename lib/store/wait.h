/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Waiting for libpq within a deadline: flush, next result, copy data. For this room only. Every
 * fault closes the connection.
 */
#pragma once

#include "store/handle.h"

/* Sends everything that libpq holds. */
int store_wait_flush(struct store *store) MUST_CHECK;
/* The next result, NULL between the results of two statements; caller's to clear. */
int store_wait_result(struct store *store, PGresult **ret_result) MUST_CHECK;
/* Waits until the socket can be read (or written too, with `write`) and reads what came. */
int store_wait_input(struct store *store, bool write) MUST_CHECK;
/* The same until `deadline`, after which it answers STORE_NOT_FOUND and nothing is closed. */
int store_wait_until(struct store *store, struct deadline deadline, bool write) MUST_CHECK;
/*
 * Runs a text of any number of commands outside of pipeline mode, gives the last one's result
 * (text format), caller's to clear. Outcomes of error.h.
 */
int store_wait_plain(struct store *store, const char *sql, PGresult **ret_result) MUST_CHECK;
/* Closes the connection after a fault, answers that fault. */
int store_wait_broken(struct store *store, int fault) MUST_CHECK;
