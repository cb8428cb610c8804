/* SPDX-License-Identifier: Apache-2.0 */
#include "front/register_watch.h"

#include "base/fault.h"
#include "base/log.h"

#define READ_MS 3000   /* a reading's deadline */
#define NOTICE_MS 1000 /* read at least so often: a notice can be lost with its connection */
#define RETRY_MS 500

int front_register_watch_init(struct front_register_watch *watch, struct front_register *clients,
	struct front_waiting *waiting)
{
	*watch = (struct front_register_watch){
		.clients = clients, .waiting = waiting, .database = waiting->settings->database
	};
	int r = front_thread_init(&watch->thread);
	return r < 0 ? fault_trace(r) : 0;
}

void front_register_watch_done(struct front_register_watch *watch)
{
	front_thread_done(&watch->thread);
	store_close(watch->store);
}

static int open_store(struct front_register_watch *watch, struct deadline deadline)
{
	if (watch->store != NULL && store_is_open(watch->store)) {
		store_set_deadline(watch->store, deadline);
		return 0;
	}
	store_close(watch->store);
	watch->store = NULL;
	int r = store_open(watch->database, STORE_FRONT, deadline, &watch->store);
	if (r != 0)
		return r < 0 ? fault_trace(r) : r;
	store_set_deadline(watch->store, deadline);
	r = store_listen(watch->store, "hakko_register");
	return r < 0 ? fault_trace(r) : 0;
}

static int read_register(struct front_register_watch *watch, struct deadline deadline)
{
	int r = open_store(watch, deadline);
	if (r != 0)
		return r < 0 ? fault_trace(r) : r;
	r = front_register_load(watch->clients, watch->store);
	if (r < 0)
		return fault_trace(r);
	front_waiting_set(watch->waiting, FRONT_LACK_REGISTER, false);
	return 0;
}

bool front_register_watch_read(struct front_register_watch *watch, struct deadline deadline)
{
	int r = read_register(watch, deadline);
	/* waiting.c tells of a database that is away or of another schema. */
	if (r < 0 && fault_kind(r) != FAULT_UNAVAILABLE && fault_kind(r) != FAULT_TIMEOUT)
		log_fault("register", r);
	return r == 0;
}

/* Waits until there may be something new; false when the thread must end. */
static bool wait_for_news(struct front_register_watch *watch, bool is_read)
{
	if (!is_read)
		return front_thread_rest(&watch->thread, RETRY_MS);
	int r = store_wait_notice(watch->store, deadline_after_ms(NOTICE_MS));
	return front_thread_rest(&watch->thread, r < 0 ? RETRY_MS : 0);
}

static void *run(void *context)
{
	struct front_register_watch *watch = context;
	bool is_read = watch->store != NULL; /* before the thread began */
	while (wait_for_news(watch, is_read))
		is_read = front_register_watch_read(watch, deadline_after_ms(READ_MS));
	return NULL;
}

int front_register_watch_start(struct front_register_watch *watch)
{
	int r = front_thread_start(&watch->thread, run, watch);
	return r < 0 ? fault_trace(r) : 0;
}
