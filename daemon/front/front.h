/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What all of hakkod shares (struct front) and what one worker owns (struct front_worker): its
 * connections to database and signer, opened when first needed and again after a fault closed
 * them. Never shared between threads.
 */
#pragma once

#include "base/clock.h"
#include "front/metrics.h"
#include "front/recorder.h"
#include "front/register.h"
#include "front/register_watch.h"
#include "front/settings.h"
#include "front/settle.h"
#include "front/waiting.h"
#include "http/server.h"
#include "pki/ca.h"

struct front {
	struct front_settings settings;
	struct pki_ca ca;
	struct buffer ca_pem;
	struct clock clock; /* the front's own, for its own refusal of P1 */
	struct front_metrics metrics;
	struct front_register clients;
	struct front_waiting waiting;
	struct front_recorder recorder;
	struct front_register_watch register_watch;
	struct front_settle settle;
	struct http_server *server;
	struct http_server *health_server; /* NULL: none */
};

struct front_worker {
	struct front *front;
	struct store *store; /* NULL: not opened yet */
	struct wire_line line;
};

/* For struct http_server_settings: `context` is the struct front. */
int front_worker_open(void *context, void **ret_worker) MUST_CHECK;
void front_worker_close(void *worker);
/* The worker's open connection, with the request's deadline; borrowed. */
int front_worker_store(struct front_worker *worker, const struct http_request *request,
	struct store **ret_store) MUST_CHECK;
/* The deadline of a question to the signer for this request. */
struct deadline front_worker_signer_deadline(
	const struct front_worker *worker, const struct http_request *request);
