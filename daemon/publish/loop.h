/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The publisher's round: connect what is not connected, look what is due, publish, wait for a notice.
 */
#pragma once

#include "publish/publish.h"

/* Runs until SIGTERM or SIGINT is read from `signal_fd`. Faults are logged and tried again. */
int publish_loop(struct publish *publish, int signal_fd) MUST_CHECK;
