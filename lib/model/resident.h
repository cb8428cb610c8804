/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A resident as the municipality's register has them: the four items (基本4情報) in the
 * certificate's spelling with their substitute flags, the Juki card, ward status. Personal data:
 * never in a log, a fault or a metric (L5). Data only.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/calendar.h"
#include "model/municipality.h"

#define RESIDENT_CHARACTERS_MAX 200 /* characters of a certificate text */
#define RESIDENT_TEXT_MAX 800       /* octets of UTF-8 */
#define CARD_NUMBER_MAX 32          /* characters of a Juki card's number */

enum sex { SEX_MALE = 1, SEX_FEMALE = 2, SEX_UNKNOWN = 3 };

/* The era digit of the certificate's birth date (profile): from the register, not derived. */
enum era { ERA_UNKNOWN = 0, ERA_MEIJI, ERA_TAISHO, ERA_SHOWA, ERA_HEISEI, ERA_REIWA };

/* A birth date of which parts may be unknown (0). */
struct birth_date {
	enum era era;
	int year, month, day;
};

enum card_state { CARD_NONE = 0, CARD_VALID = 1, CARD_LAPSED = 2, CARD_RETURNED = 3 };

/* A Juki card as the register has it (A9). */
struct juki_card {
	enum card_state state;
	char number[CARD_NUMBER_MAX + 1];
	struct date valid_to_on; /* last day, inclusive */
};

struct resident {
	int64_t id;
	int64_t record_id; /* the register's version these items are from; versions never change */
	struct digest
		commitment; /* SHA-256(salt || record), the salt stays beside the record (L1) */
	char municipality[MUNICIPALITY_CODE_LEN + 1]; /* where registered (P10) */
	char name[RESIDENT_TEXT_MAX + 1];             /* certificate's spelling */
	char name_flags[RESIDENT_CHARACTERS_MAX + 1]; /* one '0' or '1' a character */
	char address[RESIDENT_TEXT_MAX + 1];
	char address_flags[RESIDENT_CHARACTERS_MAX + 1];
	struct birth_date birth;
	int adult_finding; /* year of birth unknown (A10): 1 clerk found 15 or over, 0 under, -1 none */
	enum sex sex;
	bool ward; /* 成年被後見人 */
	struct juki_card card;
	bool present; /* still registered: neither moved away nor dead */
};

const char *card_state_name(enum card_state state);
#define CARD_STATE_BAD 1
int card_state_from_text(const char *text, enum card_state *ret_state) MUST_CHECK;
