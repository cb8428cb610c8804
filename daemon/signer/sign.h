/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one place where the CA key is used. What is signed was built, journalled and synced by this
 * process: no digest ever comes from outside. Thread-safe; touches nothing but the job.
 */
#pragma once

#include "signer/job.h"

/* Fills in the job's signature, verified; on a fault signature_len stays 0. */
int signer_sign_job(EVP_PKEY *key, struct signer_job *job) MUST_CHECK;
