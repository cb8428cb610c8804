/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The six personal items of the subjectAltName (docs/profile.md). Inside the room only. Writes DER,
 * touches memory only; its faults name no one's items (L5).
 */
#pragma once

#include "model/resident.h"
#include "pki/der.h"

#define PKI_BIRTH_TEXT_SIZE 10 /* "319800217" with terminator */

/* One item: otherName of type `arc`.`number` with a UTF8String. */
struct pki_subject_alt_item {
	int number;
	const char *text;
};

/* GeneralNames of otherNames, in the order given. */
void pki_subject_alt_names(struct pki_der *der, const char *arc,
	const struct pki_subject_alt_item *items, size_t count);
/* The extension with a resident's six items. FAULT_LIMIT when one does not fit. */
void pki_subject_alt_extension(
	struct pki_der *der, const char *arc, const struct resident *resident);
