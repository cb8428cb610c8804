/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Distinguished names as the profile spells them: one attribute a relative name, C PrintableString,
 * the rest UTF8String. Inside the room only. Writes DER, touches memory only.
 */
#pragma once

#include "pki/der.h"

#define PKI_NAME_COUNTRY_JP "JP"
#define PKI_NAME_UNIT_REHEARSAL "REHEARSAL"

enum pki_name_type {
	PKI_NAME_COUNTRY,
	PKI_NAME_ORGANISATION,
	PKI_NAME_UNIT,
	PKI_NAME_LOCALITY,
	PKI_NAME_COMMON_NAME,
	PKI_NAME_TYPES,
};

/*
 * One RelativeDistinguishedName. FAULT_LIMIT when the text is empty, no UTF-8, holds a control or
 * more characters than RFC 5280 appendix A.1 lets it.
 */
void pki_name_attribute(struct pki_der *der, enum pki_name_type type, const char *text);
/* A whole Name: C=JP, O, then one OU a part of `units`, which '|' separates. */
void pki_name_japanese(struct pki_der *der, const char *organisation, const char *units);
/* How many parts '|' separates; 0 when one of them is empty. */
size_t pki_name_units_count(const char *units);
