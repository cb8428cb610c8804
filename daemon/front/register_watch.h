/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keeps the register in memory like the database's: a thread with a connection of its own that
 * listens for hakko_register and reads it once a second all the same. Never writes.
 */
#pragma once

#include "front/register.h"
#include "front/thread.h"
#include "front/waiting.h"

struct front_register_watch {
	struct front_thread thread;
	struct front_register *clients; /* borrowed, as the others */
	struct front_waiting *waiting;
	const char *database;
	struct store *store;
};

int front_register_watch_init(struct front_register_watch *watch, struct front_register *clients,
	struct front_waiting *waiting) MUST_CHECK;
/* Reads once, within the deadline; false when that was not possible. */
bool front_register_watch_read(struct front_register_watch *watch, struct deadline deadline);
int front_register_watch_start(struct front_register_watch *watch) MUST_CHECK;
void front_register_watch_done(struct front_register_watch *watch);
