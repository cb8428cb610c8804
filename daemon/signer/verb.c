/* SPDX-License-Identifier: Apache-2.0 */
#include "signer/verb.h"

#include "base/fault.h"
#include "base/log.h"
#include "signer/crl.h"
#include "signer/issue.h"
#include "signer/records.h"

enum right { FRONT = 1, PUBLISH = 2 };

static const struct permit {
	enum wire_verb verb;
	const char *name;
	unsigned int rights; /* any of them lets it */
	bool inside_crl;     /* comes after a CRL's begin and before its end, and only there */
	int (*handle)(struct signer *signer, struct signer_peer *peer, struct wire_reader *reader);
} permits[] = {
	{ WIRE_ISSUE, "issue", FRONT, false, signer_issue_ask },
	{ WIRE_JOURNAL, "journal", FRONT, false, signer_records_ask },
	{ WIRE_STATUS, "status", FRONT | PUBLISH, false, signer_records_ask_status },
	{ WIRE_CRL_BEGIN, "crl-begin", PUBLISH, false, signer_crl_begin },
	{ WIRE_CRL_ENTRIES, "crl-entries", PUBLISH, true, signer_crl_entries },
	{ WIRE_CRL_END, "crl-end", PUBLISH, true, signer_crl_end },
};

static unsigned int rights_of(const struct signer_settings *settings, uid_t uid)
{
	return (uid == settings->front_uid ? (unsigned int)FRONT : 0) |
		(uid == settings->publish_uid ? (unsigned int)PUBLISH : 0);
}

bool signer_verb_is_expected(const struct signer_settings *settings, uid_t uid)
{
	return rights_of(settings, uid) != 0;
}

static const struct permit *permit_of(enum wire_verb verb)
{
	for (size_t i = 0; i < LENGTH_OF(permits); i++)
		if (permits[i].verb == verb)
			return &permits[i];
	return NULL;
}

static int log_end(const struct signer_peer *peer, const char *event, const char *verb)
{
	log_event(LOG_LEVEL_WARNING, event, "uid=%u verb=%s", (unsigned int)peer->uid, verb);
	return SIGNER_PEER_END;
}

int signer_verb_handle(struct signer *signer, struct signer_peer *peer, struct bytes frame)
{
	enum wire_verb verb;
	struct wire_reader reader;
	if (wire_frame_open(frame, &verb, &reader) != 0)
		return log_end(peer, "frame-bad", "none");
	const struct permit *permit = permit_of(verb);
	if (permit == NULL)
		return log_end(peer, "frame-bad", "unknown");
	if ((permit->rights & rights_of(signer->settings, peer->uid)) == 0)
		return log_end(peer, "verb-not-permitted", permit->name);
	if (permit->inside_crl != (peer->crl != NULL))
		return log_end(peer, "verb-out-of-order", permit->name);
	int r = permit->handle(signer, peer, &reader);
	if (r == SIGNER_PEER_END)
		return log_end(peer, "frame-bad", permit->name);
	return r < 0 ? fault_trace(r) : 0;
}
