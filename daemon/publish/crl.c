/* SPDX-License-Identifier: Apache-2.0 */
#include "publish/crl.h"

#include <stdio.h>

#include "base/fault.h"
#include "ledger/leaf.h"
#include "pki/crl.h"
#include "publish/folder.h"

#define BATCH_MAX 512 /* entries read at once; their DER stays under PKI_CRL_FRAME_MAX */

_Static_assert(BATCH_MAX *PKI_CRL_ENTRY_MAX <= PKI_CRL_FRAME_MAX, "a batch fits a frame");

/* The next batch of entries as DER; `ret_count` 0 at the end. */
static int next_batch(struct store *store, struct buffer *der, size_t *ret_count)
{
	struct store_revoked revoked[BATCH_MAX];
	size_t count;
	int r;

	buffer_clear(der);
	r = store_crl_entries(store, revoked, BATCH_MAX, &count);
	for (size_t i = 0; r == 0 && i < count; i++) {
		struct pki_crl_entry entry = {
			.revoked_at = revoked[i].revoked_at,
			.reason = revoked[i].crl_reason,
		};

		for (size_t j = 0; j < SERIAL_LEN; j++)
			entry.serial[j] = revoked[i].serial[j];
		r = pki_crl_entry_build(&entry, der);
	}
	if (r < 0)
		return fault_trace(r);
	*ret_count = count;
	return 0;
}

/* What the header needs before the first entry: how many, and how many octets. */
static int measure(struct store *store, struct wire_crl_begin *begin)
{
	BUFFER_CLEANUP struct buffer der = BUFFER(PKI_CRL_FRAME_MAX);
	size_t count;
	int r;

	for (;;) {
		r = next_batch(store, &der, &count);
		if (r < 0)
			return fault_trace(r);
		if (count == 0)
			break;
		begin->count += count;
		begin->entries_len += der.len;
	}
	r = store_crl_rewind(store);
	return r < 0 ? fault_trace(r) : 0;
}

static int send_entries(
	struct publish *publish, struct publish_folder_crl *file, struct deadline deadline)
{
	BUFFER_CLEANUP struct buffer der = BUFFER(PKI_CRL_FRAME_MAX);
	size_t count;
	int r;

	for (;;) {
		r = next_batch(publish->store, &der, &count);
		if (r == 0 && count == 0)
			return 0;
		if (r == 0)
			r = publish_folder_crl_entries(file, buffer_bytes(&der));
		if (r == 0)
			r = wire_line_crl_entries(&publish->line, buffer_bytes(&der), deadline);
		if (r < 0)
			return fault_trace(r);
	}
}

/* Has it signed and its file joined; outcomes of publish_crl(). */
static int sign(struct publish *publish, const struct wire_crl_begin *begin,
	struct publish_folder_crl *file, struct digest *ret_digest,
	struct wire_refused *ret_refused)
{
	struct deadline deadline = deadline_after_ms(publish->settings.step_deadline_s * 1000);
	struct wire_crl_signed crl;
	int r;

	r = wire_line_crl_begin(&publish->line, begin, deadline);
	if (r == 0)
		r = send_entries(publish, file, deadline);
	if (r < 0)
		return fault_trace(r);
	r = wire_line_crl_end(&publish->line, deadline, &crl, ret_refused);
	if (r == WIRE_LINE_REFUSED)
		return PUBLISH_CRL_REFUSED;
	if (r == 0)
		r = publish_folder_crl_join(file, (struct bytes){ crl.outer, crl.outer_len },
			(struct bytes){ crl.rest, crl.rest_len }, ret_digest);
	return r < 0 ? fault_trace(r) : 0;
}

/* Commits number, digest and leaf; the file follows only after that. */
static int record(struct publish *publish, const struct store_crl *crl)
{
	char subject[96];
	struct leaf leaf = {
		.kind = LEAF_CRL,
		.happened_at = crl->this_update_at,
		.certificate = &crl->digest,
		.subject = subject,
	};
	struct leaf_octets octets;
	int r;

	snprintf(subject, sizeof(subject), "crl %lld entries %lld", (long long)crl->number,
		(long long)crl->entries);
	r = ledger_leaf_encode(&leaf, &octets);
	if (r < 0)
		return fault_trace(r);
	r = store_crl_finish(publish->store, crl, &leaf, &octets);
	if (r == STORE_STALE)
		return PUBLISH_CRL_BUSY;
	return r < 0 ? fault_trace(r) : 0;
}

/* Number and times: never before the last CRL's, whatever the clock did. */
static struct wire_crl_begin begin_of(
	const struct publish *publish, const struct store_crl_begun *begun)
{
	int64_t this_update_at = clock_now_at(&publish->clock) / SECOND * SECOND;
	int64_t number;

	if (this_update_at < begun->last_this_update_at)
		this_update_at = begun->last_this_update_at;
	number = this_update_at / 1000;
	if (number <= begun->last_number)
		number = begun->last_number + 1;
	return (struct wire_crl_begin){
		.number = number,
		.this_update_at = this_update_at,
		.next_update_at = this_update_at + publish->crl_validity_s * SECOND,
	};
}

static int publish_begun(struct publish *publish, const struct store_crl_begun *begun,
	struct publish_folder_crl *file, struct store_crl *ret_crl,
	struct wire_refused *ret_refused)
{
	struct wire_crl_begin begin = begin_of(publish, begun);
	struct store_crl crl = {
		.number = begin.number,
		.this_update_at = begin.this_update_at,
		.next_update_at = begin.next_update_at,
		.revision = begun->revision,
	};
	int r = measure(publish->store, &begin);

	if (r < 0)
		return fault_trace(r);
	crl.entries = (int64_t)begin.count;
	r = sign(publish, &begin, file, &crl.digest, ret_refused);
	if (r != 0)
		return r < 0 ? fault_trace(r) : r;
	r = record(publish, &crl);
	if (r != 0)
		return r < 0 ? fault_trace(r) : r;
	r = publish_folder_crl_publish(file);
	if (r < 0)
		return fault_trace(r);
	*ret_crl = crl;
	return 0;
}

int publish_crl(
	struct publish *publish, struct store_crl *ret_crl, struct wire_refused *ret_refused)
{
	struct publish_folder_crl file = PUBLISH_FOLDER_CRL_NONE;
	struct store_crl_begun begun;
	int r;

	store_set_deadline(
		publish->store, deadline_after_ms(publish->settings.step_deadline_s * 1000));
	r = store_crl_begin(publish->store, &begun);
	if (r == STORE_STALE)
		return PUBLISH_CRL_BUSY;
	if (r == 0)
		r = publish_folder_crl_begin(publish->settings.folder, &publish->ca, &file);
	if (r == 0)
		r = publish_begun(publish, &begun, &file, ret_crl, ret_refused);
	publish_folder_crl_done(&file);
	if (r != 0)
		store_rollback(publish->store);
	return r < 0 ? fault_trace(r) : r;
}
