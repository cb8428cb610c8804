/* SPDX-License-Identifier: Apache-2.0 */
/* hakkod-signer's crash points: its calls into other object files, caught by the linker's --wrap. */
#include <stdbool.h>

#include "crash_points.h"
#include "signer/journal.h"
#include "signer/sign.h"
#include "wire/message.h"

static bool intent_waits; /* appended and not synced; of the signer's one journalling thread */

int __real_signer_journal_append(struct signer_journal *journal, const struct signer_entry *entry,
	struct journal_place *ret_place) MUST_CHECK;
int __wrap_signer_journal_append(struct signer_journal *journal, const struct signer_entry *entry,
	struct journal_place *ret_place) MUST_CHECK;
int __wrap_signer_journal_append(struct signer_journal *journal, const struct signer_entry *entry,
	struct journal_place *ret_place)
{
	if (entry->kind == JOURNAL_INTENT)
		crash_point_reach(CRASH_SIGNER_BEFORE_INTENT);
	if (entry->kind == JOURNAL_OUTCOME)
		crash_point_reach(CRASH_SIGNER_BEFORE_OUTCOME);
	int r = __real_signer_journal_append(journal, entry, ret_place);
	if (r == 0 && entry->kind == JOURNAL_INTENT) {
		intent_waits = true;
		crash_point_reach(CRASH_SIGNER_AFTER_INTENT);
	}
	if (r == 0 && entry->kind == JOURNAL_OUTCOME)
		crash_point_reach(CRASH_SIGNER_AFTER_OUTCOME);
	return r;
}

int __real_signer_journal_sync(struct signer_journal *journal) MUST_CHECK;
int __wrap_signer_journal_sync(struct signer_journal *journal) MUST_CHECK;
int __wrap_signer_journal_sync(struct signer_journal *journal)
{
	bool is_awaited = intent_waits;
	if (is_awaited)
		crash_point_reach(CRASH_SIGNER_BEFORE_SYNC);
	int r = __real_signer_journal_sync(journal);
	if (r == 0)
		intent_waits = false;
	if (r == 0 && is_awaited)
		crash_point_reach(CRASH_SIGNER_AFTER_SYNC);
	return r;
}

int __real_signer_sign_job(EVP_PKEY *key, struct signer_job *job) MUST_CHECK;
int __wrap_signer_sign_job(EVP_PKEY *key, struct signer_job *job) MUST_CHECK;
int __wrap_signer_sign_job(EVP_PKEY *key, struct signer_job *job)
{
	bool is_certificate = job->kind == SIGNER_JOB_CERTIFICATE;
	if (is_certificate)
		crash_point_reach(CRASH_SIGNER_BEFORE_SIGN);
	int r = __real_signer_sign_job(key, job);
	if (r == 0 && is_certificate)
		crash_point_reach(CRASH_SIGNER_AFTER_SIGN);
	return r;
}

int __real_wire_issued_encode(const struct wire_issued *message, struct buffer *ret_frame)
	MUST_CHECK;
int __wrap_wire_issued_encode(const struct wire_issued *message, struct buffer *ret_frame)
	MUST_CHECK;
int __wrap_wire_issued_encode(const struct wire_issued *message, struct buffer *ret_frame)
{
	crash_point_reach(CRASH_SIGNER_BEFORE_ANSWER);
	return __real_wire_issued_encode(message, ret_frame);
}
