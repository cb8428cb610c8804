/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What Content-Type and Accept-Language say. Pure.
 */
#pragma once

#include "http/request.h"

/* Whether a Content-Type is this media type, with no parameter but charset=utf-8. */
bool http_media_is(const char *content_type, const char *media);
/* The language a client likes best (RFC 9110, 12.5.4); Japanese unless English is preferred. */
enum http_language http_media_language(const char *accept_language);
