/* SPDX-License-Identifier: Apache-2.0 */
#include "pki/subject_alt.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/fault.h"
#include "pki/extension.h"
#include "pki/profile.h"
#include "pki/text.h"

/* Arcs below profile.item_oid. */
enum { ITEM_NAME = 1, ITEM_NAME_FLAGS, ITEM_SEX, ITEM_BIRTH, ITEM_ADDRESS, ITEM_ADDRESS_FLAGS };

void pki_subject_alt_names(struct pki_der *der, const char *arc,
	const struct pki_subject_alt_item *items, size_t count)
{
	pki_der_open(der, DER_SEQUENCE);
	for (size_t i = 0; i < count; i++) {
		char oid[PKI_OID_TEXT_MAX + sizeof(".2147483647")];
		int len = snprintf(oid, sizeof(oid), "%s.%d", arc, items[i].number);
		assert(len > 0 && (size_t)len < sizeof(oid)); /* profile.item_oid has a maximum */
		pki_der_open(der, PKI_GENERAL_NAME_OTHER);
		pki_der_oid(der, oid);
		pki_der_open(der, DER_CONTEXT_HOLDER(0));
		pki_der_text(der, DER_UTF8_STRING, items[i].text);
		pki_der_close(der);
		pki_der_close(der);
	}
	pki_der_close(der);
}

/* A text of 1 to 200 characters and as many flags. */
static bool text_fits(const char *text, const char *flags)
{
	size_t count;
	return pki_text_characters(text, &count) && count > 0 && count <= RESIDENT_CHARACTERS_MAX &&
		strlen(flags) == count && strspn(flags, "01") == count;
}

/* Parts may be unknown, but a date that is known exists. */
static bool birth_fits(struct birth_date birth)
{
	if ((int)birth.era < ERA_UNKNOWN || birth.era > ERA_REIWA || birth.year < 0 ||
		birth.year > 9999 || birth.month < 0 || birth.month > 12 || birth.day < 0 ||
		birth.day > 31)
		return false;
	bool is_whole = birth.year > 0 && birth.month > 0 && birth.day > 0;
	return !is_whole || date_exists((struct date){ birth.year, birth.month, birth.day });
}

void pki_subject_alt_extension(
	struct pki_der *der, const char *arc, const struct resident *resident)
{
	struct birth_date birth = resident->birth;
	if (der->fault < 0)
		return;
	if (!text_fits(resident->name, resident->name_flags) ||
		!text_fits(resident->address, resident->address_flags) || !birth_fits(birth) ||
		resident->sex < SEX_MALE || resident->sex > SEX_UNKNOWN) {
		der->fault = fault_new(FAULT_LIMIT, "a personal item does not fit a certificate");
		return;
	}
	char birth_text[PKI_BIRTH_TEXT_SIZE];
	(void)snprintf(birth_text, sizeof(birth_text), "%01u%04u%02u%02u",
		(unsigned int)birth.era % 10, (unsigned int)birth.year % 10000,
		(unsigned int)birth.month % 100, (unsigned int)birth.day % 100);
	const char sex_text[] = { (char)('0' + resident->sex), '\0' };

	const struct pki_subject_alt_item items[] = {
		{ ITEM_NAME, resident->name },
		{ ITEM_BIRTH, birth_text },
		{ ITEM_SEX, sex_text },
		{ ITEM_ADDRESS, resident->address },
		{ ITEM_NAME_FLAGS, resident->name_flags },
		{ ITEM_ADDRESS_FLAGS, resident->address_flags },
	};
	pki_extension_open(der, PKI_OID_SUBJECT_ALT_NAME, false);
	pki_subject_alt_names(der, arc, items, LENGTH_OF(items));
	pki_extension_close(der);
}
