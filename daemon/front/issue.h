/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One CSR on its way to a certificate: facts, decision, reservation, signature, record. May be
 * run again at any point with the same result (docs/architecture.md, "Settling").
 */
#pragma once

#include "front/front.h"
#include "pki/csr.h"
#include "store/issuance.h"

#define FRONT_ISSUE_ATTEMPTS_MAX 6 /* of one request; each ends in a decision or begins anew */

struct front_issue {
	struct front_worker *worker;
	const struct http_request *request;
	const char *application;
	struct bytes csr; /* DER, checked; borrowed */
	struct pki_public_key key;
	enum key_maker maker;
	const char *clerk;
};

/* What came of it. */
struct front_issue_end {
	struct certificate certificate;
	bool is_new;            /* reserved by this very request */
	bool was_issued;        /* recorded before this request came */
	struct verdict verdict; /* of FRONT_ISSUE_REFUSED */
	int retry_after_s;
};

#define FRONT_ISSUE_REFUSED 1
int front_issue(const struct front_issue *issue, struct front_issue_end *ret_end) MUST_CHECK;
