/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The public listener: plain HTTP, GET and HEAD of the published files, nothing else.
 */
#pragma once

#include "http/server.h"
#include "publish/settings.h"

/* Starts it on a socket of systemd's ("hakkod-publish") or on `settings->listen`; NULL when there is neither. */
int publish_public_start(const struct publish_settings *settings, bool rehearsal,
	struct http_server **ret_server) MUST_CHECK;
