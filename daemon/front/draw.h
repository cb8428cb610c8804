/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is drawn by lot: serial numbers, the subject's CN, ids of applications. Each is unique by a
 * constraint of the database; whoever collides draws again. Touches the system's CSPRNG only.
 */
#pragma once

#include "model/application.h"

/* 127 random bits, not all zero (profile). */
int front_draw_serial(uint8_t ret_serial[SERIAL_LEN]) MUST_CHECK;
/* YYYYMMDDhhmmss of the instant in JST, the municipality's code, three digits, a letter A to Z. */
int front_draw_cn(int64_t reserved_at, const char *municipality, char ret_cn[CN_LEN + 1])
	MUST_CHECK;
/* "ap_" and 23 digits of 115 random bits. */
int front_draw_application_id(char ret_id[APPLICATION_ID_LEN + 1]) MUST_CHECK;
/* Whether a text could be such an id at all. */
bool front_draw_is_application_id(const char *text);
