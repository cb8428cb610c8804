/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A certificate as the API hands it over: JSON with the CA's, or DER or PEM alone, by Accept.
 */
#pragma once

#include "front/front.h"

enum front_certificate_form { FRONT_FORM_JSON, FRONT_FORM_DER, FRONT_FORM_PEM };

#define FRONT_FORM_NONE 1 /* nothing of what Accept names is made here */
/* The first of the media ranges in `accept` that can be answered; JSON for an empty one. */
int front_certificate_form(const char *accept, enum front_certificate_form *ret_form) MUST_CHECK;
int front_certificate_reply(const struct front *front, struct http_request *request, int status,
	enum front_certificate_form form, const struct certificate *certificate) MUST_CHECK;
/* PEM as a JSON string; NULL without memory. */
json_t *front_certificate_pem(struct bytes der);
