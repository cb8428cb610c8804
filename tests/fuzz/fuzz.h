/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What libFuzzer, or driver.c in its place, calls for each input. It answers 0, or does not
 * come back: a broken promise is an abort.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);
