/* SPDX-License-Identifier: Apache-2.0 */
#include "pki/name.h"

#include <string.h>

#include "base/fault.h"
#include "pki/text.h"

#define SEPARATOR '|'
#define UNIT_MAX 256 /* octets: 64 characters of four */

/* Characters at most: the upper bounds of RFC 5280 appendix A.1. */
static const struct {
	const char *oid;
	uint8_t tag;
	size_t characters_max;
} types[PKI_NAME_TYPES] = {
	[PKI_NAME_COUNTRY] = { "2.5.4.6", DER_PRINTABLE_STRING, 2 },
	[PKI_NAME_ORGANISATION] = { "2.5.4.10", DER_UTF8_STRING, 64 },
	[PKI_NAME_UNIT] = { "2.5.4.11", DER_UTF8_STRING, 64 },
	[PKI_NAME_LOCALITY] = { "2.5.4.7", DER_UTF8_STRING, 128 },
	[PKI_NAME_COMMON_NAME] = { "2.5.4.3", DER_UTF8_STRING, 64 },
};

void pki_name_attribute(struct pki_der *der, enum pki_name_type type, const char *text)
{
	size_t count;
	if (der->fault < 0)
		return;
	if (!pki_text_characters(text, &count) || count == 0 ||
		count > types[type].characters_max) {
		der->fault = fault_new(
			FAULT_LIMIT, "a text of attribute %s does not fit a name", types[type].oid);
		return;
	}
	pki_der_open(der, DER_SET);
	pki_der_open(der, DER_SEQUENCE);
	pki_der_oid(der, types[type].oid);
	pki_der_text(der, types[type].tag, text);
	pki_der_close(der);
	pki_der_close(der);
}

size_t pki_name_units_count(const char *units)
{
	size_t count = 0;
	for (const char *part = units;; part++, count++) {
		size_t len = strcspn(part, (char[]){ SEPARATOR, '\0' });
		if (len == 0)
			return 0;
		part += len;
		if (*part == '\0')
			return count + 1;
	}
}

void pki_name_japanese(struct pki_der *der, const char *organisation, const char *units)
{
	pki_der_open(der, DER_SEQUENCE);
	pki_name_attribute(der, PKI_NAME_COUNTRY, PKI_NAME_COUNTRY_JP);
	pki_name_attribute(der, PKI_NAME_ORGANISATION, organisation);
	size_t count = pki_name_units_count(units);
	for (size_t i = 0; i < count; i++) {
		char unit[UNIT_MAX + 1];
		size_t len = strcspn(units, (char[]){ SEPARATOR, '\0' });
		/* A longer one is cut and refused: it has more characters than fit. */
		size_t copied = len < UNIT_MAX ? len : UNIT_MAX;
		memcpy(unit, units, copied);
		unit[copied] = '\0';
		pki_name_attribute(der, PKI_NAME_UNIT, unit);
		units += len + 1;
	}
	pki_der_close(der);
}
