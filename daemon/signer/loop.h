/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The signer's loop: waits for peers, finished signatures and signals, and goes round. Touches
 * the listening socket and the signals.
 */
#pragma once

#include "signer/signer.h"

/* The socket that the service manager hands over, or one made at the path of the settings. */
int signer_loop_listen(const struct signer_settings *settings, int *ret_fd) MUST_CHECK;
/* Until SIGTERM or SIGINT (0), when what was accepted is finished, or a fault. Borrows both. */
int signer_loop_run(struct signer *signer, int listener_fd, int signals_fd) MUST_CHECK;
