/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hands a reply to libmicrohttpd with its headers.
 */
#pragma once

#include "http/exchange.h"

/* MHD_NO: the connection is to be closed without a word. */
enum MHD_Result http_send(struct http_exchange *exchange) MUST_CHECK;
