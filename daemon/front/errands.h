/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every errand of the API, one file each: errand_<name>.c. They run on a worker (struct
 * front_worker), decode, ask the store under the client's name again, decide, act and reply
 * (docs/api.md has what each takes and gives).
 */
#pragma once

#include "http/server.h"

int front_errand_open(struct http_request *request, void *worker) MUST_CHECK;
int front_errand_application(struct http_request *request, void *worker) MUST_CHECK;
int front_errand_fee(struct http_request *request, void *worker) MUST_CHECK;
int front_errand_csr(struct http_request *request, void *worker) MUST_CHECK;
int front_errand_certificate(struct http_request *request, void *worker) MUST_CHECK;
int front_errand_delivery(struct http_request *request, void *worker) MUST_CHECK;
int front_errand_revocation(struct http_request *request, void *worker) MUST_CHECK;
int front_errand_certificate_status(struct http_request *request, void *worker) MUST_CHECK;
int front_errand_municipality(struct http_request *request, void *worker) MUST_CHECK;
int front_errand_client(struct http_request *request, void *worker) MUST_CHECK;
int front_errand_suspension(struct http_request *request, void *worker) MUST_CHECK;
int front_errand_crl(struct http_request *request, void *worker) MUST_CHECK;
int front_errand_leaves(struct http_request *request, void *worker) MUST_CHECK;
int front_errand_service(struct http_request *request, void *worker) MUST_CHECK;
/* On the loopback listener; their worker is the struct front itself. */
int front_errand_health(struct http_request *request, void *front) MUST_CHECK;
int front_errand_metrics(struct http_request *request, void *front) MUST_CHECK;
