/* SPDX-License-Identifier: Apache-2.0 */
#include "signer/check.h"

#include <stdio.h>
#include <string.h>

#include "pki/certificate.h"

#define CN_INSTANT_LEN 14 /* YYYYMMDDhhmmss of the CN, before the municipality's code */
#define CN_NUMBER_LEN 3

enum refusal signer_check_clock(
	const struct signer_limits *limits, const struct reservation *reservation, int64_t now_at)
{
	if (now_at >= limits->closing_at)
		return REFUSAL_PROGRAMME_CLOSED;
	/* No difference of instants here: a stranger's may lie anywhere in 64 bits. */
	if (reservation->reserved_at > now_at + limits->clock_skew)
		return REFUSAL_RESERVATION_AHEAD;
	if (reservation->reserved_at < now_at - SIGNER_RESERVATION_MAX_AGE)
		return REFUSAL_RESERVATION_STALE;
	return REFUSAL_NONE;
}

static bool is_validity_inside(
	const struct signer_limits *limits, const struct reservation *reservation)
{
	int64_t not_before_at = reservation->reserved_at - reservation->reserved_at % SECOND;
	int64_t not_after_at = reservation->not_after_at;
	return not_before_at >= limits->ca_not_before_at && not_after_at > not_before_at &&
		not_after_at % SECOND == 0 && not_after_at <= limits->ca_not_after_at &&
		not_after_at <= pki_certificate_end_at(not_before_at, limits->validity_years);
}

static bool is_all(const char *text, size_t len, char first, char last)
{
	for (size_t i = 0; i < len; i++)
		if (text[i] < first || text[i] > last)
			return false;
	return true;
}

/* The CN: the JST second of notBefore, the municipality, three digits, a letter (profile). */
static bool is_cn(const struct reservation *reservation)
{
	struct civil_time civil = jst_of_instant(reservation->reserved_at);
	char expected[64];
	(void)snprintf(expected, sizeof(expected), "%04d%02d%02d%02d%02d%02d%s", civil.date.year,
		civil.date.month, civil.date.day, civil.hour, civil.minute, civil.second,
		reservation->municipality);
	const size_t known_len = CN_INSTANT_LEN + MUNICIPALITY_CODE_LEN;
	const char *drawn = reservation->cn + known_len;
	return strlen(reservation->cn) == CN_LEN && strlen(expected) == known_len &&
		memcmp(reservation->cn, expected, known_len) == 0 &&
		is_all(drawn, CN_NUMBER_LEN, '0', '9') &&
		is_all(drawn + CN_NUMBER_LEN, CN_LEN - known_len - CN_NUMBER_LEN, 'A', 'Z');
}

static bool is_serial(const uint8_t serial[SERIAL_LEN])
{
	static const uint8_t zero[SERIAL_LEN];
	return (serial[0] & 0x80) == 0 && memcmp(serial, zero, SERIAL_LEN) != 0;
}

/* Octets of the UTF-8 character at `text`, 0 when it is none, too long a form, or a control. */
static size_t character_len(const uint8_t *text)
{
	static const struct {
		uint8_t mask, lead;
		uint32_t from, to;
	} forms[] = {
		{ 0x80, 0x00, 0x20, 0x7e },
		{ 0xe0, 0xc0, 0xa0, 0x7ff },
		{ 0xf0, 0xe0, 0x800, 0xffff },
		{ 0xf8, 0xf0, 0x10000, 0x10ffff },
	};
	size_t form = 0;
	while (form < LENGTH_OF(forms) && (text[0] & forms[form].mask) != forms[form].lead)
		form++;
	if (form == LENGTH_OF(forms))
		return 0;
	uint32_t character = text[0] & (uint8_t)~forms[form].mask;
	/* The terminator is no continuation, so that nothing is read beyond it. */
	for (size_t i = 1; i <= form; i++) {
		if ((text[i] & 0xc0) != 0x80)
			return 0;
		character = character << 6 | (text[i] & 0x3f);
	}
	bool is_surrogate = character >= 0xd800 && character <= 0xdfff;
	return character < forms[form].from || character > forms[form].to || is_surrogate
		? 0
		: form + 1;
}

/* Characters of a text, 0 when it is empty or not printable UTF-8. */
static size_t characters(const char *text)
{
	size_t count = 0;
	for (const uint8_t *at = (const uint8_t *)text; *at != '\0'; count++) {
		size_t len = character_len(at);
		if (len == 0)
			return 0;
		at += len;
	}
	return count;
}

/* A certified text and its substitute flags, one a character. */
static bool is_flagged_text(const char *text, const char *flags)
{
	size_t count = characters(text);
	return count > 0 && count <= RESIDENT_CHARACTERS_MAX && strlen(flags) == count &&
		is_all(flags, count, '0', '1');
}

static bool is_birth(const struct birth_date *birth)
{
	if (birth->year < 0 || birth->year > 9999 || birth->month < 0 || birth->month > 12 ||
		birth->day < 0 || birth->day > 31 || birth->era > ERA_REIWA)
		return false;
	if (birth->year == 0 || birth->month == 0 || birth->day == 0)
		return true;
	return date_exists((struct date){ birth->year, birth->month, birth->day });
}

/* The municipality's romaji goes into the DN: printable ASCII. */
static bool is_romaji(const char *text)
{
	size_t len = strlen(text);
	return len > 0 && is_all(text, len, ' ', '~');
}

static bool are_fields_valid(const struct reservation *reservation, const struct resident *resident)
{
	return reservation->id > 0 && reservation->spki_len > 0 &&
		strlen(reservation->municipality) == MUNICIPALITY_CODE_LEN &&
		is_all(reservation->municipality, MUNICIPALITY_CODE_LEN, '0', '9') &&
		is_romaji(reservation->romaji) && is_serial(reservation->serial) &&
		is_cn(reservation) && is_flagged_text(resident->name, resident->name_flags) &&
		is_flagged_text(resident->address, resident->address_flags) &&
		is_birth(&resident->birth) && resident->sex >= SEX_MALE &&
		resident->sex <= SEX_UNKNOWN;
}

enum refusal signer_check_fields(const struct signer_limits *limits,
	const struct reservation *reservation, const struct resident *resident)
{
	if (!digest_equal(&reservation->ca_key_id, &limits->ca_key))
		return REFUSAL_CA_KEY_OTHER;
	if (!digest_equal(&reservation->profile, &limits->profile))
		return REFUSAL_PROFILE_OTHER;
	/* Before any calendar: an instant so far off has no civil date. */
	if (reservation->reserved_at < 0 || reservation->reserved_at > limits->ca_not_after_at ||
		!is_validity_inside(limits, reservation))
		return REFUSAL_VALIDITY_OUTSIDE;
	if (!are_fields_valid(reservation, resident))
		return REFUSAL_FIELDS_INVALID;
	return REFUSAL_NONE;
}
