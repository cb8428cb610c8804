/* SPDX-License-Identifier: Apache-2.0 */
#include "pki/crl.h"

#include <string.h>

#include "base/fault.h"
#include "pki/extension.h"
#include "pki/tlv.h"

#define VERSION_2 1 /* RFC 5280 5.1.2.1 */

/*
 * An Extensions holding reasonCode alone (RFC 5280 5.3.1), the reason behind it. What is written is
 * what is taken.
 */
static const uint8_t reason_extension[] = { 0x30, 0x0c, 0x30, 0x0a, 0x06, 0x03, 0x55, 0x1d, 0x15,
	0x04, 0x03, 0x0a, 0x01 };

/* R1 to R8: keyCompromise, cACompromise, affiliationChanged, superseded, cessationOfOperation. */
static bool is_reason(int reason)
{
	return reason >= 1 && reason <= 5;
}

static bool is_serial(const uint8_t serial[SERIAL_LEN])
{
	static const uint8_t zero[SERIAL_LEN];
	return (serial[0] & 0x80) == 0 && memcmp(serial, zero, SERIAL_LEN) != 0;
}

int pki_crl_entry_build(const struct pki_crl_entry *entry, struct buffer *ret_entries)
{
	if (!is_serial(entry->serial))
		return fault_new(FAULT_LIMIT, "a serial number that is zero or not positive");
	if (entry->reason != 0 && !is_reason(entry->reason))
		return fault_new(FAULT_LIMIT, "a revocation for reason %d", entry->reason);
	struct pki_der der = pki_der_begin(ret_entries);
	pki_der_open(&der, DER_SEQUENCE);
	pki_der_unsigned(&der, BYTES(entry->serial));
	pki_der_time(&der, entry->revoked_at);
	if (entry->reason != 0) {
		pki_der_raw(&der, BYTES(reason_extension));
		pki_der_raw(&der, (struct bytes){ (uint8_t[]){ (uint8_t)entry->reason }, 1 });
	}
	pki_der_close(&der);
	int r = pki_der_end(&der);
	return r < 0 ? fault_trace(r) : 0;
}

/* The rest of an entry: nothing, or the reason. */
static bool reason_fits(struct bytes rest)
{
	return rest.len == 0 ||
		(rest.len == sizeof(reason_extension) + 1 &&
			memcmp(rest.data, reason_extension, sizeof(reason_extension)) == 0 &&
			is_reason(rest.data[rest.len - 1]));
}

/* Takes one entry; false unless it is exactly as pki_crl_entry_build() writes it. */
static bool entry_take(struct bytes *rest, struct pki_crl_scan *scan)
{
	struct bytes content, serial;
	int64_t revoked_at;
	if (!pki_tlv_take(rest, DER_SEQUENCE, &content) ||
		!pki_tlv_take_unsigned(&content, &serial) || serial.len > SERIAL_LEN ||
		!pki_tlv_take_time(&content, &revoked_at) || !reason_fits(content))
		return false;
	uint8_t padded[SERIAL_LEN] = { 0 };
	memcpy(padded + SERIAL_LEN - serial.len, serial.data, serial.len);
	if (!is_serial(padded) || memcmp(padded, scan->last_serial, SERIAL_LEN) <= 0 ||
		revoked_at > scan->latest_allowed_at)
		return false;
	memcpy(scan->last_serial, padded, SERIAL_LEN);
	scan->count++;
	return true;
}

int pki_crl_scan(struct pki_crl_scan *scan, struct bytes entries)
{
	struct pki_crl_scan next = *scan;
	if (entries.len > PKI_CRL_FRAME_MAX)
		return PKI_CRL_BAD;
	next.len += entries.len;
	while (entries.len > 0)
		if (!entry_take(&entries, &next))
			return PKI_CRL_BAD;
	*scan = next;
	return 0;
}

static int request_check(const struct pki_crl_request *request)
{
	bool is_empty = request->count == 0;
	if (request->number < 0 || request->this_update_at >= request->next_update_at)
		return fault_new(FAULT_LIMIT, "a CRL whose number or times make no sense");
	if (is_empty != (request->entries_len == 0) ||
		request->count > request->entries_len / PKI_CRL_ENTRY_MIN ||
		request->entries_len > PKI_CRL_LEN_MAX ||
		(!is_empty && request->entries_len > request->count * PKI_CRL_ENTRY_MAX))
		return fault_new(FAULT_LIMIT, "a CRL whose entries do not have that length");
	return 0;
}

int pki_crl_trailer_build(
	const struct pki_ca *ca, const struct pki_crl_request *request, struct buffer *ret_trailer)
{
	int r = request_check(request);
	if (r < 0)
		return fault_trace(r);
	struct pki_der der = pki_der_begin(ret_trailer);
	pki_der_open(&der, DER_CONTEXT_HOLDER(0));
	pki_der_open(&der, DER_SEQUENCE);
	pki_extension_authority_key_id(&der, BYTES(ca->key_id));
	pki_extension_open(&der, PKI_OID_CRL_NUMBER, false);
	pki_der_number(&der, (uint64_t)request->number);
	pki_extension_close(&der);
	pki_der_close(&der);
	pki_der_close(&der);
	r = pki_der_end(&der);
	return r < 0 ? fault_trace(r) : 0;
}

/* What stands between TBSCertList's own length and the entries. */
static int front_build(
	const struct pki_ca *ca, const struct pki_crl_request *request, struct buffer *ret_front)
{
	struct pki_der der = pki_der_begin(ret_front);
	pki_der_number(&der, VERSION_2);
	pki_der_raw(&der, ca->signature_algorithm);
	pki_der_raw(&der, buffer_bytes(&ca->subject_der));
	pki_der_time(&der, request->this_update_at);
	pki_der_time(&der, request->next_update_at);
	if (request->entries_len > 0) /* RFC 5280 5.1.2.6: absent rather than empty */
		pki_der_header(&der, DER_SEQUENCE, request->entries_len);
	int r = pki_der_end(&der);
	return r < 0 ? fault_trace(r) : 0;
}

int pki_crl_header_build(
	const struct pki_ca *ca, const struct pki_crl_request *request, struct buffer *ret_header)
{
	BUFFER_CLEANUP struct buffer front = BUFFER(PKI_CRL_HEADER_MAX);
	BUFFER_CLEANUP struct buffer trailer = BUFFER(PKI_CRL_TRAILER_MAX);
	int r = pki_crl_trailer_build(ca, request, &trailer);
	if (r == 0)
		r = front_build(ca, request, &front);
	if (r < 0)
		return fault_trace(r);
	struct pki_der der = pki_der_begin(ret_header);
	pki_der_header(&der, DER_SEQUENCE, front.len + request->entries_len + trailer.len);
	pki_der_raw(&der, buffer_bytes(&front));
	r = pki_der_end(&der);
	return r < 0 ? fault_trace(r) : 0;
}

int pki_crl_signature_build(
	const struct pki_ca *ca, struct bytes signature, struct buffer *ret_part)
{
	struct pki_der der = pki_der_begin(ret_part);
	pki_der_raw(&der, ca->signature_algorithm);
	pki_der_bits(&der, signature, 0);
	int r = pki_der_end(&der);
	return r < 0 ? fault_trace(r) : 0;
}

int pki_crl_outer_build(
	const struct pki_ca *ca, uint64_t tbs_len, struct bytes signature, struct buffer *ret_outer)
{
	BUFFER_CLEANUP struct buffer part = BUFFER(2 * PKI_SIGNATURE_MAX);
	int r = pki_crl_signature_build(ca, signature, &part);
	if (r < 0)
		return fault_trace(r);
	struct pki_der der = pki_der_begin(ret_outer);
	pki_der_header(&der, DER_SEQUENCE, tbs_len + part.len);
	r = pki_der_end(&der);
	return r < 0 ? fault_trace(r) : 0;
}
