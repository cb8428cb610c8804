/* SPDX-License-Identifier: Apache-2.0 */
#include "front/record.h"

#include <string.h>

#include "base/fault.h"
#include "pki/issued.h"

int front_record_check(const struct reservation *reservation, const struct front_signed *signed_one)
{
	struct pki_issued issued;
	if (pki_issued_read(signed_one->der, &issued) != 0)
		return fault_new(FAULT_PROTOCOL, "signer: no certificate");
	struct digest tbs;
	int r = digest_of(issued.tbs, &tbs);
	if (r < 0)
		return fault_trace(r);
	if (!digest_equal(&tbs, &signed_one->tbs))
		return fault_new(FAULT_PROTOCOL, "signer: other bytes than it says it signed");
	if (memcmp(issued.serial, reservation->serial, SERIAL_LEN) != 0 ||
		!bytes_equal(
			issued.spki, (struct bytes){ reservation->spki, reservation->spki_len }))
		return fault_new(FAULT_PROTOCOL, "signer: a certificate of another reservation");
	return 0;
}

/* Fills the row; what it borrows of the leaf stays with `leaf` and `digest`. */
static int fill(const struct store_reserved *reserved, const struct front_signed *signed_one,
	struct digest *digest, struct store_record *ret_record)
{
	int r = front_record_check(&reserved->reservation, signed_one);
	if (r < 0)
		return fault_trace(r);
	r = digest_of(signed_one->der, digest);
	if (r < 0)
		return fault_trace(r);
	struct front_leaf leaf;
	r = front_leaf_issuance(reserved, &signed_one->tbs, digest, &leaf);
	if (r < 0)
		return fault_trace(r);
	if (signed_one->der.len > CERTIFICATE_MAX)
		return fault_new(FAULT_LIMIT, "a certificate longer than %d", CERTIFICATE_MAX);

	const struct reservation *reservation = &reserved->reservation;
	ret_record->reservation = reservation->id;
	ret_record->tbs = signed_one->tbs;
	ret_record->position = signed_one->place.position;
	ret_record->hash = signed_one->place.hash;
	ret_record->leaf = leaf.leaf;
	ret_record->octets = leaf.octets;
	memcpy(ret_record->signer, signed_one->signer, sizeof(ret_record->signer));
	struct certificate *certificate = &ret_record->certificate;
	memcpy(certificate->serial, reservation->serial, sizeof(certificate->serial));
	memcpy(certificate->application, reservation->application,
		sizeof(certificate->application));
	certificate->not_after_at = reservation->not_after_at;
	memcpy(certificate->der, signed_one->der.data, signed_one->der.len);
	certificate->der_len = signed_one->der.len;
	return 0;
}

int front_record(struct front_recorder *recorder, struct store *store,
	const struct store_reserved *reserved, const struct front_signed *signed_one,
	struct certificate *ret_recorded)
{
	struct store_record record;
	struct digest digest;
	int r = fill(reserved, signed_one, &digest, &record);
	if (r < 0)
		return fault_trace(r);
	r = recorder != NULL ? front_recorder_record(recorder, store, &record, ret_recorded)
			     : store_issuance_record(store, &record, ret_recorded);
	return r < 0 ? fault_trace(r) : r;
}

int front_record_late(struct store *store, const struct store_reserved *reserved,
	const struct front_signed *signed_one)
{
	struct store_record record;
	struct digest digest;
	int r = fill(reserved, signed_one, &digest, &record);
	if (r < 0)
		return fault_trace(r);
	r = store_issuance_record_late(store, &record);
	return r < 0 ? fault_trace(r) : r;
}
