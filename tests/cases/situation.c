/* SPDX-License-Identifier: Apache-2.0 */
#include "situation.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/calendar.h"

struct word {
	const char *text;
	int value;
};

struct key {
	const char *name;
	unsigned acts;
	int (*set)(const struct key *key, struct situation *situation, const char *value);
	size_t offset;            /* into struct situation */
	size_t size;              /* of texts */
	const struct word *words; /* of enums, ended by NULL */
};

static int set_instant(const struct key *key, struct situation *situation, const char *value)
{
	int64_t instant_at;

	if (situation_instant(value, &instant_at) != 0)
		return SITUATION_BAD;
	memcpy((char *)situation + key->offset, &instant_at, sizeof(instant_at));
	return 0;
}

static int set_date(const struct key *key, struct situation *situation, const char *value)
{
	struct date date;

	if (date_from_text(value, &date) != 0)
		return SITUATION_BAD;
	memcpy((char *)situation + key->offset, &date, sizeof(date));
	return 0;
}

static int set_text(const struct key *key, struct situation *situation, const char *value)
{
	size_t len = strlen(value);

	if (len == 0 || len >= key->size)
		return SITUATION_BAD;
	memcpy((char *)situation + key->offset, value, len + 1);
	return 0;
}

static int set_bool(const struct key *key, struct situation *situation, const char *value)
{
	bool yes = strcmp(value, "yes") == 0;

	if (!yes && strcmp(value, "no") != 0)
		return SITUATION_BAD;
	memcpy((char *)situation + key->offset, &yes, sizeof(yes));
	return 0;
}

static int find_word(const struct word *words, const char *value, int *ret_value)
{
	for (; words->text != NULL; words++) {
		if (strcmp(words->text, value) == 0) {
			*ret_value = words->value;
			return 0;
		}
	}
	return SITUATION_BAD;
}

/* Enums of the model are as wide as an int. */
static int set_word(const struct key *key, struct situation *situation, const char *value)
{
	int number;

	if (find_word(key->words, value, &number) != 0)
		return SITUATION_BAD;
	memcpy((char *)situation + key->offset, &number, sizeof(number));
	return 0;
}

static int set_state(const struct key *key, struct situation *situation, const char *value)
{
	enum application_state *state = &situation->facts.application.state;

	(void)key;
	return application_state_from_text(value, state) == 0 ? 0 : SITUATION_BAD;
}

static int parse_number(const char *value, int64_t *ret_number)
{
	char *end;

	if (strlen(value) > 18)
		return SITUATION_BAD;
	*ret_number = strtoll(value, &end, 10);
	return end != value && *end == '\0' ? 0 : SITUATION_BAD;
}

static int set_years(const struct key *key, struct situation *situation, const char *value)
{
	int64_t years;

	(void)key;
	if (parse_number(value, &years) != 0 || years < 1 || years > 20)
		return SITUATION_BAD;
	situation->facts.programme.validity_years = (int32_t)years;
	return 0;
}

static int set_fee(const struct key *key, struct situation *situation, const char *value)
{
	int64_t yen;

	(void)key;
	if (parse_number(value, &yen) != 0 || yen < 0 || yen > 100000)
		return SITUATION_BAD;
	situation->facts.programme.fee_yen = (int32_t)yen;
	return 0;
}

static int set_amount(const struct key *key, struct situation *situation, const char *value)
{
	(void)key;
	return parse_number(value, &situation->amount_yen);
}

/* A part of a birth date: digits, or as many question marks where it is unknown. */
static int birth_part(const char *text, size_t digits, int *ret_part)
{
	int part = 0;

	if (strspn(text, "?") == digits) {
		*ret_part = 0;
		return 0;
	}
	for (size_t i = 0; i < digits; i++) {
		if (text[i] < '0' || text[i] > '9')
			return SITUATION_BAD;
		part = part * 10 + (text[i] - '0');
	}
	*ret_part = part;
	return part == 0 ? SITUATION_BAD : 0;
}

static int set_birth(const struct key *key, struct situation *situation, const char *value)
{
	struct birth_date birth = { .era = ERA_UNKNOWN };

	(void)key;
	if (strlen(value) != 10 || value[4] != '-' || value[7] != '-')
		return SITUATION_BAD;
	if (birth_part(value, 4, &birth.year) != 0 || birth_part(value + 5, 2, &birth.month) != 0 ||
		birth_part(value + 8, 2, &birth.day) != 0)
		return SITUATION_BAD;
	/* What is known of it must exist; an unknown year may be a leap year. */
	struct date date = { birth.year != 0 ? birth.year : 2000,
		birth.month != 0 ? birth.month : 12, birth.day != 0 ? birth.day : 1 };
	if (!date_exists(date))
		return SITUATION_BAD;
	situation->facts.resident.birth = birth;
	return 0;
}

static int set_live(const struct key *key, struct situation *situation, const char *value)
{
	struct facts *facts = &situation->facts;

	(void)key;
	facts->has_live = strcmp(value, "none") != 0;
	facts->live_not_after_at = 0;
	return facts->has_live ? situation_instant(value, &facts->live_not_after_at) : 0;
}

static int set_identity_end(const struct key *key, struct situation *situation, const char *value)
{
	struct visit *visit = &situation->visit;

	(void)key;
	visit->identity_has_end = strcmp(value, "none") != 0;
	if (!visit->identity_has_end)
		return 0;
	return date_from_text(value, &visit->identity_valid_to_on) == 0 ? 0 : SITUATION_BAD;
}

static const struct word cases[] = {
	{ "A1", VISIT_APPLICANT_WITH_ID },
	{ "A2", VISIT_APPLICANT_WITHOUT_ID },
	{ "A3", VISIT_REPRESENTED_WITH_ID },
	{ "A4", VISIT_REPRESENTED_WITHOUT_ID },
	{ "A5", VISIT_AGENT },
	{ NULL, 0 },
};

static const struct word kinds[] = {
	{ "issuance", APPLICATION_ISSUANCE },
	{ "renewal", APPLICATION_RENEWAL },
	{ NULL, 0 },
};

static const struct word cards[] = {
	{ "none", APPLICANT_CARD_NONE },
	{ "Juki card", APPLICANT_CARD_JUKI },
	{ "Individual Number Card", APPLICANT_CARD_INDIVIDUAL_NUMBER },
	{ NULL, 0 },
};

static const struct word card_states[] = {
	{ "none", CARD_NONE },
	{ "valid", CARD_VALID },
	{ "lapsed", CARD_LAPSED },
	{ "returned", CARD_RETURNED },
	{ NULL, 0 },
};

static const struct word identities[] = {
	{ "none", IDENTITY_NONE },
	{ "driving licence", IDENTITY_DRIVING_LICENCE },
	{ "passport", IDENTITY_PASSPORT },
	{ "Juki card with photo", IDENTITY_JUKI_CARD_WITH_PHOTO },
	{ "other public photo", IDENTITY_OTHER_PUBLIC_PHOTO },
	{ NULL, 0 },
};

static const struct word findings[] = {
	{ "none", -1 },
	{ "under 15", 0 },
	{ "15 or over", 1 },
	{ NULL, 0 },
};

static const struct word makers[] = {
	{ "applicant", KEY_BY_APPLICANT },
	{ "staff", KEY_BY_STAFF },
	{ "representative", KEY_BY_REPRESENTATIVE },
	{ NULL, 0 },
};

static const struct word acts[] = {
	{ "open", ACT_OPEN },
	{ "fee", ACT_FEE },
	{ "sign", ACT_SIGN },
	{ "delivery", ACT_DELIVERY },
	{ NULL, 0 },
};

#define AT(member_) .offset = offsetof(struct situation, member_)
#define TEXT_AT(member_) AT(member_), .size = sizeof(((struct situation *)NULL)->member_)

static const struct key keys[] = {
	{ "act", ACT_ALL, set_word, AT(act), .words = acts },
	{ "now", ACT_ALL, set_instant, AT(facts.now_at) },
	{ "programme begins", ACT_ALL, set_instant, AT(facts.programme.opening_at) },
	{ "programme ends", ACT_ALL, set_instant, AT(facts.programme.closing_at) },
	{ "programme years", ACT_SIGN, set_years, AT(facts.programme.validity_years) },
	{ "programme fee", ACT_FEE, set_fee, AT(facts.programme.fee_yen) },
	{ "CA certificate ends", ACT_SIGN, set_instant, AT(facts.ca_not_after_at) },
	{ "counter of", ACT_ALL, set_text, TEXT_AT(facts.municipality.code) },
	{ "counter ends", ACT_ALL, set_instant, AT(facts.municipality.closing_at) },
	{ "card holder known", ACT_OPEN | ACT_SIGN, set_bool, AT(facts.resident_known) },
	{ "registered in", ACT_OPEN | ACT_SIGN, set_text, TEXT_AT(facts.resident.municipality) },
	{ "still registered", ACT_OPEN | ACT_SIGN, set_bool, AT(facts.resident.present) },
	{ "born", ACT_OPEN | ACT_SIGN, set_birth, AT(facts.resident.birth) },
	{ "age finding", ACT_OPEN | ACT_SIGN, set_word, AT(facts.resident.adult_finding),
		.words = findings },
	{ "ward", ACT_OPEN | ACT_SIGN, set_bool, AT(facts.resident.ward) },
	{ "card state", ACT_OPEN | ACT_SIGN, set_word, AT(facts.resident.card.state),
		.words = card_states },
	{ "card number", ACT_OPEN, set_text, TEXT_AT(facts.resident.card.number) },
	{ "card valid to", ACT_OPEN | ACT_SIGN, set_date, AT(facts.resident.card.valid_to_on) },
	{ "other open application", ACT_OPEN | ACT_SIGN, set_bool, AT(facts.has_other_open) },
	{ "live certificate to", ACT_OPEN | ACT_SIGN, set_live, AT(facts.live_not_after_at) },
	{ "case of visit", ACT_OPEN, set_word, AT(visit.visit_case), .words = cases },
	{ "kind of visit", ACT_OPEN, set_word, AT(visit.kind), .words = kinds },
	{ "card shown", ACT_OPEN, set_word, AT(visit.card_shown), .words = cards },
	{ "card number shown", ACT_OPEN, set_text, TEXT_AT(visit.card_number) },
	{ "identity shown", ACT_OPEN, set_word, AT(visit.identity), .words = identities },
	{ "identity valid to", ACT_OPEN, set_identity_end, AT(visit.identity_valid_to_on) },
	{ "application known", ACT_FEE | ACT_SIGN | ACT_DELIVERY, set_bool,
		AT(facts.application_known) },
	{ "application at", ACT_FEE | ACT_SIGN | ACT_DELIVERY, set_text,
		TEXT_AT(facts.application.municipality) },
	{ "application kind", ACT_SIGN, set_word, AT(facts.application.kind), .words = kinds },
	{ "application state", ACT_FEE | ACT_SIGN | ACT_DELIVERY, set_state,
		AT(facts.application.state) },
	{ "fee paid", ACT_FEE | ACT_DELIVERY, set_bool, AT(facts.application.fee_paid) },
	{ "certificate live", ACT_DELIVERY, set_bool, AT(facts.certificate_live) },
	{ "key made by", ACT_SIGN, set_word, AT(maker), .words = makers },
	{ "key certified before", ACT_SIGN, set_bool, AT(facts.key_taken) },
	{ "amount", ACT_FEE, set_amount, AT(amount_yen) },
};

_Static_assert(LENGTH_OF(keys) <= SITUATION_KEYS_MAX, "a case counts its keys in an array");

size_t situation_key_count(void)
{
	return LENGTH_OF(keys);
}

const char *situation_key_name(size_t index)
{
	return keys[index].name;
}

unsigned situation_key_acts(size_t index)
{
	return keys[index].acts;
}

int situation_key_find(const char *key, size_t *ret_index)
{
	for (size_t i = 0; i < LENGTH_OF(keys); i++) {
		if (strcmp(keys[i].name, key) == 0) {
			*ret_index = i;
			return 0;
		}
	}
	return SITUATION_UNKNOWN;
}

int situation_set(struct situation *situation, size_t index, const char *value)
{
	return keys[index].set(&keys[index], situation, value);
}

int situation_instant(const char *value, int64_t *ret_at)
{
	char text[48];

	if (strcmp(value, "never") == 0) {
		*ret_at = PROGRAMME_OPEN_END;
		return 0;
	}
	if (strlen(value) < 19 || strlen(value) > 26 || value[10] != ' ')
		return SITUATION_BAD;
	snprintf(text, sizeof(text), "%.10sT%s+09:00", value, value + 11);
	return instant_from_text(text, ret_at) == 0 ? 0 : SITUATION_BAD;
}
